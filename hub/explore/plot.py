"""`BinnedPlot`: a binned statistic of a selection, with all that a picture must say."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.explore.axes import Axis
from hub.explore.counts import Counts
from hub.explore.statistic import Statistic


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the rows of a plot come from."""

    table: str
    """``catalog@version.table``."""

    selection: str
    """Canonical JSON of the frozen selection."""

    selection_id: str
    engine: str
    created: str
    """ISO 8601, UTC."""

    software: str
    citations: tuple[str, ...] = ()
    words: str = ""
    """The selection in words; empty when nobody wrote them."""


@dataclass(frozen=True, kw_only=True)
class BinnedPlot:
    """A grid over one or two axes, where every selected row went, and whence they came."""

    x: Axis
    y: Axis | None
    """Null for a histogram."""

    statistic: Statistic
    of: str
    """Expression that the statistic is of; empty for counts."""

    of_unit: str
    grid: npt.NDArray[Any]
    """Counts int64, else float64; shape (nx) or (ny, nx); see `hub.explore.binning.Binned`."""

    filled: npt.NDArray[np.bool_]
    """Cells with a value, same shape; what a picture leaves empty is false here."""

    error: npt.NDArray[np.float64]
    """Standard error, same shape; 0 when exact."""

    counts: Counts
    of_null: int
    """Rows in view whose ``of`` is null; they are in view, but enter no cell's statistic."""

    of_nan: int
    """Rows in view whose ``of`` is NaN; as ``of_null``."""

    rows_total: int
    """Rows of the table."""

    rows_read: int
    """Rows of the files that were read, after pruning."""

    fraction: float
    """Share of the selected rows that were binned: 1 for the exact picture."""

    exact: bool
    sample: str
    """The selection's own sample in words, such as ``1/64 sample``; empty without one."""

    origin: Origin

    @property
    def x_edges(self) -> npt.NDArray[np.float64]:
        """Edges of x, float64 of shape (nx + 1), ascending."""
        return self.x.edges

    @property
    def y_edges(self) -> npt.NDArray[np.float64]:
        """Edges of y, float64 of shape (ny + 1), ascending; of shape (0) for a histogram."""
        return self.y.edges if self.y else np.zeros(0)

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The numbers beside the grid; names as fixed in the list of public interfaces."""
        counts = asdict(self.counts)
        return {
            "rows_total": self.rows_total,
            "rows_read": self.rows_read,
            "rows_selected": self.counts.selected,
            **counts,
            "fraction": self.fraction,
            "exact": self.exact,
            "selection": json.loads(self.origin.selection),
            "engine": self.origin.engine,
            "selection_id": self.origin.selection_id,
            "sample": self.sample,
            "table": self.origin.table,
            "created": self.origin.created,
            "software": self.origin.software,
            "citations": list(self.origin.citations),
            "statistic": self.statistic.value,
            "of": self.of,
            "of_unit": self.of_unit,
            "of_null": self.of_null,
            "of_nan": self.of_nan,
            "x": _axis_meta(self.x),
            "y": _axis_meta(self.y) if self.y else None,
        }

    @property
    def meta_text(self) -> str:
        """`meta` as JSON."""
        return json.dumps(self.meta, ensure_ascii=False)


def _axis_meta(axis: Axis) -> dict[str, Any]:
    return {
        "expression": axis.expression,
        "unit": axis.unit,
        "ucd": axis.ucd,
        "frame": axis.frame,
        "log": axis.log,
        "bins": axis.bins,
    }
