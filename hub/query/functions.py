"""The functions that queries may use: an allow-list, as data.

sqlglot knows many functions as classes of their own and others only by name;
both are brought to one form here, name and arguments, so that a query can
reach exactly what stands in this table and nothing else.
"""

from dataclasses import dataclass

from sqlglot import exp

Arguments = list[exp.Expr]


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function: how many arguments of which kind, and what comes out."""

    arguments: tuple[int, int]
    """Fewest and most arguments."""

    takes: str
    """``number`` (cast to double), ``text``, or ``any`` (one common type)."""

    gives: str
    """A column type, or ``same`` as the arguments' common type."""

    is_aggregate: bool = False


def _scalar(
    low: int, high: int | None = None, *, takes: str = "number", gives: str = "double"
) -> Function:
    return Function(arguments=(low, low if high is None else high), takes=takes, gives=gives)


def _aggregate(takes: str, gives: str) -> Function:
    return Function(arguments=(1, 1), takes=takes, gives=gives, is_aggregate=True)


_MANY = 100

FUNCTIONS: dict[str, Function] = {
    "abs": _scalar(1, takes="any", gives="same"),
    "sqrt": _scalar(1),
    "exp": _scalar(1),
    "ln": _scalar(1),
    "log10": _scalar(1),
    "power": _scalar(2),
    "sin": _scalar(1),
    "cos": _scalar(1),
    "tan": _scalar(1),
    "asin": _scalar(1),
    "acos": _scalar(1),
    "atan": _scalar(1),
    "atan2": _scalar(2),
    "degrees": _scalar(1),
    "radians": _scalar(1),
    "pi": _scalar(0),
    "floor": _scalar(1),
    "ceil": _scalar(1),
    "round": _scalar(1, 2),
    "trunc": _scalar(1),
    "sign": _scalar(1),
    "cbrt": _scalar(1),
    "isnan": _scalar(1, gives="boolean"),
    "least": _scalar(1, _MANY, takes="any", gives="same"),
    "greatest": _scalar(1, _MANY, takes="any", gives="same"),
    "coalesce": _scalar(1, _MANY, takes="any", gives="same"),
    "nullif": _scalar(2, takes="any", gives="same"),
    "lower": _scalar(1, takes="text", gives="varchar"),
    "upper": _scalar(1, takes="text", gives="varchar"),
    "trim": _scalar(1, takes="text", gives="varchar"),
    "length": _scalar(1, takes="text", gives="bigint"),
    "substring": _scalar(2, 3, takes="text", gives="varchar"),
    "count": _aggregate("anything", "bigint"),
    "sum": _aggregate("any", "sum"),
    "avg": _aggregate("number", "double"),
    "min": _aggregate("any", "same"),
    "max": _aggregate("any", "same"),
    "stddev_samp": _aggregate("number", "double"),
    "stddev_pop": _aggregate("number", "double"),
    "var_samp": _aggregate("number", "double"),
    "var_pop": _aggregate("number", "double"),
    "median": _aggregate("number", "double"),
}
"""Every function a query may call, by its canonical name."""

SYNONYMS = {
    "pow": "power",
    "ceiling": "ceil",
    "truncate": "trunc",
    "char_length": "length",
    "character_length": "length",
    "substr": "substring",
    "is_nan": "isnan",
    "mean": "avg",
    "stddev": "stddev_samp",
    "variance": "var_samp",
}
"""Other names that are understood."""

_CLASSES: dict[type[exp.Expr], str] = {
    exp.Abs: "abs",
    exp.Sqrt: "sqrt",
    exp.Exp: "exp",
    exp.Ln: "ln",
    exp.Pow: "power",
    exp.Sin: "sin",
    exp.Cos: "cos",
    exp.Tan: "tan",
    exp.Asin: "asin",
    exp.Acos: "acos",
    exp.Atan: "atan",
    exp.Atan2: "atan2",
    exp.Degrees: "degrees",
    exp.Radians: "radians",
    exp.Pi: "pi",
    exp.Floor: "floor",
    exp.Ceil: "ceil",
    exp.Round: "round",
    exp.Trunc: "trunc",
    exp.Sign: "sign",
    exp.Cbrt: "cbrt",
    exp.IsNan: "isnan",
    exp.Least: "least",
    exp.Greatest: "greatest",
    exp.Coalesce: "coalesce",
    exp.Nullif: "nullif",
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Trim: "trim",
    exp.Length: "length",
    exp.Substring: "substring",
    exp.Count: "count",
    exp.Sum: "sum",
    exp.Avg: "avg",
    exp.Min: "min",
    exp.Max: "max",
    exp.Stddev: "stddev_samp",
    exp.StddevSamp: "stddev_samp",
    exp.StddevPop: "stddev_pop",
    exp.Variance: "var_samp",
    exp.VariancePop: "var_pop",
    exp.Median: "median",
}

_ARGUMENT_ORDER: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Substring: ("this", "start", "length"),
    exp.Round: ("this", "decimals"),
}

# Flags that the parser sets by itself; any other argument is something this
# table does not know (TRIM's characters, ROUND's modes, CEIL's units).
_FLAGS = {"big_int", "ignore_nulls", "is_numeric", "safe", "coalesce"}


def name_and_arguments(node: exp.Func) -> tuple[str, Arguments] | None:
    """Return a call's canonical name and arguments; null when it is not on the list."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        name = SYNONYMS.get(name, name)
        return (name, list(node.expressions)) if name in FUNCTIONS else None
    if isinstance(node, exp.Log):
        return _log(node)
    name = _CLASSES.get(type(node), "")
    if not name:
        return None
    order = _ARGUMENT_ORDER.get(type(node), ("this", "expression", "expressions"))
    others = {key for key, value in node.args.items() if value and key not in order}
    if others - _FLAGS:
        return None
    arguments: Arguments = []
    for key in order:
        value = node.args.get(key)
        arguments.extend(value if isinstance(value, list) else [value] if value else [])
    return name, arguments


def _log(node: exp.Log) -> tuple[str, Arguments] | None:
    """Read LOG10(x), which sqlglot turns into LOG(10, x).

    LOG(x) itself is left out on purpose: it is base e in one dialect and base
    10 in the next.
    """
    base, argument = node.this, node.expression
    if argument is not None and isinstance(base, exp.Literal) and base.this == "10":
        return "log10", [argument]
    return None


def call(name: str, arguments: Arguments) -> exp.Anonymous:
    """Return a call in the one form that the rest of the hub sees."""
    return exp.Anonymous(this=name.upper(), expressions=arguments)
