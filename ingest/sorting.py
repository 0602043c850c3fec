"""The total order of rows: key, random number, place in the input."""

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]
Int32Array = npt.NDArray[np.int32]


def sort_order(
    keys: Int64Array, randoms: Int32Array, *, has_sorted_runs: bool = False
) -> Int64Array:
    """Return the indices that put rows into the order (key, random, place).

    Parameters
    ----------
    keys, randoms
        Of each row, in order of place.
    has_sorted_runs
        Whether the rows are a few sorted sequences one behind the other: then a
        merging sort is faster than one that does not look.
    """
    if keys.size and (keys[1:] > keys[:-1]).all():
        return np.arange(keys.size)
    order = np.argsort(keys, kind="stable" if has_sorted_runs else None)
    in_order = keys[order]
    equal = in_order[1:] == in_order[:-1]
    if not equal.any():
        return order
    # Rows with equal keys are few: they alone are sorted again, by all three.
    tied = np.zeros(keys.size, bool)
    tied[1:] |= equal
    tied[:-1] |= equal
    places = np.flatnonzero(tied)
    rows = order[places]
    order[places] = rows[np.lexsort((rows, randoms[rows], keys[rows]))]
    return order
