"""Where in the user's text a part of the tree stands."""

from sqlglot import exp

_KEYS = {"line", "col", "start", "end"}


def place(node: exp.Expr) -> str:
    """Return ``line 1, column 8`` of the leftmost name at or below a node; empty when unknown.

    Columns count from 1 and name the first character.
    """
    known = [part.meta for part in node.walk() if part.meta.keys() >= _KEYS]
    if not known:
        return ""
    first = min(known, key=lambda meta: int(meta["start"]))
    length = first["end"] - first["start"] + 1
    return f"line {first['line']}, column {max(first['col'] - length + 1, 1)}"


def keep_place(made: exp.Expr, node: exp.Expr) -> None:
    """Give a node that takes another's place that one's place in the text."""
    for key in _KEYS & node.meta.keys():
        made.meta[key] = node.meta[key]
