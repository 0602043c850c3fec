"""Expressions of forms and selections: text → syntax tree, nothing but arithmetic.

Grammar (``^`` binds right to left and tighter than a sign before it, so
``-2^2`` is -4)::

    sum     = product (("+" | "-") product)*
    product = sign (("*" | "/") sign)*
    sign    = ("+" | "-") sign | power
    power   = atom ["^" sign]
    atom    = NUMBER | COLUMN | FUNCTION "(" sum ("," sum)* ")" | "(" sum ")"

Columns are looked up without regard to case; a name in double quotes may hold
any character.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlglot import exp

from hub.errors import UsageError
from hub.nearest import hint_of_names
from hub.query.errors import UnknownColumnError

MAX_LENGTH = 10_000
MAX_DEPTH = 50
MAX_TERMS = 150  # sums are as deep as they are long, and engines limit the depth

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r'|(?P<quoted>"(?:[^"]|"")+")'
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|[-+*/^(),]))"
)


class ExpressionError(UsageError):
    """An expression that is none, or that names what is not there."""


def _stock(node: type[exp.Func]) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: node(this=arguments[0])


def _pair(node: type[exp.Func]) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: node(this=arguments[0], expression=arguments[1])


def _many(node: type[exp.Func]) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: node(this=arguments[0], expressions=arguments[1:])


def _round(arguments: list[exp.Expr]) -> exp.Expr:
    return exp.Round(this=arguments[0], decimals=arguments[1] if len(arguments) > 1 else None)


def _extreme(node: type[exp.Func]) -> Callable[[list[exp.Expr]], exp.Expr]:
    # Nulls are skipped, as DuckDB and Spark do; rendering cures the others.
    return lambda arguments: node(this=arguments[0], expressions=arguments[1:], ignore_nulls=True)


@dataclass(frozen=True)
class _Function:
    make: Callable[[list[exp.Expr]], exp.Expr]
    least: int = 1
    most: int = 1


_FUNCTIONS = {
    "abs": _Function(_stock(exp.Abs)),
    "sqrt": _Function(_stock(exp.Sqrt)),
    "exp": _Function(_stock(exp.Exp)),
    "ln": _Function(_stock(exp.Ln)),
    # sqlglot writes a stock logarithm of base 10 as LOG(10, x), which DuckDB lacks.
    "log10": _Function(lambda arguments: exp.Anonymous(this="LOG10", expressions=arguments)),
    "sin": _Function(_stock(exp.Sin)),
    "cos": _Function(_stock(exp.Cos)),
    "tan": _Function(_stock(exp.Tan)),
    "asin": _Function(_stock(exp.Asin)),
    "acos": _Function(_stock(exp.Acos)),
    "atan": _Function(_stock(exp.Atan)),
    "atan2": _Function(_pair(exp.Atan2), 2, 2),
    "degrees": _Function(_stock(exp.Degrees)),
    "radians": _Function(_stock(exp.Radians)),
    "floor": _Function(_stock(exp.Floor)),
    "ceil": _Function(_stock(exp.Ceil)),
    "round": _Function(_round, 1, 2),
    "least": _Function(_extreme(exp.Least), 2, 100),
    "greatest": _Function(_extreme(exp.Greatest), 2, 100),
    "coalesce": _Function(_many(exp.Coalesce), 1, 100),
}
FUNCTIONS = tuple(_FUNCTIONS)
"""Names of the functions that expressions may use."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


def parse_expression(
    text: str, columns: Collection[str] | None = None, *, where: str = ""
) -> exp.Expr:
    """Return the syntax tree of an expression, its columns quoted.

    Parameters
    ----------
    columns
        SQL names that may be used; null for any, which are then kept as written.
    where
        Place of the text in the request, for errors.

    Raises
    ------
    ExpressionError, UnknownColumnError
        With the position in the text and the nearest known name. Texts above
        10 000 characters, nesting above 50 and more than 150 terms are refused.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The expression has {len(text)} characters; {MAX_LENGTH} are possible.", where=where
        )
    parser = _Parser(_tokens(text, where), columns, where)
    return parser.parse()


def column_names(tree: exp.Expr) -> list[str]:
    """Return the names of the columns of an expression, each once, in order."""
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column, bfs=False)))


def number_literal(value: float) -> exp.Expr:
    """Return a number for SQL: a whole one as it is, else as a double.

    Doubles are written with an exponent: ``0.1`` would be a decimal number in
    SQL, which engines round differently.
    """
    if isinstance(value, int):
        node: exp.Expr = exp.Literal.number(str(abs(value)))
    else:
        digits = repr(abs(value))
        node = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
    negative = str(value).startswith("-")
    return exp.Neg(this=node) if negative else node


def _tokens(text: str, where: str) -> list[_Token]:
    tokens = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            blank = len(text[place:]) - len(text[place:].lstrip())
            raise _error(
                f"{text[place + blank]!r} has no place in an expression.",
                place + blank,
                where,
                "Expressions have numbers, columns, + - * / ^, parentheses and functions.",
            )
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        place = match.end()
    return [*tokens, _Token("end", "", end)]


def _error(message: str, place: int, where: str, hint: str = "") -> ExpressionError:
    position = f"character {place + 1}"
    return ExpressionError(message, hint=hint, where=f"{where}, {position}" if where else position)


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[_Token], columns: Collection[str] | None, where: str) -> None:
        self._tokens = tokens
        self._next = 0
        self._where = where
        self._columns = None if columns is None else {name.lower(): name for name in columns}
        self._depth = 0
        self._terms = 0

    def parse(self) -> exp.Expr:
        tree = self._sum()
        if self._token.kind != "end":
            raise self._unexpected("an operator")
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *signs: str) -> str | None:
        token = self._token
        if token.kind == "sign" and token.text in signs:
            self._next += 1
            return token.text
        return None

    def _sum(self) -> exp.Expr:
        self._deeper()
        tree = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            # Parentheses keep the order of rounding that the text asks for.
            if sign == "+":
                tree = exp.Add(this=tree, expression=_grouped(right, exp.Add, exp.Sub))
            else:
                tree = exp.Sub(this=tree, expression=_grouped(right, exp.Add, exp.Sub))
        self._depth -= 1
        return tree

    def _product(self) -> exp.Expr:
        tree = self._sign()
        while sign := self._take("*", "/"):
            right = _grouped(self._sign(), exp.Neg)
            left = _grouped(tree, exp.Neg)
            node = exp.Mul if sign == "*" else exp.Div
            tree = node(this=left, expression=right)
            if sign == "/":
                tree.set("typed", False)
                tree.set("safe", False)
        return tree

    def _sign(self) -> exp.Expr:
        self._deeper()
        if self._take("-"):
            tree: exp.Expr = exp.Neg(this=_grouped(self._sign(), exp.Neg))
        elif self._take("+"):
            tree = self._sign()
        else:
            tree = self._power()
        self._depth -= 1
        return tree

    def _power(self) -> exp.Expr:
        base = self._atom()
        if not self._take("^"):
            if self._token.text == "**":
                raise self._unexpected("^ for a power")
            return base
        return exp.Pow(this=base, expression=_bare(self._sign()))

    def _atom(self) -> exp.Expr:
        token = self._token
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise _error(
                f"The expression has more than {MAX_TERMS} terms.", token.place, self._where
            )
        if token.kind == "number":
            self._next += 1
            return _number(token.text)
        if token.kind == "quoted":
            self._next += 1
            return self._column(token.text[1:-1].replace('""', '"'), token)
        if token.kind == "name":
            self._next += 1
            return self._named(token)
        if self._take("("):
            tree = self._sum()
            self._close()
            return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Neg) else tree
        raise self._unexpected("a number, a column or a parenthesis")

    def _named(self, token: _Token) -> exp.Expr:
        if not self._take("("):
            return self._column(token.text, token)
        function = _FUNCTIONS.get(token.text.lower())
        if function is None:
            raise _error(
                f"There is no function {token.text}.",
                token.place,
                self._where,
                hint_of_names(token.text, FUNCTIONS, "functions"),
            )
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._close()
        if not function.least <= len(arguments) <= function.most:
            wanted = {function.least, function.most}
            raise _error(
                f"{token.text} takes {' to '.join(map(str, sorted(wanted)))} "
                f"argument{'s' if wanted != {1} else ''}, not {len(arguments)}.",
                token.place,
                self._where,
            )
        return function.make(arguments)

    def _column(self, name: str, token: _Token) -> exp.Expr:
        if self._columns is not None:
            known = self._columns.get(name.lower())
            if known is None:
                place = _error("", token.place, self._where).where
                hint = hint_of_names(name, self._columns.values(), "columns")
                raise UnknownColumnError(f"There is no column {name}.", hint=hint, where=place)
            name = known
        return exp.column(name, quoted=True)

    def _close(self) -> None:
        if not self._take(")"):
            raise self._unexpected("a closing parenthesis")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > 2 * MAX_DEPTH:  # a pair of parentheses passes here twice
            raise _error(
                f"The expression is nested deeper than {MAX_DEPTH} levels.",
                self._token.place,
                self._where,
            )

    def _unexpected(self, wanted: str) -> ExpressionError:
        token = self._token
        found = "the expression ends" if token.kind == "end" else f"there is {token.text!r}"
        return _error(f"Expected {wanted}, but {found}.", token.place, self._where)


def _number(text: str) -> exp.Expr:
    if text.isdigit() and int(text[:40]) < 2**63:
        return exp.Literal.number(str(int(text)))
    value = float(text)
    if value == float("inf"):
        raise ExpressionError(f"The number {text[:40]} is too large.")
    return number_literal(value)


def _grouped(tree: exp.Expr, *kinds: type[exp.Expr]) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, kinds) else tree


def _bare(tree: exp.Expr) -> exp.Expr:
    """Group what follows ``^``: sqlglot writes it as a function or as an operator."""
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Neg | exp.Pow) else tree
