"""Aircraft that fly by microphone arrays, with the direction that each is heard from: what benches and tests listen to."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from msgspec import Struct
from numpy.random import Generator
from numpy.typing import ArrayLike

from drivers import microphone_arrays
from drivers.blocks import MicrophoneArray
from drivers.microphone_arrays import Mounting
from tools.simulate.propagation import Ground, Numbers, Path, Sound, at_microphones, emission_s, speed_of_sound_mps
from tools.simulate.rotorcraft import Rotorcraft, source_signal

ARRAYS = {
    name: microphone_arrays.mounted(microphone_arrays.read_array(name), Mounting(name)) for name in ("square_4", "circular_7", "uma_16")
}
"""Those of hw/arrays that benches listen with, each as large as one in the shops: four microphones 45.7 mm apart (ReSpeaker USB 4 Mic:
a circle of 64 mm), one in the middle of six at 42.5 mm (miniDSP UMA-8: a circle of 86 mm), and miniDSP's UMA-16."""


class Pass(Struct, frozen=True):
    """Sound of some sources at an array, in Pa, and the way of each."""

    rate_hz: int
    samples: Sound
    paths: tuple[Path, ...]
    temperature_c: float

    def heard_from(self, source: int, t_s: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
        """Azimuth and elevation in degrees and range in m, (n,), of where the sound heard at times (n,) came from."""
        return heard_from(self.paths[source], t_s, self.temperature_c)


def fly_by(
    speed_mps: float = 12.0,
    height_m: float = 20.0,
    closest_m: float = 25.0,
    *,
    closest_s: float = 5.0,
    azimuth_deg: float = 0.0,
    clockwise: bool = True,
) -> Path:
    """A straight level way that is nearest to the array, `closest_m` away over ground in the direction of `azimuth_deg`, at `closest_s`."""
    azimuth = np.radians(azimuth_deg)
    closest = np.array([closest_m * np.sin(azimuth), closest_m * np.cos(azimuth), height_m])
    velocity = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0]) * (speed_mps if clockwise else -speed_mps)
    return lambda t_s: closest + (t_s - closest_s)[:, None] * velocity


def hover(azimuth_deg: float, elevation_deg: float, range_m: float) -> Path:
    """A place that does not move."""
    azimuth, elevation = np.radians((azimuth_deg, elevation_deg))
    place = range_m * np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    return lambda t_s: np.broadcast_to(place, (len(t_s), 3))


def heard_from(path: Path, t_s: ArrayLike, temperature_c: float = 15.0, ear_m: Numbers | None = None) -> tuple[Numbers, Numbers, Numbers]:
    """Azimuth and elevation in degrees and range in m, (n,), of where the sound heard at times (n,) came from.

    It is heard at the frame's middle, or at places (n, 3) of an ear that moves.
    """
    times = np.atleast_1d(np.asarray(t_s, dtype=np.float64))
    ears = np.zeros((len(times), 3)) if ear_m is None else ear_m
    emitted_s = emission_s(path, times, ears[:, None, :], speed_of_sound_mps(temperature_c))[:, 0]
    east, north, up = (path(emitted_s) - ears).T
    over_ground = np.hypot(east, north)
    return np.degrees(np.arctan2(east, north)) % 360.0, np.degrees(np.arctan2(up, over_ground)), np.hypot(over_ground, up)


def scene_sound(
    array: MicrophoneArray,
    sources: Sequence[tuple[Rotorcraft, Path]],
    seconds: float,
    rng: Generator,
    *,
    rate_hz: int = 48_000,
    temperature_c: float = 15.0,
    humidity_percent: float = 60.0,
    ground: Ground | None = None,
    absorption: bool = True,
) -> Pass:
    """Aircraft on their ways in the array's own frame as its microphones hear them, without noise; all are audible from the start."""
    places = np.asarray(array.positions_m, dtype=np.float64)
    heard = np.zeros((round(seconds * rate_hz), len(places)), dtype=np.float32)
    for craft, path in sources:
        lead_s = _lead_s(path, temperature_c)
        signal = source_signal(craft, seconds + lead_s, rate_hz, rng)
        heard += at_microphones(
            signal,
            path,
            places,
            rate_hz,
            temperature_c=temperature_c,
            humidity_percent=humidity_percent,
            ground=ground,
            absorption=absorption,
            lead_s=lead_s,
        )[: len(heard)]
    return Pass(rate_hz=rate_hz, samples=heard, paths=tuple(path for _, path in sources), temperature_c=temperature_c)


def _lead_s(path: Path, temperature_c: float) -> float:
    """How long the sound that is heard first was under way, in whole tenths of a second and a little more for its echo."""
    emitted_s = emission_s(path, np.zeros(1), np.zeros((1, 3)), speed_of_sound_mps(temperature_c))
    return ceil(-10 * float(emitted_s[0, 0]) + 1) / 10


def enu_m(array: MicrophoneArray) -> Numbers:
    """Positions (M, 3) east, north and up of the array's middle as it is mounted."""
    azimuth, tilt, roll = np.radians((-array.azimuth_deg, array.tilt_deg, array.roll_deg))
    about_z = np.array([[np.cos(azimuth), -np.sin(azimuth), 0], [np.sin(azimuth), np.cos(azimuth), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    about_y = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    return np.asarray(np.asarray(array.positions_m) @ (about_z @ about_x @ about_y).T)
