"""The command line: arguments, error text and exit status; no logic."""
