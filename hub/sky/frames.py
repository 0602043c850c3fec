"""ICRS and Galactic coordinates: angles, unit vectors and the rotation between them."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Frame = Literal["icrs", "galactic"]

# astropy's rotation (by way of FK5 J2000), which differs from Hipparcos' own by
# some 10 mas. Kept as numbers since importing astropy takes most of a second.
ICRS_TO_GALACTIC = np.array(
    [
        [-0.05487565771259168, -0.8734370519556163, -0.4838350736167155],
        [0.4941094371927275, -0.44482972122329517, 0.7469821839866676],
        [-0.8676661375596587, -0.19807633727300075, 0.4559838136873016],
    ]
)
"""Matrix that takes ICRS unit vectors to Galactic ones."""


def unit_vectors(lon_deg: ArrayLike, lat_deg: ArrayLike) -> NDArray[np.float64]:
    """Return unit vectors, shape ``(..., 3)``, of positions in degrees."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    rho = np.cos(lat)
    return np.stack([rho * np.cos(lon), rho * np.sin(lon), np.sin(lat)], axis=-1)


def angles(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude in [0, 360) and latitude, in degrees, of vectors ``(..., 3)``."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    lon = np.mod(np.degrees(np.arctan2(y, x)), 360.0)
    # The arc tangent keeps its digits at the poles, the arc sine does not.
    return np.where(lon >= 360.0, 0.0, lon), np.degrees(np.arctan2(z, np.hypot(x, y)))


def icrs_of(
    lon_deg: ArrayLike, lat_deg: ArrayLike, frame: Frame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ra and dec in degrees of positions in a frame; ICRS ones stay as they are."""
    if frame == "icrs":
        return np.asarray(lon_deg, dtype=np.float64), np.asarray(lat_deg, dtype=np.float64)
    return angles(unit_vectors(lon_deg, lat_deg) @ ICRS_TO_GALACTIC)


def galactic_of(
    ra_deg: ArrayLike, dec_deg: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Galactic longitude and latitude in degrees of ICRS positions."""
    return angles(unit_vectors(ra_deg, dec_deg) @ ICRS_TO_GALACTIC.T)
