"""Long chains of AND and OR as balanced trees, because engines recurse by depth."""

from sqlglot import exp

from hub.query.fields import Field, set_field


def balanced(condition: exp.Expr) -> exp.Expr:
    """Return chains of AND or OR as balanced trees: engines recurse by depth."""
    if not isinstance(condition, exp.Connector):
        return condition
    kind = type(condition)
    parts = [balanced(part) for part in _flat(condition, kind)]
    return _halved(parts, kind)


def _flat(condition: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    parts, waiting = [], [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            waiting.extend((node.args["expression"], node.args["this"]))
        else:
            parts.append(node)
    return parts


def _halved(parts: list[exp.Expr], kind: type[exp.Expr]) -> exp.Expr:
    if len(parts) == 1:
        part = parts[0]
        return exp.Paren(this=part) if isinstance(part, exp.Connector) else part
    if len(parts) <= 4:
        joined = parts[0] if not isinstance(parts[0], exp.Connector) else exp.Paren(this=parts[0])
        for part in parts[1:]:
            right = exp.Paren(this=part) if isinstance(part, exp.Connector) else part
            joined = kind(this=joined, expression=right)
        set_field(joined, Field(type="boolean"))
        return joined
    middle = len(parts) // 2
    left, right = _halved(parts[:middle], kind), _halved(parts[middle:], kind)
    joined = kind(this=exp.Paren(this=left), expression=exp.Paren(this=right))
    set_field(joined, Field(type="boolean"))
    return joined
