"""Calibrate an array by a source of noise that is carried around it: places, gains and delays, and whether the walk was good enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health.array_fit import FLAT_M, ArrayFit, fit_array
from edge_node.acoustic.health.arrival_times import ArrivalTimes, Vector, arrival_times
from edge_node.acoustic.microphones import speed_of_sound_mps

FEWEST_CHANNELS = 3
FEWEST_BLOCKS = 50
LEAST_LOUD_SHARE = 0.5
SECTORS, FEWEST_SECTORS = 12, 10
MOST_SIGMA_M = 0.001
MOST_RESIDUAL_M = 0.003
MOST_TURN_DEG = 25.0
MOST_RAISED_DEG = 15.0


class Calibration(Struct, frozen=True):
    """What was found, in the array's frame and in the order of its channels; to be used only when `problems` is empty.

    `gains` multiply the samples, `delays_s` say how late each channel is. `sigma_m` is of each place in the array's plane after
    what a flat array cannot know (turns and shifts of the whole) is taken out; `residual_m` the RMS of what the fit leaves.
    `turned_deg` is how far around the source was carried, clockwise as the array heard it; `ahead_deg` where it was heard
    while it stood straight ahead, None when it did not; `sectors` how many of 12 directions it was heard from, and `raised_deg` how
    far above or below for a fifth of the time. `loud_share` of the time it stood out.
    """

    positions_m: tuple[tuple[float, float, float], ...]
    gains: tuple[float, ...]
    delays_s: tuple[float, ...]
    sigma_m: tuple[float, ...]
    residual_m: float
    turned_deg: float
    ahead_deg: float | None
    sectors: int
    raised_deg: float
    loud_share: float
    problems: tuple[str, ...] = ()


def calibrate(
    array: MicrophoneArray,
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    temperature_c: float | None = None,
    *,
    ahead_s: float = 0.0,
    clockwise: bool | None = None,
    with_delays: bool = True,
) -> Calibration:
    """Of samples (n, channels) in which the source stands straight ahead for `ahead_s` and is then carried around, `clockwise` or not.

    Raises ValueError, in words for a technician, when nothing can be fitted at all.
    """
    nominal = np.asarray(array.positions_m, np.float64).reshape(-1, 3)
    if len(nominal) < FEWEST_CHANNELS or np.linalg.matrix_rank(nominal[:, :2] - nominal[:, :2].mean(axis=0), tol=FLAT_M) < 2:
        raise ValueError("an array can be calibrated by walking around it when it has three microphones that lie flat, not in a line")
    times = arrival_times(samples, sample_rate_hz)
    if len(times.t_s) < FEWEST_BLOCKS:
        raise ValueError(
            f"the source stood out from all else for {len(times.t_s) * 0.2:.0f} s only: play noise louder, go nearer, "
            "wait for a quiet moment, and walk for a minute"
        )
    middle = nominal.mean(axis=0)
    fit = fit_array(nominal - middle, times, speed_of_sound_mps(temperature_c), with_delays=with_delays)
    ahead = _ahead_rad(fit, times, ahead_s)
    found = Calibration(
        positions_m=_places(_about_z(fit.positions_m, ahead or 0.0) + middle),
        gains=tuple((1 / np.median(times.level, axis=0)).tolist()),
        delays_s=tuple((fit.delays_s - np.median(fit.delays_s)).tolist()) if with_delays else (0.0,) * len(nominal),
        sigma_m=tuple(_sigma_m(nominal - middle, fit.covariance).tolist()),
        residual_m=float(np.sqrt(np.mean(np.square(fit.residual_m)))),
        turned_deg=float(np.degrees(np.sum(_wrapped(np.diff(fit.azimuths_rad))))),
        ahead_deg=None if ahead is None else float(np.degrees(ahead)),
        sectors=len(set((np.degrees(fit.azimuths_rad) % 360 // (360 / SECTORS)).tolist())),
        raised_deg=float(np.degrees(np.percentile(np.abs(fit.elevations_rad), 80))),
        loud_share=len(times.t_s) / max(times.blocks, 1),
    )
    return replace(found, problems=tuple(_problems(found, clockwise)))


def _problems(found: Calibration, clockwise: bool | None) -> Iterator[str]:
    """What stands against using it, and what to do."""
    sigma_m = max(found.sigma_m)
    mirrored = clockwise is not None and abs(found.turned_deg) > 180 and (found.turned_deg > 0) != clockwise
    if mirrored:
        yield "the source was heard to go around the other way: the channel map is mirrored, or the array lies upside down"
    elif found.ahead_deg is not None and abs(found.ahead_deg) > MOST_TURN_DEG:
        yield f"what stood straight ahead was heard from {found.ahead_deg:+.0f} degrees: the channel map or the array is turned"
    if found.sectors < FEWEST_SECTORS:
        yield f"the source was heard from {found.sectors} of {SECTORS} directions only: walk a whole circle around the array"
    if found.raised_deg > MOST_RAISED_DEG:
        yield f"the source was heard {found.raised_deg:.0f} degrees above or below the array: carry it at the array's height"
    if found.loud_share < LEAST_LOUD_SHARE:
        yield f"the source stood out for {found.loud_share:.0%} of the time only: play it louder or go nearer"
    if found.residual_m > MOST_RESIDUAL_M:
        yield f"{found.residual_m * 1000:.1f} mm are left unexplained: run the self-check first, and keep walls and other sources away"
    elif sigma_m > MOST_SIGMA_M and found.sectors >= FEWEST_SECTORS:
        yield f"places are known to {sigma_m * 1000:.1f} mm only: walk two circles, slower, at the array's height"


def _places(positions_m: Vector) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in positions_m)


def _ahead_rad(fit: ArrayFit, times: ArrivalTimes, ahead_s: float) -> float | None:
    """Mean azimuth while the source stood ahead."""
    still = fit.azimuths_rad[times.t_s < ahead_s]
    return float(np.angle(np.sum(np.exp(1j * still)))) if len(still) else None


def _about_z(positions_m: Vector, azimuth_rad: float) -> Vector:
    """Turned counter-clockwise, so that what is at this azimuth comes to be ahead."""
    c, s = np.cos(azimuth_rad), np.sin(azimuth_rad)
    return np.asarray(positions_m @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]))


def _wrapped(angle_rad: Vector) -> Vector:
    return np.asarray((angle_rad + np.pi) % (2 * np.pi) - np.pi)


def _sigma_m(places_m: Vector, covariance: Vector) -> Vector:
    """(channels,): of each place in x and y, without turns and shifts of the whole."""
    channels = len(places_m)
    x, y = places_m[:, 0], places_m[:, 1]
    one, none = np.ones(channels), np.zeros(channels)
    rigid = np.stack([np.stack(pair, axis=1).ravel() for pair in ((one, none), (none, one), (-y, x))])
    base, _ = np.linalg.qr(rigid.T)
    rest = np.eye(2 * channels) - base @ base.T
    planar = covariance.reshape(channels, 4, channels, 4)[:, :2, :, :2].reshape(2 * channels, 2 * channels)
    return np.asarray(np.sqrt(np.diag(rest @ planar @ rest).reshape(channels, 2).max(axis=1)))
