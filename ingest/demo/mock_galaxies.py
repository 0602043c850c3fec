"""The galaxies of the mock survey: redshift, colours, magnitudes, sizes, flags.

Nothing here is a model of galaxy evolution. It is simple arithmetic with the
correlations that people look for in a plot: counts that rise with magnitude,
colours that follow the 4000 Å break through the bands, red galaxies in clusters,
drop-outs at high redshift, errors that grow towards the limit.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.demo.mock_sky import MAX_CLUSTER_REDSHIFT

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

BANDS = ("u", "g", "r", "i", "z", "y")

FLAG_BLENDED = 1
FLAG_SATURATED = 2
FLAG_NEAR_STAR = 4
FLAG_DROP_OUT = 8

_BRIGHTEST_I = 14.0
_FAINTEST_I = 24.5
_COUNT_SLOPE = 0.38
"""Slope of log10 of the counts per magnitude."""

_LIMITS = np.array([26.0, 26.6, 26.2, 25.6, 24.9, 24.2], np.float32)
"""Magnitude of a detection at five sigma, per band; fainter ones are null."""

_BREAKS = (
    # colour: base, extra of red galaxies, redshift of the 4000 Å break, its width
    (0.55, 0.55, 0.05, 0.30),
    (0.35, 0.30, 0.38, 0.26),
    (0.15, 0.15, 0.72, 0.24),
    (0.08, 0.12, 1.02, 0.24),
    (0.05, 0.06, 1.28, 0.26),
)
_BREAK_RED = 1.05
_BREAK_BLUE = 0.45
_LYMAN_BREAKS = ((0, 2.9, 3.0), (1, 3.9, 2.2))
"""Colour, redshift at which the Lyman break enters its bluer band, depth."""

_DROP_OUT_U_R = 1.5
"""A galaxy that must be redder than this in u-r not to be seen in u is a drop-out."""

_HALO_RADII = 1.5
"""Radius of the halo of a bright star, in radii of its masked disc."""

_PHOT_Z_SCATTER = 0.025
_PHOT_Z_OUTLIERS = 0.02
_PHOT_Z_MAX = 4.5


@dataclass(frozen=True)
class Galaxies:
    """Measured properties, one element per galaxy."""

    magnitudes: Floats
    """Shape (6, galaxies), in the order of `BANDS`."""

    detected: Flags
    """Whether a magnitude was measured, same shape."""

    z_phot: Floats
    has_z_phot: Flags
    """Five bands at least are needed for one."""

    size_arcsec: Floats
    flags: npt.NDArray[np.int32]


def make_galaxies(
    rng: np.random.Generator, cluster_redshift: Floats, nearness_to_star: Floats
) -> Galaxies:
    """Draw galaxies, as many as the arguments are long.

    Parameters
    ----------
    rng
        Source of all random numbers.
    cluster_redshift
        Redshift of the galaxy's cluster; NaN for galaxies of the field.
    nearness_to_star
        Distance to the nearest bright star, in radii of its masked disc.
    """
    count = len(cluster_redshift)
    in_cluster = np.isfinite(cluster_redshift)
    mag_i = _draw_mag_i(rng, count)
    redshift = np.where(
        in_cluster,
        cluster_redshift + 0.003 * rng.standard_normal(count, np.float32),
        _draw_field_redshift(rng, mag_i),
    ).astype(np.float32)
    is_red = rng.random(count, np.float32) < np.where(
        in_cluster, 0.8 - 0.2 * redshift / MAX_CLUSTER_REDSHIFT, 0.22
    )
    true = _magnitudes(mag_i, _colours(rng, redshift, is_red))
    magnitudes, detected = _measure(rng, true)
    is_blended = rng.random(count, np.float32) < np.where(in_cluster, 0.12, 0.03)
    return Galaxies(
        magnitudes=magnitudes,
        detected=detected,
        z_phot=_photometric_redshift(rng, redshift, mag_i),
        has_z_phot=np.count_nonzero(detected, axis=0) >= 5,
        size_arcsec=_sizes(rng, mag_i, redshift, is_red),
        flags=_flags(
            mag_i,
            is_drop_out=~detected[0] & (magnitudes[2] < _LIMITS[0] - _DROP_OUT_U_R),
            is_blended=is_blended,
            is_near_star=nearness_to_star < _HALO_RADII,
        ),
    )


def _draw_mag_i(rng: np.random.Generator, count: int) -> Floats:
    share_below = 10.0 ** (_COUNT_SLOPE * (_BRIGHTEST_I - _FAINTEST_I))
    uniform = share_below + (1.0 - share_below) * (1.0 - rng.random(count, np.float32))
    mag_i: Floats = (_FAINTEST_I + np.log10(uniform) / _COUNT_SLOPE).astype(np.float32)
    return mag_i


def _draw_field_redshift(rng: np.random.Generator, mag_i: Floats) -> Floats:
    """Draw from z² exp(-(z/z0)^1.5), the usual form; z0 grows with magnitude.

    With t = (z/z0)^1.5 that is t exp(-t), the sum of two exponentials.
    """
    scale = 0.02 + 0.045 * np.maximum(mag_i - 14.0, 0.3)
    t = rng.standard_exponential(len(mag_i), np.float32)
    t += rng.standard_exponential(len(mag_i), np.float32)
    redshift: Floats = (scale * np.cbrt(t) ** 2).astype(np.float32)
    return redshift


def _colours(rng: np.random.Generator, redshift: Floats, is_red: Flags) -> list[Floats]:
    """Return u-g, g-r, r-i, i-z and z-y without errors of measurement."""
    depth = np.where(is_red, np.float32(_BREAK_RED), np.float32(_BREAK_BLUE))
    age = 0.12 * rng.standard_normal(len(redshift), np.float32)
    colours = []
    for base, red_extra, break_redshift, width in _BREAKS:
        offset = (redshift - np.float32(break_redshift)) / np.float32(width)
        colour = np.float32(base) + np.float32(red_extra) * is_red
        colour += (depth + age) * np.exp(-(offset**2))
        colours.append(colour + np.float32(0.5) * age)
    for which, break_redshift, strength in _LYMAN_BREAKS:
        step = (redshift - np.float32(break_redshift)) / np.float32(0.15)
        colours[which] += np.float32(strength) / (1.0 + np.exp(-np.clip(step, -20, 20)))
    return colours


def _magnitudes(mag_i: Floats, colours: list[Floats]) -> Floats:
    u_g, g_r, r_i, i_z, z_y = colours
    mag_r = mag_i + r_i
    mag_g = mag_r + g_r
    mag_z = mag_i - i_z
    return np.stack([mag_g + u_g, mag_g, mag_r, mag_i, mag_z, mag_z - z_y])


def _measure(rng: np.random.Generator, true: Floats) -> tuple[Floats, Flags]:
    """Add errors that reach 0.2 mag at five sigma, and lose what is fainter than that."""
    faintness = np.minimum(true - _LIMITS[:, np.newaxis], 2.0)
    error = 0.01 + 0.2 * np.exp(np.float32(0.4 * np.log(10)) * faintness)
    measured = true + error * rng.standard_normal(true.shape, np.float32)
    return measured.astype(np.float32), measured < _LIMITS[:, np.newaxis]


def _photometric_redshift(rng: np.random.Generator, redshift: Floats, mag_i: Floats) -> Floats:
    """Return z + N(0, s (1 + z)) with s growing to the faint end, and some outliers."""
    scatter = _PHOT_Z_SCATTER * (1.0 + 2.0 * np.clip((mag_i - 21.0) / 4.0, 0.0, 1.0))
    estimate = redshift + scatter * (1.0 + redshift) * rng.standard_normal(
        len(redshift), np.float32
    )
    chance = rng.random(len(redshift), np.float32)
    estimate = np.where(
        chance < _PHOT_Z_OUTLIERS, chance * (_PHOT_Z_MAX / _PHOT_Z_OUTLIERS), estimate
    )
    return np.clip(np.abs(estimate), 0.0, 8.0).astype(np.float32)


def _sizes(rng: np.random.Generator, mag_i: Floats, redshift: Floats, is_red: Flags) -> Floats:
    """Return half-light radii: smaller when faint, far or red, never below the seeing."""
    log_radius = 0.35 - 0.13 * (mag_i - 20.0) - 0.1 * redshift - 0.12 * is_red
    log_radius += 0.16 * rng.standard_normal(len(mag_i), np.float32)
    intrinsic = np.exp(np.float32(np.log(10)) * log_radius)
    seen: Floats = np.sqrt(intrinsic**2 + np.float32(0.33**2)).astype(np.float32)
    return seen


def _flags(
    mag_i: Floats, *, is_drop_out: Flags, is_blended: Flags, is_near_star: Flags
) -> npt.NDArray[np.int32]:
    flags = FLAG_BLENDED * is_blended.astype(np.int32)
    flags |= FLAG_SATURATED * (mag_i < 16.0).astype(np.int32)
    flags |= FLAG_NEAR_STAR * is_near_star.astype(np.int32)
    flags |= FLAG_DROP_OUT * is_drop_out.astype(np.int32)
    return flags
