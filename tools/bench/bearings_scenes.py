"""Moving rotors at three arrays in noise of a stated ratio, cut into blocks with the direction that each is heard from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.random import Generator
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from tools.simulate.acoustics import ARRAYS, fly_by, heard_from, scene_sound
from tools.simulate.noise import at_snr, diffuse, white
from tools.simulate.propagation import Numbers, Path, Sound
from tools.simulate.rotorcraft import PRESETS

RATE_HZ = 48_000
BLOCK = 9_216
SECONDS, FIRST_S = 2.5, 0.6
"""A quarter of a fly-by; peers that learn their noise and tracks have the time before `FIRST_S` to do so."""
BLOCKS = 5
TEMPERATURE_C = 15.0
# The band in which the ratio of signal to noise is meant: that of the methods compared.
BAND_HZ = (300.0, 6_000.0)
CIRCLE_M, HEIGHT_M, SPEED_MPS = 40.0, 20.0, 12.0


class Scene(Struct, frozen=True):
    """Sound (n, channels), where its blocks begin, and where the sources (sources, blocks, 3) are heard from in the middle of each."""

    array: MicrophoneArray
    samples: Sound
    starts: NDArray[np.intp]
    directions: Numbers

    def blocks(self) -> Iterator[tuple[Sound, Numbers]]:
        """Each block with its sources' directions (sources, 3)."""
        for start, directions in zip(self.starts, self.directions.swapaxes(0, 1), strict=True):
            yield self.samples[start : start + BLOCK], directions


def passing(name: str, noise: str, snr_db: float, seed: int) -> Scene:
    """One quadcopter that flies by at 12 m/s, 20 m up, nearest at 25 m over ground; `noise` is white or diffuse."""
    rng = np.random.default_rng((seed, 1))
    path = fly_by(azimuth_deg=rng.uniform(0, 360), clockwise=bool(rng.integers(2)), closest_s=rng.uniform(-4.0, 6.0))
    return _scene(name, [path], noise, snr_db, rng)


def pair(name: str, apart_deg: float, seed: int) -> Scene:
    """Two quadcopters equally loud, 27 degrees up, on one circle so many degrees of azimuth apart, in little noise."""
    rng = np.random.default_rng((seed, 2))
    first, turning = rng.uniform(0, 2 * np.pi), rng.choice((-1.0, 1.0)) * SPEED_MPS / CIRCLE_M
    return _scene(name, [_circling(first + offset, turning) for offset in (0.0, np.radians(apart_deg))], "white", 20.0, rng)


def _circling(azimuth: float, turning: float) -> Path:
    def path(t_s: Numbers) -> Numbers:
        angle = azimuth + turning * t_s
        return np.stack([CIRCLE_M * np.sin(angle), CIRCLE_M * np.cos(angle), np.full(len(t_s), HEIGHT_M)], axis=1)

    return path


def _scene(name: str, paths: list[Path], noise: str, snr_db: float, rng: Generator) -> Scene:
    array, craft = ARRAYS[name], PRESETS["mid_quad"]
    alone = [scene_sound(array, [(craft, path)], SECONDS, rng, temperature_c=TEMPERATURE_C).samples for path in paths]
    heard = np.sum([sound / np.sqrt(np.mean(sound**2)) for sound in alone], axis=0)
    count, places = heard.shape[0], array.positions_m
    made = white(count, len(places), rng) if noise == "white" else diffuse(count, places, RATE_HZ, rng, TEMPERATURE_C)
    starts = (FIRST_S * RATE_HZ + np.arange(BLOCKS) * ((SECONDS - FIRST_S) * RATE_HZ - BLOCK) / (BLOCKS - 1)).astype(np.intp)
    middles_s = (starts + BLOCK / 2) / RATE_HZ
    directions = np.stack([unit(*heard_from(path, middles_s, TEMPERATURE_C)[:2]) for path in paths])
    return Scene(array, at_snr(heard, made, snr_db, BAND_HZ, rate_hz=RATE_HZ).astype(np.float32), starts, directions)


def unit(azimuth_deg: Numbers, elevation_deg: Numbers) -> Numbers:
    """Unit vectors (n, 3) of angles (n,)."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    across = np.cos(elevation)
    return np.stack([np.sin(azimuth) * across, np.cos(azimuth) * across, np.sin(elevation)], axis=1)


def apart_deg(one: Numbers, other: Numbers) -> float:
    """The angle between two unit vectors."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))
