"""The loops over rows: values to bins, bins to cells, cells to statistics.

Work goes in three steps over blocks of rows that fit into a processor's cache:
`guess_linear` or `look_up_log` and then `decide` write one code per row and axis,
`mark_nulls` overwrites those of null rows, and a kernel per statistic adds the
rows to the grid. So a kernel is compiled per type of one column, never per
combination. Guessing by a multiplication and searching only next to the edges
takes a quarter of the time of one loop that does both (2.4 instead of 10 ns a
row for two axes), and the edges alone decide.

A code is the number of the bin, or negative: `NULL` to `ABOVE` below. All
kernels release the GIL and keep their machine code on disk.
"""

import math
from typing import Any

import numba
import numpy as np

NULL = -1
NAN = -2
INFINITE = -3
NONPOSITIVE = -4
BELOW = -5
ABOVE = -6

Y_BELOW = -7
"""Class of a row that only y puts outside; never a code of one axis."""

Y_ABOVE = -8

UNSURE = -9
"""Not a class: a guess that `decide` has to settle."""

CLASSES = 8
"""Length of a tally: class c is counted at position -c - 1."""


def _kernel(function: Any) -> Any:
    return numba.njit(nogil=True, cache=True, error_model="numpy")(function)


@_kernel
def _search(edges: Any, value: Any) -> Any:
    """Return the bin of a value between the first and the last edge, by bisection."""
    low = 0
    high = edges.size - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if value < edges[middle]:
            high = middle
        else:
            low = middle
    return low


@_kernel
def _outside(value: Any, low: Any, log: Any) -> Any:
    """Return the code of a value that is not between the first and the last edge."""
    if math.isnan(value):
        return NAN
    if math.isinf(value):
        return INFINITE
    if log and value <= 0:
        return NONPOSITIVE
    return BELOW if value < low else ABOVE


@_kernel
def _any_negative(codes: Any) -> Any:
    """Tell whether a code is negative: a pass of its own costs less than a flag in the loop."""
    bits = np.int32(0)
    for row in range(codes.size):
        bits |= codes[row]
    return bits < 0


@_kernel
def guess_linear(values: Any, low: Any, bins: Any, scale: Any, margin: Any, codes: Any) -> Any:
    """Write the bin of each value on a linear axis, or `UNSURE`.

    A bin is believed when the value is further than ``margin`` bins from an edge.
    Returns whether any was not. The loop has no branches, so that compilers turn
    it into vector instructions;
    NaN ends at place 0, which is an edge.
    """
    upper = 1.0 - margin
    for row in range(values.size):
        place = (np.float64(values[row]) - low) * scale
        place = place if place > 0.0 else 0.0
        place = place if place < bins else bins
        guess = np.int32(place)
        rest = place - guess
        codes[row] = guess if (rest >= margin) & (rest <= upper) else UNSURE
    return _any_negative(codes)


@_kernel
def guess_cells(
    x: Any, y: Any, x_place: Any, y_place: Any, width: Any, one: Any, zero: Any, cells: Any
) -> None:
    """Write the cell of each row on two linear axes, or `UNSURE`; x runs fastest.

    As `guess_linear` for both axes in one pass, in the type of the numbers
    given: single precision handles twice as many rows an instruction.
    ``x_place`` and ``y_place`` are (low, scale, bins, margin); ``one`` and
    ``zero`` are these numbers in the same type.
    """
    x_low, x_scale, x_bins, x_margin = x_place
    y_low, y_scale, y_bins, y_margin = y_place
    x_upper = one - x_margin
    y_upper = one - y_margin
    for row in range(x.size):
        column = (x[row] - x_low) * x_scale
        column = column if column > zero else zero
        column = column if column < x_bins else x_bins
        line = (y[row] - y_low) * y_scale
        line = line if line > zero else zero
        line = line if line < y_bins else y_bins
        x_guess = np.int32(column)
        y_guess = np.int32(line)
        # A bin's number is exact in single precision; as int32 it would make the
        # difference a double, and the loop half as fast.
        x_rest = column - np.float32(x_guess)
        y_rest = line - np.float32(y_guess)
        sure = (
            (x_rest >= x_margin) & (x_rest <= x_upper) & (y_rest >= y_margin) & (y_rest <= y_upper)
        )
        cells[row] = y_guess * width + x_guess if sure else np.int32(UNSURE)


@_kernel
def mark_null_cells(bitmap: Any, offset: Any, cells: Any) -> None:
    """Overwrite the cells of null rows with `NULL`; bytes without nulls are passed over."""
    size = cells.size
    row = 0
    while row < size and (offset + row) & 7 != 0:
        bit = offset + row
        if (bitmap[bit >> 3] >> (bit & 7)) & 1 == 0:
            cells[row] = np.int32(NULL)
        row += 1
    place = (offset + row) >> 3
    while row < size:
        byte = bitmap[place]
        if byte != 255:
            for bit in range(min(8, size - row)):
                if (byte >> bit) & 1 == 0:
                    cells[row + bit] = np.int32(NULL)
        place += 1
        row += 8


@_kernel
def count_cells(cells: Any, grid: Any, tally: Any, unsure: Any) -> Any:
    """Add the rows with a cell to a flat grid of uint32 counts, and the nulls to the tally.

    The numbers of the rows that are neither are written to ``unsure``; returns
    how many.
    """
    found = 0
    nulls = 0
    for row in range(cells.size):
        cell = cells[row]
        if cell >= 0:
            grid[cell] += 1
        elif cell == NULL:
            nulls += 1
        else:
            unsure[found] = row
            found += 1
    tally[-NULL - 1] += nulls
    return found


@_kernel
def count_guessed(
    x: Any,
    x_nulls: Any,
    y: Any,
    y_nulls: Any,
    guess: Any,
    cells: Any,
    grid: Any,
    tally: Any,
    unsure: Any,
) -> Any:
    """Count the rows of a batch by guessed cells; the three kernels above, block by block.

    One call per batch: each return to the interpreter would wait for its lock
    while other threads decode. ``x_nulls`` and ``y_nulls`` are (bitmap,
    offset), the bitmap empty where there are no nulls; ``guess`` is (place of
    x, place of y, width, one, zero) of `guess_cells`; ``cells`` is room for a
    block. The numbers of rows that are neither sure nor null are written to
    ``unsure``; returns how many.
    """
    x_bitmap, x_offset = x_nulls
    y_bitmap, y_offset = y_nulls
    x_place, y_place, width, one, zero = guess
    found = 0
    for first in range(0, x.size, cells.size):
        end = min(first + cells.size, x.size)
        block = cells[: end - first]
        guess_cells(x[first:end], y[first:end], x_place, y_place, width, one, zero, block)
        if x_bitmap.size > 0:
            mark_null_cells(x_bitmap, x_offset + first, block)
        if y_bitmap.size > 0:
            mark_null_cells(y_bitmap, y_offset + first, block)
        more = count_cells(block, grid, tally, unsure[found:])
        for place in range(found, found + more):
            unsure[place] += first
        found += more
    return found


@_kernel
def take(values: Any, rows: Any, taken: Any) -> None:
    """Copy some rows of a column."""
    for place in range(rows.size):
        taken[place] = values[rows[place]]


@_kernel
def look_up_log(
    values: Any, bits: Any, edges: Any, first: Any, shift: Any, table: Any, codes: Any
) -> Any:
    """Write the bin of each value on a logarithmic axis, or `UNSURE` outside.

    The bits of a positive double grow with it, almost as its logarithm does.
    ``table`` holds the bin where each stretch of equal leading bits begins; a
    stretch has at most one edge in it, so one comparison settles the bin, and
    no logarithm is taken. Returns whether any value was outside.
    """
    low = edges[0]
    high = edges[edges.size - 1]
    last = edges.size - 2
    for row in range(values.size):
        value = values[row]
        if value >= low and value <= high:
            place = table[(bits[row] >> shift) - first]
            codes[row] = min(place + (value >= edges[place + 1]), last)
        else:
            codes[row] = UNSURE
    return _any_negative(codes)


@_kernel
def decide(values: Any, edges: Any, log: Any, codes: Any) -> None:
    """Settle the codes that are `UNSURE` by the edges themselves."""
    low = edges[0]
    high = edges[edges.size - 1]
    for row in range(values.size):
        if codes[row] == UNSURE:
            value = np.float64(values[row])
            if value >= low and value <= high:
                codes[row] = _search(edges, value)
            else:
                codes[row] = _outside(value, low, log)


@_kernel
def mark_nulls(bitmap: Any, offset: Any, codes: Any) -> Any:
    """Overwrite codes of rows whose bit is 0 with `NULL`; return how many were bins before.

    ``bitmap`` is Arrow's: least significant bit first; ``offset`` is the bit of
    the first row.
    """
    dropped = 0
    for row in range(codes.size):
        bit = offset + row
        if (bitmap[bit >> 3] >> (bit & 7)) & 1 == 0:
            if codes[row] >= 0:
                dropped += 1
            codes[row] = NULL
    return dropped


@_kernel
def _row_class(x: Any, y: Any) -> Any:
    """Return the class of a row with at least one negative code.

    Order of tests: null, NaN, infinite, non-positive (of either axis), x, y.
    """
    if x < 0 and y < 0:
        worst = max(x, y)
        return worst if worst > BELOW else x
    if x < 0:
        return x
    return y if y > BELOW else y - 2


@_kernel
def count_1d(x: Any, grid: Any, tally: Any) -> None:
    """Add rows to a grid of uint32 counts with one axis."""
    for row in range(x.size):
        code = x[row]
        if code >= 0:
            grid[code] += 1
        else:
            tally[-code - 1] += 1


@_kernel
def count_2d(x: Any, y: Any, width: Any, grid: Any, tally: Any) -> None:
    """Add rows to a flat grid of uint32 counts with two axes; x runs fastest."""
    for row in range(x.size):
        column = x[row]
        line = y[row]
        if (column | line) >= 0:
            grid[line * width + column] += 1
        else:
            tally[-_row_class(column, line) - 1] += 1


@_kernel
def cells_1d(x: Any, tally: Any) -> None:
    """Count the rows outside by class; the codes of one axis are cells already."""
    for row in range(x.size):
        if x[row] < 0:
            tally[-x[row] - 1] += 1


@_kernel
def cells_2d(x: Any, y: Any, width: Any, tally: Any) -> None:
    """Write each row's cell, or its class, over the codes of x; count the rows outside."""
    for row in range(x.size):
        column = x[row]
        line = y[row]
        if (column | line) >= 0:
            x[row] = line * width + column
        else:
            kind = _row_class(column, line)
            x[row] = kind
            tally[-kind - 1] += 1


@_kernel
def add_sums(cells: Any, values: Any, state: Any) -> Any:
    """Add values to (number, sum, compensation) of each cell; return how many were NaN.

    Compensated summation: A. Neumaier, ZAMM 54 (1974) 39.
    """
    nans = 0
    for row in range(cells.size):
        cell = cells[row]
        if cell < 0:
            continue
        value = np.float64(values[row])
        if math.isnan(value):
            nans += 1
            continue
        old = state[cell, 1]
        new = old + value
        if abs(old) >= abs(value):
            state[cell, 2] += (old - new) + value
        else:
            state[cell, 2] += (value - new) + old
        state[cell, 1] = new
        state[cell, 0] += 1.0
    return nans


@_kernel
def add_extremes(cells: Any, values: Any, state: Any) -> Any:
    """Add values to (number, minimum, maximum) of each cell; return how many were NaN."""
    nans = 0
    for row in range(cells.size):
        cell = cells[row]
        if cell < 0:
            continue
        value = np.float64(values[row])
        if math.isnan(value):
            nans += 1
            continue
        state[cell, 0] += 1.0
        state[cell, 1] = min(state[cell, 1], value)
        state[cell, 2] = max(state[cell, 2], value)
    return nans


@_kernel
def add_moments(cells: Any, values: Any, state: Any) -> Any:
    """Add values to (number, origin, sum, sum of squares) of each cell; return the NaN.

    Sums are of the difference to the cell's origin, its first value: within a
    few standard deviations of the mean, so that their difference keeps its
    digits where those of Welford's running mean are lost (1e9 ± 1).
    """
    nans = 0
    for row in range(cells.size):
        cell = cells[row]
        if cell < 0:
            continue
        value = np.float64(values[row])
        if math.isnan(value):
            nans += 1
            continue
        if state[cell, 0] == 0.0:
            state[cell, 1] = value
        step = value - state[cell, 1]
        state[cell, 0] += 1.0
        state[cell, 2] += step
        state[cell, 3] += step * step
    return nans


@_kernel
def add_range(values: Any, codes: Any, least: Any, state: Any) -> None:
    """Widen (minimum, maximum) by the finite values above ``least`` with a code of 0 or more."""
    low = state[0]
    high = state[1]
    for row in range(values.size):
        value = np.float64(values[row])
        if codes[row] >= 0 and value > least and value < np.inf:
            low = min(low, value)
            high = max(high, value)
    state[0] = low
    state[1] = high


@_kernel
def count_pixels(keys: Any, codes: Any, shift: Any, first: Any, counts: Any) -> None:
    """Count order-29 keys by pixel, ``key >> shift``, from pixel ``first``; codes as above."""
    for row in range(keys.size):
        if codes[row] >= 0:
            counts[(keys[row] >> shift) - first] += 1
