"""Links that carry more than a name: pictures of plots."""

from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from hub.errors import UsageError
from hub.explore.request import AxisRequest, PlotRequest, parse_bins, parse_range
from hub.explore.statistic import Statistic
from hub.query.selection import Selection


class PictureRequestError(UsageError):
    """The address of a picture is malformed."""


def picture_query(request: PlotRequest) -> str:
    """Return the query string of a plot's picture, without size and theme."""
    pairs = [("s", request.selection.canonical()), *_axis_pairs("x", request.x)]
    if request.y is not None:
        pairs += _axis_pairs("y", request.y)
    nx, ny = request.grid
    pairs.append(("bins", f"{nx}x{ny}" if request.y else str(nx)))
    if request.of:
        pairs += [("statistic", request.statistic.value), ("of", request.of)]
    if request.fit:
        pairs.append(("fit", "1"))
    return urlencode(pairs)


def picture_url(request: PlotRequest) -> str:
    """Return the address of a plot's picture, to which pages add theme and width."""
    return f"{url_for('plots.show_picture')}?{picture_query(request)}"


def read_picture_request(args: MultiDict[str, str]) -> PlotRequest:
    """Read a plot from a picture's query string.

    Raises
    ------
    PictureRequestError, UsageError
        Naming the parameter.
    """
    selection = Selection.parse(_needed(args, "s"))
    return PlotRequest(
        selection=selection,
        x=_read_axis(args, "x"),
        y=_read_axis(args, "y") if args.get("y") else None,
        bins=parse_bins(args["bins"]) if args.get("bins") else None,
        statistic=_read_statistic(args.get("statistic", "count")),
        of=args.get("of") or None,
        fit=_is_set(args, "fit"),
    )


def _axis_pairs(name: str, axis: AxisRequest) -> list[tuple[str, str]]:
    pairs = [(name, axis.expression)]
    if axis.log:
        pairs.append((f"log_{name}", "1"))
    if axis.range is not None:
        low, high = axis.range
        pairs.append((f"{name}_range", f"{low!r}:{high!r}"))
    return pairs


def _read_axis(args: MultiDict[str, str], name: str) -> AxisRequest:
    text = args.get(f"{name}_range", "")
    span = parse_range(text, name) if text else None
    return AxisRequest(expression=_needed(args, name), log=_is_set(args, f"log_{name}"), range=span)


def _read_statistic(text: str) -> Statistic:
    try:
        return Statistic(text)
    except ValueError:
        known = ", ".join(Statistic)
        raise PictureRequestError(
            f"There is no statistic {text!r}.", hint=f"Known: {known}.", where="statistic"
        ) from None


def _is_set(args: MultiDict[str, str], name: str) -> bool:
    return args.get(name, "") not in {"", "0"}


def _needed(args: MultiDict[str, str], name: str) -> str:
    value = args.get(name, "")
    if not value:
        raise PictureRequestError(f"The parameter {name} is missing.", where=name)
    return value
