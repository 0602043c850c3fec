"""One piece of input → rows as the table holds them, with key and random number."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.errors import UsageError
from hub.sky import healpix
from ingest.angles import FloatArray, galactic_to_icrs, numbers, parse_coordinates, wrap
from ingest.columns import PlannedColumn
from ingest.describe import NullValue
from ingest.find_position import GALACTIC, PositionPlan
from ingest.plan import NO_PLACE, RANDOM, TablePlan
from ingest.random_key import key_bits, random_numbers, row_bits
from ingest.readers import Piece
from ingest.types import convert

BoolArray = npt.NDArray[np.bool_]


class BadValueError(UsageError):
    """A value of the input cannot be what its column says."""


def prepare(piece: Piece, plan: TablePlan) -> pa.Table:
    """Read a piece and return its rows in the schema of the runs, in input order.

    Rows without a finite position get the key `NO_PLACE`.

    Raises
    ------
    BadValueError
        A declination beyond 90 degrees, an unreadable coordinate, or a value
        that does not fit the type of the description.
    """
    raw = piece.read()
    made = {column.name: _convert(raw, column, piece) for column in plan.read_columns}
    rows = raw.num_rows
    if plan.position is None:
        start = plan.first_rows[piece.file] + piece.first_row
        keys = np.arange(start, start + rows, dtype=np.int64)
    else:
        ra_deg, dec_deg = _place(made, plan, plan.position, piece)
        keys = _keys(ra_deg, dec_deg)
    made[plan.order_column] = pa.array(keys)
    bits = row_bits(piece.file, piece.first_row, rows)
    if plan.key is not None:
        bits = key_bits(made[plan.key], bits)
    made[RANDOM] = pa.array(random_numbers(bits, plan.seed))
    schema = plan.run_schema
    return pa.Table.from_arrays([made[name] for name in schema.names], schema=schema)


def _convert(raw: pa.Table, column: PlannedColumn, piece: Piece) -> pa.Array:
    array = raw.column(column.original_name).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    array = nullify(array, column.null_values)
    try:
        return convert(array, column.type)
    except pa.ArrowInvalid as error:
        row = piece.first_row
        raise BadValueError(
            f"Column {column.original_name} of {piece.path} does not fit its type "
            f"{column.type}: {error}.",
            hint="Give another type in the description.",
            where=f"{piece.path}, rows from {row + 1}, column {column.original_name}",
        ) from error


def nullify(array: pa.Array, values: Sequence[NullValue]) -> pa.Array:
    """Return the array with null for each of the values that its type can hold."""
    if not values:
        return array
    if pa.types.is_fixed_size_list(array.type):
        inner = nullify(array.flatten() if not array.null_count else array.values, values)
        mask = array.is_null() if array.null_count else None
        return pa.FixedSizeListArray.from_arrays(inner, array.type.list_size, mask=mask)
    if pa.types.is_list(array.type):
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(array.offsets, nullify(array.values, values), mask=mask)
    known = [
        scalar for scalar in (_scalar(value, array.type) for value in values) if scalar is not None
    ]
    if not known:
        return array
    meant = pc.is_in(array, value_set=pa.array([scalar.as_py() for scalar in known], array.type))
    return pc.if_else(meant, pa.scalar(None, array.type), array)


def _scalar(value: NullValue, arrow: pa.DataType) -> pa.Scalar | None:
    """Return a value in the column's type (99.99 as the nearest float), or null."""
    if isinstance(value, str) != bool(pa.types.is_string(arrow) or pa.types.is_large_string(arrow)):
        return None
    try:
        return pa.scalar(value, pa.string() if isinstance(value, str) else None).cast(
            arrow, safe=not pa.types.is_floating(arrow)
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _place(
    made: dict[str, pa.Array], plan: TablePlan, position: PositionPlan, piece: Piece
) -> tuple[FloatArray, FloatArray]:
    """Return the ICRS position of each row; completes the position columns in ``made``."""
    if position.is_direct:
        lon_name = position.lon.name
        made[lon_name] = _wrapped(made[lon_name])
        ra_deg, dec_deg = numbers(made[lon_name]), numbers(made[position.lat.name])
        _check_latitude(dec_deg, position.lat, made, piece)
        return ra_deg, dec_deg
    lon = _coordinate(made, position.lon, position.lon_factor, piece)
    lat = _coordinate(made, position.lat, position.lat_factor, piece)
    _check_latitude(lat, position.lat, made, piece)
    if position.frame == GALACTIC:
        is_finite = np.isfinite(lon) & np.isfinite(lat)
        ra_deg, dec_deg = galactic_to_icrs(
            np.where(is_finite, lon, np.nan), np.where(is_finite, lat, np.nan)
        )
    else:
        ra_deg, dec_deg = wrap(lon), lat
    for name, values in zip(plan.computed, (ra_deg, dec_deg), strict=True):
        made[name] = pa.array(values, mask=~np.isfinite(values))
    return ra_deg, dec_deg


def _wrapped(ra: pa.Array) -> pa.Array:
    values = ra.fill_null(0).to_numpy(zero_copy_only=False) if ra.null_count else ra.to_numpy()
    with np.errstate(invalid="ignore"):
        outside = (values < 0) | (values >= 360)
    if not (outside & np.isfinite(values)).any():
        return ra
    mask = ra.is_null().to_numpy(zero_copy_only=False) if ra.null_count else None
    return pa.array(wrap(values), ra.type, mask=mask, from_pandas=False)


def _coordinate(
    made: dict[str, pa.Array], column: PlannedColumn, factor: float, piece: Piece
) -> FloatArray:
    """Return a coordinate in degrees, NaN for null."""
    array = made[column.name]
    if not pa.types.is_string(column.type):
        return numbers(array) * factor
    values, unreadable = parse_coordinates(array, factor)
    if unreadable.any():
        place = int(np.flatnonzero(unreadable)[0])
        raise _bad_value(array[place].as_py(), "is no coordinate", column, piece, place)
    return values


def _check_latitude(
    lat_deg: FloatArray, column: PlannedColumn, made: dict[str, pa.Array], piece: Piece
) -> None:
    beyond = np.isfinite(lat_deg) & (np.abs(lat_deg) > 90)
    if beyond.any():
        place = int(np.flatnonzero(beyond)[0])
        value = made[column.name][place].as_py()
        raise _bad_value(value, "is beyond 90 degrees", column, piece, place)


def _bad_value(
    value: object, problem: str, column: PlannedColumn, piece: Piece, place: int
) -> BadValueError:
    row = piece.first_row + place + 1
    return BadValueError(
        f"{column.original_name} = {value} {problem}, in row {row} of {piece.path}.",
        hint="Repair the row, or name other position columns or units.",
        where=f"{piece.path}, row {row}, column {column.original_name}",
    )


def _keys(ra_deg: FloatArray, dec_deg: FloatArray) -> npt.NDArray[np.int64]:
    is_placed = np.isfinite(ra_deg) & np.isfinite(dec_deg)
    if is_placed.all():
        return healpix.keys(ra_deg, dec_deg)
    keys = np.full(ra_deg.size, NO_PLACE)
    keys[is_placed] = healpix.keys(ra_deg[is_placed], dec_deg[is_placed])
    return keys
