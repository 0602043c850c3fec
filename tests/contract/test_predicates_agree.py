"""One hundred random predicates choose the same rows on every engine."""

import random
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.spark

NUMBERS = ["f", "g", "i", "j", "w"]
LITERALS = ["0", "1", "-1", "1.5", "3", "-2.0", "0.1", "1e300", str(2**60 + 1), str(2**64)]
PATTERNS = ["a%", "%", "", "_", "b!%c", "b!_c", "%b", "ä", "a''b", "a\\b", "%\\%", "!!"]


def predicate(draw: random.Random, depth: int = 2) -> str:
    """Return a condition on the awkward table."""
    if depth and draw.random() < 0.6:
        left, right = predicate(draw, depth - 1), predicate(draw, depth - 1)
        return draw.choice([f"({left} AND {right})", f"({left} OR {right})", f"NOT ({left})"])
    column, other = draw.choice(NUMBERS), draw.choice([*NUMBERS, *LITERALS])
    some = ", ".join(draw.choices([*LITERALS, "NULL", "g"], k=draw.randint(1, 6)))
    return draw.choice(
        [
            f"{column} {draw.choice(['=', '<>', '<', '<=', '>', '>='])} {other}",
            f"{column} BETWEEN {draw.choice(LITERALS)} AND {other}",
            f"{column} {draw.choice(['', 'NOT '])}IN ({some})",
            f"s LIKE '{draw.choice(PATTERNS)}' ESCAPE '!'",
            f"s LIKE '{draw.choice(PATTERNS)}'",
            f"isnan({draw.choice(['f', 'g'])})",
            f"{draw.choice([*NUMBERS, 's', 'b', 'v', 't'])} IS NULL",
            "b",
            f"{column} / {other} > {draw.choice(LITERALS)}",
            f"abs(g) + 1 < {other}",
        ]
    )


@pytest.mark.parametrize("seed", range(10))
def test_random_predicates_agree(agree: Callable[..., object], seed: int) -> None:
    draw = random.Random(seed)
    tests = ", ".join(f"({predicate(draw)}) AS p{number}" for number in range(10))
    agree(f"SELECT {tests}, _random AS n FROM odd.main", key="n")


@pytest.mark.parametrize("seed", range(100, 106))
def test_random_filters_agree(agree: Callable[..., object], seed: int) -> None:
    agree(
        f"SELECT _random AS n, f, s FROM odd.main WHERE {predicate(random.Random(seed), 3)}",
        key="n",
    )
