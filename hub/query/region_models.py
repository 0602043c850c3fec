"""The ``region`` of a selection: its JSON forms, and the shapes they mean."""

from collections.abc import Callable
from typing import Any, Literal

from hub.nearest import hint_of_names
from hub.query.validation import (
    Degrees,
    Part,
    SelectionError,
    Text,
    describe,
    join_path,
    require_object,
    validate,
)
from hub.sky.errors import RegionError
from hub.sky.frames import Frame
from hub.sky.regions import AllSky, Box, Cone, MocRegion, Polygon, Region, Targets

Pair = tuple[Degrees, Degrees]


class AllRegion(Part):
    """Everywhere."""

    kind: Literal["all"] = "all"
    frame: Frame = "icrs"

    def shape(self) -> Region:
        """Return the whole sky, rows without a position included."""
        return AllSky()


class ConeRegion(Part):
    """A cone in ICRS."""

    kind: Literal["cone"] = "cone"
    ra_deg: Degrees
    dec_deg: Degrees
    radius_deg: Degrees
    frame: Literal["icrs"] = "icrs"

    def shape(self) -> Region:
        """Return the cone, checked."""
        return Cone(self.ra_deg, self.dec_deg, self.radius_deg)


class GalacticConeRegion(Part):
    """A cone in Galactic coordinates."""

    kind: Literal["cone"] = "cone"
    lon_deg: Degrees
    lat_deg: Degrees
    radius_deg: Degrees
    frame: Literal["galactic"]

    def shape(self) -> Region:
        """Return the cone, checked."""
        return Cone(self.lon_deg, self.lat_deg, self.radius_deg, "galactic")


class BoxRegion(Part):
    """A longitude-latitude rectangle in ICRS."""

    kind: Literal["box"] = "box"
    ra_min_deg: Degrees
    ra_max_deg: Degrees
    dec_min_deg: Degrees
    dec_max_deg: Degrees
    frame: Literal["icrs"] = "icrs"

    def shape(self) -> Region:
        """Return the box, checked."""
        return Box(self.ra_min_deg, self.ra_max_deg, self.dec_min_deg, self.dec_max_deg)


class GalacticBoxRegion(Part):
    """A longitude-latitude rectangle in Galactic coordinates."""

    kind: Literal["box"] = "box"
    lon_min_deg: Degrees
    lon_max_deg: Degrees
    lat_min_deg: Degrees
    lat_max_deg: Degrees
    frame: Literal["galactic"]

    def shape(self) -> Region:
        """Return the box, checked."""
        return Box(
            self.lon_min_deg, self.lon_max_deg, self.lat_min_deg, self.lat_max_deg, "galactic"
        )


class PolygonRegion(Part):
    """A polygon of great-circle sides."""

    kind: Literal["polygon"] = "polygon"
    vertices_deg: tuple[Pair, ...]
    frame: Frame = "icrs"

    def shape(self) -> Region:
        """Return the polygon, checked."""
        return Polygon(self.vertices_deg, self.frame)


class MocRegionModel(Part):
    """An ASCII MOC."""

    kind: Literal["moc"] = "moc"
    moc: Text
    frame: Literal["icrs"] = "icrs"

    def shape(self) -> Region:
        """Return the cells, checked."""
        return MocRegion(self.moc)


class NamedPosition(Part):
    """A target with a name, in ICRS."""

    name: Text
    ra_deg: Degrees
    dec_deg: Degrees

    @property
    def pair(self) -> Pair:
        """Longitude and latitude."""
        return self.ra_deg, self.dec_deg


class GalacticNamedPosition(Part):
    """A target with a name, in Galactic coordinates."""

    name: Text
    lon_deg: Degrees
    lat_deg: Degrees

    @property
    def pair(self) -> Pair:
        """Longitude and latitude."""
        return self.lon_deg, self.lat_deg


class TargetsRegion(Part):
    """Discs around many positions."""

    kind: Literal["targets"] = "targets"
    positions_deg: tuple[Pair, ...] | tuple[NamedPosition, ...] | tuple[GalacticNamedPosition, ...]
    radius_arcsec: Degrees
    frame: Frame = "icrs"

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The positions without their names."""
        return tuple(
            position if isinstance(position, tuple) else position.pair
            for position in self.positions_deg
        )

    def shape(self) -> Region:
        """Return the discs, checked."""
        return Targets(self.pairs, self.radius_arcsec, self.frame)


class NameRegion(Part):
    """A cone around an object that is looked up when the selection is frozen."""

    kind: Literal["name"] = "name"
    name: Text
    radius_deg: Degrees
    frame: Frame = "icrs"

    def resolved(self, resolve_name: Callable[[str], tuple[float, float]]) -> ConeRegion:
        """Return the cone around the object's position."""
        ra_deg, dec_deg = resolve_name(self.name)
        return ConeRegion(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=self.radius_deg)

    def shape(self) -> Region:
        """Refuse: a name is no place until it is resolved."""
        raise RegionError(
            f"The position of {self.name} is not looked up yet.",
            hint="Freeze the selection first.",
            where="region.name",
        )


RegionModel = (
    AllRegion
    | ConeRegion
    | GalacticConeRegion
    | BoxRegion
    | GalacticBoxRegion
    | PolygonRegion
    | MocRegionModel
    | TargetsRegion
    | NameRegion
)

_MODELS: dict[str, dict[str, type[Part]]] = {
    "all": {"icrs": AllRegion, "galactic": AllRegion},
    "cone": {"icrs": ConeRegion, "galactic": GalacticConeRegion},
    "box": {"icrs": BoxRegion, "galactic": GalacticBoxRegion},
    "polygon": {"icrs": PolygonRegion, "galactic": PolygonRegion},
    "moc": {"icrs": MocRegionModel},
    "targets": {"icrs": TargetsRegion, "galactic": TargetsRegion},
    "name": {"icrs": NameRegion, "galactic": NameRegion},
}


def parse_region(data: Any, where: str = "region") -> Any:
    """Return the region model of request data; its numbers make a shape.

    Raises
    ------
    SelectionError, RegionError
        With the JSON path of what is wrong.
    """
    if isinstance(data, Part):
        return data
    data = dict(require_object(data, where, "A region"))
    kind = _known(data, "kind", list(_MODELS), "region kinds", where)
    frame = _known({"frame": "icrs"} | data, "frame", ["icrs", "galactic"], "frames", where)
    if frame not in _MODELS[kind]:
        raise SelectionError(
            "A MOC is in ICRS; it cannot be given in Galactic coordinates.",
            hint="Leave the frame out.",
            where=join_path(where, "frame"),
        )
    if kind == "targets":
        data["positions_deg"] = _positions(data.get("positions_deg"), frame, where)
    if kind == "polygon" and isinstance(data.get("vertices_deg"), list):
        data["vertices_deg"] = _pairs(data["vertices_deg"], join_path(where, "vertices_deg"))
    region = validate(_MODELS[kind][frame], data, where, f"A region of kind {kind}")
    if not isinstance(region, NameRegion):
        _check_shape(region, where)
    elif not 0.0 <= region.radius_deg <= 180.0:
        raise RegionError(
            f"Radius_deg is {region.radius_deg:g}; it must be from 0 to 180.",
            where=join_path(where, "radius_deg"),
        )
    return region


def _known(data: dict[str, Any], key: str, known: list[str], what: str, where: str) -> str:
    value = data.get(key)
    if key not in data:
        raise SelectionError(
            f"A region needs the key {key}.", hint=f"Known {what}: {', '.join(known)}.", where=where
        )
    if not isinstance(value, str) or value not in known:
        raise SelectionError(
            f"There is no {key} {describe(value)}.",
            hint=hint_of_names(str(value), known, what),
            where=join_path(where, key),
        )
    return value


def _positions(data: Any, frame: str, where: str) -> Any:
    where = join_path(where, "positions_deg")
    if not isinstance(data, list | tuple):
        raise SelectionError(
            f"positions_deg must be a list, not {describe(data)}.",
            hint="Write [[ra, dec], ...].",
            where=where,
        )
    if not any(isinstance(item, dict) for item in data):
        return _pairs(data, where)
    model = NamedPosition if frame == "icrs" else GalacticNamedPosition
    return tuple(
        validate(model, item, join_path(where, number), "A target")
        for number, item in enumerate(data)
    )


def _pairs(data: list[Any] | tuple[Any, ...], where: str) -> tuple[tuple[float, float], ...]:
    """Check pairs of numbers in one go: pydantic's errors would hold all 10^5 of them."""
    pairs = []
    for number, item in enumerate(data):
        if (
            not isinstance(item, list | tuple)
            or len(item) != 2
            or not all(isinstance(value, int | float) for value in item)
            or any(isinstance(value, bool) for value in item)
        ):
            raise SelectionError(
                f"A position must be a pair of numbers, not {describe(item)}.",
                hint="Write [longitude, latitude] in degrees.",
                where=join_path(where, number),
            )
        pairs.append((float(item[0]), float(item[1])))
    return tuple(pairs)


def _check_shape(region: Any, where: str) -> None:
    try:
        region.shape()
    except RegionError as error:
        separator = ", " if " " in error.where else "."
        error.where = separator.join(part for part in (where, error.where) if part)
        raise
