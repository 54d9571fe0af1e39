"""Sound from a moving source to microphones: retarded time, spreading, absorption by air (ISO 9613-1) and reflection by ground."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log10, prod, sqrt
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

Sound = NDArray[np.float32]
Numbers = NDArray[np.float64]
Path = Callable[[Numbers], Numbers]
"""Where a source is, (n, 3) metres, at times (n,) in seconds; any time may be asked."""

KELVIN = 273.15
KNOTS_HZ = 200
OVERSAMPLED = 4
TAPS = 6
SILENCE = 64
HOP = 512
NEAREST_M = 0.1
SETTLED_S = 1e-11


class Ground(Struct, frozen=True):
    """A flat ground at `height_m` of the array's frame; flow resistivity in Pa s/m2: snow 3e4, grass 2e5, earth 1e6, asphalt 2e7."""

    height_m: float
    flow_resistivity: float = 2e5

    def reflection(self, freq_hz: NDArray[Any], sine_of_grazing: NDArray[Any]) -> NDArray[np.complex128]:
        """Coefficient of a plane wave, (angles, frequencies), for the impedance of Miki (1990)."""
        x = 1000.0 * np.maximum(freq_hz, 1.0) / self.flow_resistivity
        impedance = 1.0 + (5.50 - 8.43j) * x**-0.632
        sine = sine_of_grazing[:, None]
        return np.asarray((sine * impedance - 1.0) / (sine * impedance + 1.0))

    def mirrored(self, path: Path) -> Path:
        """The path of the source's image under the ground."""
        return lambda t_s: path(t_s) * (1.0, 1.0, -1.0) + (0.0, 0.0, 2.0 * self.height_m)


def speed_of_sound_mps(temperature_c: float) -> float:
    """Speed of sound in dry air."""
    return 331.3 * sqrt(1.0 + temperature_c / KELVIN)


def absorption_db_per_m(
    freq_hz: ArrayLike, temperature_c: float = 15.0, humidity_percent: float = 60.0, pressure_kpa: float = 101.325
) -> Numbers:
    """Attenuation of a pure tone by still air, ISO 9613-1:1993 equations 3 to 5 and B.2."""
    f2 = np.asarray(freq_hz, dtype=np.float64) ** 2
    kelvin, pressure = temperature_c + KELVIN, pressure_kpa / 101.325
    t = kelvin / 293.15
    water = humidity_percent * 10 ** (-6.8346 * (273.16 / kelvin) ** 1.261 + 4.6151) / pressure
    oxygen_hz = pressure * (24.0 + 4.04e4 * water * (0.02 + water) / (0.391 + water))
    nitrogen_hz = pressure / sqrt(t) * (9.0 + 280.0 * water * exp(-4.170 * (t ** (-1 / 3) - 1.0)))
    classical = 1.84e-11 / pressure * sqrt(t)
    oxygen = 0.01275 * exp(-2239.1 / kelvin) / (oxygen_hz + f2 / oxygen_hz)
    nitrogen = 0.1068 * exp(-3352.0 / kelvin) / (nitrogen_hz + f2 / nitrogen_hz)
    return np.asarray(20.0 / np.log(10.0) * f2 * (classical + t**-2.5 * (oxygen + nitrogen)))


def emission_s(path: Path, t_s: Numbers, places_m: Numbers, speed_mps: float) -> Numbers:
    """When what places (M, 3), or (n, M, 3) that move, hear at times (n,) was emitted, (n, M); ValueError for a source as fast as sound."""
    heard = np.broadcast_to(t_s[:, None], (len(t_s), places_m.shape[-2]))
    emitted = heard
    for _ in range(200):
        at = path(emitted.ravel()).reshape(*emitted.shape, 3)
        before, emitted = emitted, heard - np.linalg.norm(at - places_m, axis=2) / speed_mps
        if np.max(np.abs(emitted - before)) < SETTLED_S:
            return np.asarray(emitted)
    raise ValueError("a source is as fast as its sound")


def smooth_path(t_s: Numbers, places_m: Numbers) -> Path:
    """A path through places (K, 3) at evenly spaced times (K,), cubic between them; before and after them it stands still."""
    step_s = (t_s[-1] - t_s[0]) / (len(t_s) - 1)
    inner = len(t_s) - 3

    def path(at_s: Numbers) -> Numbers:
        at = np.clip((at_s - t_s[1]) / step_s, 0.0, inner)
        whole = np.minimum(at.astype(np.intp), inner - 1)
        weights = _lagrange(at - whole, 4)
        return np.asarray(np.einsum("nk,nkx->nx", weights, places_m[whole[:, None] + np.arange(4)]))

    return path


def at_microphones(
    signal: Sound,
    path: Path,
    positions_m: ArrayLike,
    rate_hz: int,
    *,
    temperature_c: float = 15.0,
    humidity_percent: float = 60.0,
    pressure_kpa: float = 101.325,
    ground: Ground | None = None,
    absorption: bool = True,
    lead_s: float = 0.0,
    frames: int | None = None,
    carried: Callable[[Numbers], Numbers] | None = None,
) -> Sound:
    """What microphones (M, 3) hear of a source whose `signal` (n,) is in Pa at 1 m, (frames or n - lead, M) float32 in Pa.

    The signal begins `lead_s` before the first frame heard, which is the path's time 0. Emission times are exact at 200 knots a
    second and cubic between them; interpolation errs by less than -70 dB up to 0.4 of the rate. Filters are those of the range
    to the middle of the array; ground reflects as it does plane waves. Sound from before the signal is silence.
    Microphones on a vehicle are `carried`: where they are at times (n,), (n, M, 3), in the path's frame.
    """
    places = np.asarray(positions_m, dtype=np.float64).reshape(-1, 3)
    speed = speed_of_sound_mps(temperature_c)
    lead = round(lead_s * rate_hz)
    freq_hz = np.fft.rfftfreq(4 * HOP, 1 / rate_hz)
    loss_db_per_m = absorption_db_per_m(freq_hz, temperature_c, humidity_percent, pressure_kpa) * absorption
    emitted_s = (np.arange(len(signal) // HOP + 2) * HOP - lead) / rate_hz
    heard = np.zeros((len(signal) - lead if frames is None else frames, len(places)), dtype=np.float32)
    step = rate_hz // KNOTS_HZ
    knots_s = (np.arange(len(heard) // step + 4) - 1) * step / rate_hz
    middle_m, places_m = (carried(emitted_s).mean(axis=1), carried(knots_s)) if carried else (places.mean(axis=0), places)
    for way, mirror in ((path, None), (ground.mirrored(path), ground)) if ground else ((path, None),):
        filters = _filters(way(emitted_s) - middle_m, freq_hz, loss_db_per_m, mirror)
        at_s = emission_s(way, knots_s, places_m, speed)
        spreading = 1.0 / np.maximum((knots_s[:, None] - at_s) * speed, NEAREST_M)
        _add_delayed(heard, _shaped(signal, filters), at_s * rate_hz + lead, spreading, step)
    return heard


def _filters(ray_m: Numbers, freq_hz: NDArray[Any], loss_db_per_m: Numbers, mirror: Ground | None) -> NDArray[Any]:
    """What air and a ground that mirrors do to sound along rays (n, 3), (n, frequencies)."""
    range_m = np.linalg.norm(ray_m, axis=1)
    gains: NDArray[Any] = 10 ** (-loss_db_per_m * range_m[:, None] / 20)
    if mirror is None:
        return gains
    return gains * mirror.reflection(freq_hz, np.abs(ray_m[:, 2] / np.maximum(range_m, NEAREST_M)))


def _shaped(signal: Sound, gains: NDArray[Any]) -> Sound:
    """A signal through a filter that is new every HOP samples, gains (blocks, 2 HOP + 1); Hann windows overlapping by half."""
    blocks = len(gains)
    padded = np.zeros((blocks + 1) * HOP, dtype=np.float32)
    padded[HOP : HOP + len(signal)] = signal
    window = np.float32(0.5) - np.float32(0.5) * np.cos(np.pi * np.arange(2 * HOP, dtype=np.float32) / HOP)
    frames = np.zeros((blocks, 4 * HOP), dtype=np.float32)
    frames[:, HOP : 3 * HOP] = np.lib.stride_tricks.sliding_window_view(padded, 2 * HOP)[::HOP] * window
    spectra = np.fft.rfft(frames) * gains.astype(np.complex64)
    pieces = np.fft.irfft(spectra, 4 * HOP).astype(np.float32).reshape(blocks, 4, HOP)
    out = np.zeros((blocks + 3, HOP), dtype=np.float32)
    for k in range(4):
        out[k : k + blocks] += pieces[:, k]
    return out.ravel()[2 * HOP : 2 * HOP + len(signal)]


def _add_delayed(heard: Sound, signal: Sound, at: Numbers, gain: Numbers, step: int) -> None:
    """Add the signal to each microphone, from places `at` in samples and times `gain`, (K, M) at knots `step` apart from -step on."""
    between = _lagrange(np.arange(step) / step, 4).T
    fine = _oversampled(signal)
    for m in range(heard.shape[1]):
        place, loud = ((np.lib.stride_tricks.sliding_window_view(column[:, m], 4) @ between).ravel()[: len(heard)] for column in (at, gain))
        heard[:, m] += _at(fine, np.clip(place, -SILENCE / 2, len(signal) + SILENCE / 2)) * loud.astype(np.float32)


def _oversampled(signal: Sound) -> Sound:
    """The band-limited signal at OVERSAMPLED times its rate, with SILENCE samples of the old rate about it."""
    length = -(-(len(signal) + 2 * SILENCE) // 1024) * 1024
    padded = np.zeros(length, dtype=np.float32)
    padded[SILENCE : SILENCE + len(signal)] = signal
    return np.fft.irfft(np.fft.rfft(padded), OVERSAMPLED * length).astype(np.float32) * np.float32(OVERSAMPLED)


def _at(fine: Sound, at: Numbers) -> Sound:
    """The oversampled signal at places given in samples of the old rate."""
    place = (at + SILENCE) * OVERSAMPLED
    whole = np.floor(place).astype(np.intp)
    weights = _lagrange((place - whole).astype(np.float32), TAPS)
    out = np.zeros(len(at), dtype=np.float32)
    for k in range(TAPS):
        out += weights[:, k] * fine[whole + (k - TAPS // 2 + 1)]
    return out


def _lagrange(fraction: NDArray[Any], points: int) -> NDArray[Any]:
    """Weights (n, points) of samples at 1 - points/2 .. points/2 for a place between 0 and 1."""
    nodes = range(1 - points // 2, points // 2 + 1)
    away = [fraction - fraction.dtype.type(node) for node in nodes]
    weights = np.empty((points, len(fraction)), dtype=fraction.dtype)
    before = np.ones_like(fraction)
    for k, node in enumerate(nodes):
        np.multiply(before, fraction.dtype.type(1 / prod(node - other for other in nodes if other != node)), out=weights[k])
        before *= away[k]
    after = np.ones_like(fraction)
    for k in reversed(range(points)):
        weights[k] *= after
        after *= away[k]
    return weights.T


def level_db_spl(pressure_pa: Sound) -> float:
    """Sound pressure level over all samples and channels, dB re 20 uPa."""
    return 20.0 * log10(max(float(np.sqrt(np.mean(np.square(pressure_pa, dtype=np.float64)))), 1e-12) / 20e-6)
