"""Text of a user → one query as a tree; nothing is looked up yet.

sqlglot reads generously: what it would let pass without a word (a doubled
comma, a second statement, a command) is refused here, by the tokens.
"""

import re
import sys
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from hub.query.errors import SqlSyntaxError, TooComplexError, UnsupportedSqlError
from hub.query.places import place

DIALECT = "duckdb"
"""sqlglot's dialect for reading: nulls last by default, ``^`` is the power."""

MAX_TEXT = 1_000_000
MAX_CHAIN = 500
"""Longest chain of operators other than AND and OR: engines bind such chains recursively."""

# The parser and the generator call themselves for each level of nesting; at
# the limit of 200 levels that needs more frames than Python's default 1000.
_FRAMES = 30_000
sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_PREFIXES = {TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE}
_BEFORE_ITEM = {TokenType.SELECT, TokenType.COMMA, TokenType.L_PAREN}
_AFTER_LIST = {
    TokenType.COMMA,
    TokenType.R_PAREN,
    TokenType.FROM,
    TokenType.WHERE,
    TokenType.GROUP_BY,
    TokenType.HAVING,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.SEMICOLON,
}
_NOT_TERMS = _OPENING | _CLOSING | {TokenType.COMMA, TokenType.DOT, TokenType.SEMICOLON}
_STARTS = {TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN}
_NUMBER = re.compile(r"(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_OPERATORS = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Cast, exp.Coalesce, exp.Concat)


def parse_sql(text: str, *, max_terms: int, max_depth: int) -> exp.Query:
    """Return the tree of one query.

    Parameters
    ----------
    max_terms
        Most values and names the query may have.
    max_depth
        Deepest nesting of parentheses and CASE.

    Raises
    ------
    SqlSyntaxError
        The text is no SQL; says where.
    UnsupportedSqlError
        The text is a statement other than a query, or several statements.
    TooComplexError
        More than ``max_terms`` terms or ``max_depth`` levels.
    """
    if len(text) > MAX_TEXT:
        raise TooComplexError(
            f"The query has {len(text):,} characters; at most {MAX_TEXT:,} are allowed.",
        )
    tokens = _tokens(text)
    _check_size(tokens, max_terms, max_depth)
    _check_statement(tokens)
    _check_lists(tokens)
    _check_numbers(tokens)
    tree = _parse(text)
    _check_joins(tokens, tree)
    _check_chains(tree)
    _check_comparisons(tree)
    return tree


def _tokens(text: str) -> list[Token]:
    try:
        tokens = sqlglot.tokenize(text, read=DIALECT)
    except TokenError as error:
        raise SqlSyntaxError(
            "The SQL has a quote or a comment that does not end, or a stray character.",
            hint="Text stands in 'single quotes', names in \"double quotes\".",
        ) from error
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise SqlSyntaxError("The query is empty.", hint="Begin with SELECT.")
    return tokens


def _where(token: Token) -> str:
    return f"line {token.line}, column {max(token.col - len(token.text) + 1, 1)}"


def _check_size(tokens: list[Token], max_terms: int, max_depth: int) -> None:
    terms = sum(
        token.token_type
        in {TokenType.NUMBER, TokenType.STRING, TokenType.VAR, TokenType.IDENTIFIER}
        for token in tokens
    )
    if terms > max_terms:
        raise TooComplexError(
            f"The query has {terms:,} terms; at most {max_terms:,} are allowed.",
            hint="Give long lists as targets of a selection, or cut the query in parts.",
        )
    depth = prefixes = 0
    for token in tokens:
        kind = token.token_type
        depth += (kind in _OPENING) - (kind in _CLOSING)
        prefixes = prefixes + 1 if kind in _PREFIXES else 0
        if depth + prefixes > max_depth:
            raise TooComplexError(
                f"The query is nested more than {max_depth} levels deep.", where=_where(token)
            )


def _check_statement(tokens: list[Token]) -> None:
    if tokens[0].token_type not in _STARTS:
        raise UnsupportedSqlError(
            f"Only queries can be run here, and this starts with {tokens[0].text[:30].upper()}.",
            hint="Begin with SELECT or WITH.",
            where=_where(tokens[0]),
        )
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            raise UnsupportedSqlError(
                "Only one statement can be run at a time.",
                hint="Remove the semicolon and what follows it.",
                where=_where(token),
            )


def _check_lists(tokens: list[Token]) -> None:
    """Refuse empty places in lists, which the parser would drop silently."""
    for first, second in pairwise(tokens):
        comma_before = first.token_type is TokenType.COMMA and second.token_type in _AFTER_LIST
        comma_after = second.token_type is TokenType.COMMA and first.token_type in _BEFORE_ITEM
        doubled = first.token_type is second.token_type is TokenType.FROM
        if comma_before or comma_after or doubled:
            raise SqlSyntaxError(
                f"Something is missing before {second.text[:30]}.", where=_where(second)
            )


def _check_numbers(tokens: list[Token]) -> None:
    """Refuse 0x1f and 10abc, which the parser would read as a number and its alias."""
    for first, second in pairwise([*tokens, tokens[-1]]):
        if first.token_type is not TokenType.NUMBER:
            continue
        joined = second.start == first.end + 1 and second.text[:1].isidentifier()
        text = f"{first.text}{second.text}" if joined else first.text
        if not _NUMBER.fullmatch(text):
            raise SqlSyntaxError(
                f"{text[:30]} is not a number.",
                hint="Numbers are decimal, such as 12, 0.5 or 1e-3.",
                where=_where(first),
            )


def _parse(text: str) -> exp.Query:
    try:
        statements = [tree for tree in sqlglot.parse(text, read=DIALECT) if tree is not None]
    except ParseError as error:
        details = error.errors[0] if error.errors else {}
        near = str(details.get("highlight") or "").strip()[:30]
        column = int(details.get("col") or 1) - len(near) + 1
        missing = "Required" in str(details.get("description"))
        problem = "A value is missing" if missing else "The SQL cannot be read"
        raise SqlSyntaxError(
            f"{problem} near {near}." if near else f"{problem}.",
            where=f"line {details.get('line', 1)}, column {max(column, 1)}",
        ) from error
    except RecursionError as error:
        raise TooComplexError("The query is nested too deeply.") from error
    if len(statements) != 1:
        raise UnsupportedSqlError("Only one statement can be run at a time.")
    tree = statements[0]
    while isinstance(tree, exp.Subquery) and not tree.alias and not _modifiers(tree):
        tree = tree.this
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise UnsupportedSqlError(
            "Only queries can be run here.", hint="Begin with SELECT or WITH."
        )
    return tree


def _modifiers(tree: exp.Subquery) -> bool:
    return any(value for name, value in tree.args.items() if name != "this")


def _check_joins(tokens: list[Token], tree: exp.Query) -> None:
    """Refuse JOIN without a condition: in the tree it looks like a comma."""
    written = [token for token in tokens if token.token_type is TokenType.JOIN]
    stated = [
        join
        for join in tree.find_all(exp.Join)
        if any(join.args.get(name) for name in ("on", "using", "method")) or join.kind == "CROSS"
    ]
    if len(written) > len(stated):
        raise UnsupportedSqlError(
            "A JOIN needs ON or USING.",
            hint="For all pairs of rows write CROSS JOIN.",
            where=_where(written[0]) if len(written) == 1 else "",
        )


def _check_chains(tree: exp.Query) -> None:
    """Refuse long chains of operators other than AND and OR, which are balanced later."""
    depth: dict[int, int] = {}
    for node in reversed(list(tree.walk())):
        if isinstance(node, _OPERATORS) and not isinstance(node, exp.Connector | exp.Paren):
            deepest = max((depth.get(id(part), 0) for part in node.iter_expressions()), default=0)
            depth[id(node)] = 1 + deepest
            if depth[id(node)] > MAX_CHAIN:
                raise TooComplexError(
                    f"The query chains more than {MAX_CHAIN} operators in one expression."
                )


def _check_comparisons(tree: exp.Query) -> None:
    """Refuse a = b = c and the like: engines read it in different ways, or not at all."""
    for node in tree.find_all(*_COMPARISONS, exp.Between):
        kinds = exp.Between if isinstance(node, exp.Between) else _COMPARISONS
        if any(isinstance(part, kinds) for part in node.iter_expressions()):
            raise SqlSyntaxError(
                "Comparisons cannot be chained.",
                hint="Write a < b AND b < c, or put one of them in parentheses.",
                where=place(node),
            )
