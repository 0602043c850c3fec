"""The catalogs of ``hub demo``: three real ones from packages, and a mock survey.

Each ``read_*`` function gives a table with the columns and meanings of the
source, where its labels were checked against the data; the TOML file of the
same name says what the columns mean. Nothing is fetched: the packages of the
extra ``demo`` bring the data.
"""
