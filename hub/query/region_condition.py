"""Regions → conditions in SQL: ranges of keys that prune, and the exact test.

The exact tests are those of `hub.sky.exact`, in arithmetic that every engine
has, so that they give the answers of `Region.contains`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from hub.query.expression import number_literal
from hub.sky.cover import cover
from hub.sky.discs import cells_of_discs
from hub.sky.exact import (
    Algebra,
    balanced,
    box_test,
    cone_limit,
    cone_test,
    haversine,
    polygon_test,
)
from hub.sky.pixels import KEY_ORDER
from hub.sky.regions import AllSky, Box, Cone, MocRegion, Polygon, Region, Targets
from hub.tables.description import KEY_COLUMN, PositionDescription

TARGETS_TABLE = "_targets"
MOC_TABLE = "_moc"

_MOC_RANGES = 200  # more are looked up in a table
_LISTED_TARGETS = 20  # more are joined

# An engine compares every row of the row groups it reads with every range: 63
# ranges made a 1 deg cone on 10^7 rows take 100 ms, 8 take 14 ms.
_TOUCHED_RANGES = 8

_COMPARISONS = (exp.LT, exp.LTE, exp.GT, exp.GTE)


@dataclass(frozen=True)
class RegionCondition:
    """What a region asks of a row; the row's position is known when it holds."""

    conjuncts: tuple[exp.Expr, ...] = ()
    """Conditions that all hold; the first are ranges of the key column."""

    inline: dict[str, pa.Table] = field(default_factory=dict)


def region_condition(region: Region, position: PositionDescription) -> RegionCondition:
    """Return the conditions of a region on the position columns of a table.

    Comparisons in them see finite numbers only, since a row with a key has a
    position; they carry ``meta["finite"]``, so that no guard against NaN is
    put around them.
    """
    match region:
        case AllSky():
            return RegionCondition()
        case MocRegion():
            return _moc_condition(region)
        case Targets() if len(region.positions_deg) > _LISTED_TARGETS:
            return _targets_condition(region, position)
        case _:
            touched = cover(region, _TOUCHED_RANGES)
            exact = _exact(region, position)
            return RegionCondition((_paren(_in_ranges(touched)), _mark(exact)))


def sql_algebra() -> Algebra:
    """Return the algebra of syntax trees."""
    return Algebra(
        number=number_literal,
        sin=lambda value: exp.Sin(this=value.copy()),
        cos=lambda value: exp.Cos(this=value.copy()),
        negate=lambda test: exp.Not(this=exp.Paren(this=test)),
        all_of=lambda tests: _joined(exp.And, tests),
        any_of=lambda tests: _joined(exp.Or, tests),
        is_odd=_is_odd,
    )


def _joined(connector: type[exp.Connector], tests: Sequence[Any]) -> exp.Expr:
    tree: exp.Expr = balanced(
        lambda left, right: connector(this=left, expression=right), [_paren(test) for test in tests]
    )
    return _paren(tree)


def _or(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Or(this=left, expression=right)


def _is_odd(tests: Sequence[Any]) -> exp.Expr:
    ones = [
        exp.Case(ifs=[exp.If(this=test, true=exp.Literal.number("1"))], default=_zero())
        for test in tests
    ]
    total = balanced(lambda left, right: exp.Paren(this=exp.Add(this=left, expression=right)), ones)
    rest = exp.Mod(this=total, expression=exp.Literal.number("2"))
    return exp.EQ(this=rest, expression=exp.Literal.number("1"))


def _zero() -> exp.Expr:
    return exp.Literal.number("0")


def _paren(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, exp.Connector) else tree


def _mark(tree: exp.Expr) -> exp.Expr:
    for node in tree.find_all(*_COMPARISONS):
        node.meta["finite"] = True
    return tree


def _key() -> exp.Column:
    return exp.column(KEY_COLUMN, quoted=True)


def _in_ranges(ranges: NDArray[np.int64]) -> exp.Expr:
    if len(ranges) == 0:
        return exp.false()
    tests = [
        exp.Between(
            this=_key(), low=exp.Literal.number(str(low)), high=exp.Literal.number(str(high))
        )
        for low, high in ranges.tolist()
    ]
    tree: exp.Expr = balanced(_or, tests)
    return tree


def _exact(region: Region, position: PositionDescription) -> exp.Expr:
    ra, dec = exp.column(position.ra, quoted=True), exp.column(position.dec, quoted=True)
    algebra = sql_algebra()
    match region:
        case Cone():
            return _tree(cone_test(*region.centre_deg, region.radius_deg, ra, dec, algebra))
        case Box():
            return _tree(box_test(region, ra, dec, algebra))
        case Polygon():
            return _tree(polygon_test(region.shape, ra, dec, algebra))
        case Targets():
            tests = [
                cone_test(lon, lat, region.radius_deg, ra, dec, algebra)
                for lon, lat in np.stack(region.centres_deg, axis=1).tolist()
            ]
            return _tree(algebra.any_of(tests))
        case AllSky() | MocRegion():
            return exp.true()


def _tree(test: Any) -> exp.Expr:
    """Give the result of the untyped formulas its type again."""
    tree: exp.Expr = test
    return _paren(tree)


def _targets_condition(region: Targets, position: PositionDescription) -> RegionCondition:
    """Join by pixel; ``EXISTS`` gives a row once, however many targets it is near."""
    ra, dec = region.centres_deg
    discs, order, cells = cells_of_discs(ra, dec, region.radius_deg)
    table = pa.table(
        {
            "target_pixel": cells,
            "target_ra": ra[discs],
            "target_dec": dec[discs],
            "target_cos_dec": np.cos(np.radians(dec[discs])),
        }
    )

    def target(name: str) -> exp.Column:
        return exp.column(name, table=TARGETS_TABLE, quoted=True)

    pixel = exp.Paren(
        this=exp.BitwiseRightShift(
            this=_key(), expression=exp.Literal.number(str(2 * (KEY_ORDER - order)))
        )
    )
    separation = haversine(
        target("target_ra"),
        target("target_dec"),
        target("target_cos_dec"),
        exp.column(position.ra, quoted=True),
        exp.column(position.dec, quoted=True),
        sql_algebra(),
    )
    close = exp.LTE(
        this=exp.Paren(this=separation), expression=number_literal(cone_limit(region.radius_deg))
    )
    match_ = exp.EQ(this=target("target_pixel"), expression=pixel)
    query = (
        exp.select(exp.Literal.number("1"))
        .from_(exp.Table(this=exp.to_identifier(TARGETS_TABLE, quoted=True)))
        .where(match_, _mark(close))
    )
    coarse = _paren(_in_ranges(cover(region)))
    return RegionCondition((coarse, exp.Exists(this=query)), {TARGETS_TABLE: table})


def _moc_condition(region: MocRegion) -> RegionCondition:
    """Compare keys with ranges, or look the cell of each order up in a table."""
    if len(region.ranges) <= _MOC_RANGES:
        return RegionCondition((_paren(_in_ranges(region.ranges)),))
    cells = cells_of_ranges(region.ranges)
    numbers = np.concatenate([cell + 4 * 4**order for order, cell in cells.items()])
    table = pa.table({"moc_cell": numbers})
    tests = [_in_moc(order) for order in cells]
    coarse = _paren(_in_ranges(cover(region)))
    return RegionCondition((coarse, _paren(balanced(_or, tests))), {MOC_TABLE: table})


def _in_moc(order: int) -> exp.Expr:
    """Test whether the table has the row's pixel of an order, by its NUNIQ number.

    (IVOA MOC 2.0, section 4.3.1: pixel + 4 × 4^order.)
    """
    shift = exp.Literal.number(str(2 * (KEY_ORDER - order)))
    pixel = exp.Paren(this=exp.BitwiseRightShift(this=_key(), expression=shift))
    number = exp.Add(this=pixel, expression=exp.Literal.number(str(4 * 4**order)))
    query = exp.select(exp.column("moc_cell", quoted=True)).from_(
        exp.Table(this=exp.to_identifier(MOC_TABLE, quoted=True))
    )
    return exp.In(this=exp.Paren(this=number), query=exp.Subquery(this=query))


def cells_of_ranges(ranges: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """Return the fewest pixels that fill ranges of keys, by their order."""
    cells: dict[int, NDArray[np.int64]] = {}
    first, end = ranges[:, 0], ranges[:, 1] + 1
    for order in range(KEY_ORDER + 1):
        shift = 2 * (KEY_ORDER - order)
        low, high = -((-first) >> shift), end >> shift
        full = high > low
        if full.any():
            starts, counts = low[full], (high - low)[full]
            offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            cells[order] = np.repeat(starts, counts) + offsets
        # What is left of a range lies before and behind the pixels taken.
        left = np.stack([first, np.where(full, low << shift, end)], axis=1)
        right = np.stack([np.where(full, high << shift, end), end], axis=1)
        rest = np.concatenate([left, right])
        rest = rest[rest[:, 0] < rest[:, 1]]
        first, end = rest[:, 0], rest[:, 1]
    return cells
