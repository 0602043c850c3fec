"""References read one way, whatever catalogs, versions and tables are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tables.names import (
    BadNameError,
    TableReference,
    check_name,
    check_version,
    parse_reference,
)

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
VERSIONS = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,9}(\.[A-Z0-9_-][A-Za-z0-9_-]{0,5}){0,3}", fullmatch=True
)


@given(catalog=NAMES, version=st.none() | VERSIONS, table=st.none() | NAMES)
def test_a_reference_reads_as_it_was_meant(
    catalog: str, version: str | None, table: str | None
) -> None:
    text = catalog + (f"@{version}" if version else "") + (f".{table}" if table else "")
    assert parse_reference(text) == TableReference(catalog=catalog, version=version, table=table)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("gaia", ("gaia", None, None)),
        ("gaia.main", ("gaia", None, "main")),
        ("gaia@1.0", ("gaia", "1.0", None)),
        ("gaia@1.0.main", ("gaia", "1.0", "main")),
        ("gaia@dr3.main", ("gaia", "dr3", "main")),
        ("gaia@2024-01-31.X", ("gaia", "2024-01-31.X", None)),
    ],
)
def test_examples_of_the_documentation(text: str, parts: tuple[str, ...]) -> None:
    reference = parse_reference(text)
    assert (reference.catalog, reference.version, reference.table) == parts


@pytest.mark.parametrize(
    "text",
    ["", "Gaia", "1gaia", "gaia@", "gaia.", "gaia@1.0.main.x", "gaia@../etc", "a b", "gaia\n"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(BadNameError):
        parse_reference(text)


@pytest.mark.parametrize("version", ["", ".", "..", "1..0", "1.0.", "1/0", "1.0.rc1", "-1", "é"])
def test_versions_that_would_be_ambiguous_or_leave_the_folder_are_refused(version: str) -> None:
    with pytest.raises(BadNameError):
        check_version(version)


@pytest.mark.parametrize("name", ["", "Main", "_x", "a-b", "a.b", "a" * 129, "é"])
def test_names_that_sql_would_not_take_are_refused(name: str) -> None:
    with pytest.raises(BadNameError, match="table"):
        check_name(name, what="table")
