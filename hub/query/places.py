"""Where in the user's text a part of the tree stands."""

from sqlglot import exp


def place(node: exp.Expr) -> str:
    """Return ``line 1, column 8`` of the first name at or below a node; empty when unknown.

    Columns count from 1 and name the first character.
    """
    for part in node.walk():
        meta = part.meta
        if "line" in meta and "col" in meta:
            length = meta["end"] - meta["start"] + 1
            return f"line {meta['line']}, column {max(meta['col'] - length + 1, 1)}"
    return ""
