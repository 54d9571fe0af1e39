"""Arrays with misplaced microphones, calibrated by a walk around them: bearings beside those of an array whose places are known."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace
from numpy.random import Generator
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.direction.locator import Locator
from edge_node.acoustic.health.calibration import Calibration, calibrate
from edge_node.acoustic.spectra import Spectra
from tools.bench.figure import Figure
from tools.simulate.acoustics import ARRAYS, fly_by, heard_from
from tools.simulate.noise import at_snr, coloured, diffuse, first, white
from tools.simulate.propagation import Numbers, Path, Sound, at_microphones

SEEDS = int(os.environ.get("EDGE_NODE_CALIBRATION_SEEDS", "20"))
RATE_HZ = 48_000
MISPLACED_M = 0.003
GAIN_DB = 3.0
AHEAD_S, WALK_S = 5.0, 50.0
WALK_SNR_DB, BEARING_SNR_DB = 20.0, 10.0
BAND_HZ = (400.0, 9_000.0)
PASS_S, BLOCK_S, TEMPERATURE_C = 10.0, 0.2, 15.0


def calibration_figures() -> Iterator[Figure]:
    """Mean bearing error calibrated and not, mean error of places, and whole arrays that are mirrored."""
    mirrored = walks = 0
    errors: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ARRAYS}
    places_mm: list[float] = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        for array, sound, true in walked(rng):
            found = calibrate(array, sound, RATE_HZ, TEMPERATURE_C, ahead_s=AHEAD_S, clockwise=True)
            flipped = replace(array, positions_m=tuple((-x, y, z) for x, y, z in array.positions_m))
            wrong = calibrate(flipped, sound, RATE_HZ, TEMPERATURE_C, ahead_s=AHEAD_S, clockwise=True)
            walks, mirrored = walks + 1, mirrored + (not found.problems and any("mirrored" in problem for problem in wrong.problems))
            places_mm.append(1000 * _apart_m(found, true))
            errors[array.name].append(_bearings(array, found, true, rng))
    yield Figure("microphones.mirrored_walk", 100 * mirrored / walks, "%")
    yield Figure("microphones.places_mm", float(np.mean(places_mm)), "mm", 1000 * MISPLACED_M, "before")
    for name, each in errors.items():
        ideal, before, after = np.mean(each, axis=0)
        count = len(ARRAYS[name].positions_m)
        yield Figure(f"microphones.calibrated_{count}", float(after), "deg", float(ideal), "places known")
        yield Figure(f"microphones.misplaced_{count}", float(before), "deg", float(ideal), "places known")


def walked(rng: Generator) -> Iterator[tuple[MicrophoneArray, Sound, Numbers]]:
    """Arrays, what they hear of somebody with a loudspeaker who stands ahead and then goes around, and where their microphones are."""
    nominal = np.concatenate([np.array(array.positions_m) for array in ARRAYS.values()])
    true = nominal + rng.normal(0, MISPLACED_M, nominal.shape) * (1.0, 1.0, 0.0)
    heard = at_microphones(hiss(WALK_S, rng), around(rng), true, RATE_HZ, temperature_c=TEMPERATURE_C, lead_s=0.1)
    noise = diffuse(len(heard), true, RATE_HZ, rng, TEMPERATURE_C, shape="pink") + 0.05 * white(len(heard), len(true), rng)
    sound = at_snr(heard, noise, WALK_SNR_DB, BAND_HZ)
    sound *= 10 ** (rng.uniform(-GAIN_DB, GAIN_DB, len(true)) / 20).astype(np.float32)
    start = 0
    for array in ARRAYS.values():
        channels = slice(start, start + len(array.positions_m))
        yield array, sound[:, channels], true[channels]
        start = channels.stop


def hiss(seconds: float, rng: Generator) -> Sound:
    """What a small loudspeaker makes of white noise, with a tenth of a second to spare."""
    freqs_hz = np.fft.rfftfreq(2048, 1 / RATE_HZ)
    amplitude = (freqs_hz > BAND_HZ[0]) / np.sqrt(1 + (freqs_hz / 8_000) ** 4)
    return first(coloured(amplitude.astype(np.float32), rng, RATE_HZ), round((seconds + 0.1) * RATE_HZ))


def around(rng: Generator) -> Path:
    """Straight ahead for 5 s, then clockwise all around at 4 to 6 m and within 0.4 m of the array's height."""
    range_m, phases = rng.uniform(4, 6), rng.uniform(0, 2 * np.pi, 2)

    def at(t_s: Numbers) -> NDArray[np.float64]:
        gone = np.clip((t_s - AHEAD_S) / (WALK_S - AHEAD_S), 0, 1)
        loose = np.clip((t_s - AHEAD_S) / 3, 0, 1)
        azimuth = 2 * np.pi * 1.05 * gone
        far = range_m + 0.4 * loose * np.sin(2 * np.pi * t_s / 17 + phases[0])
        high = 0.4 * loose * np.sin(2 * np.pi * t_s / 11 + phases[1])
        return np.stack([far * np.sin(azimuth), far * np.cos(azimuth), high], axis=-1)

    return at


def _apart_m(found: Calibration, true: Numbers) -> float:
    """RMS of places in the plane, whatever the shift of the whole."""
    off = np.array(found.positions_m)[:, :2] - true[:, :2]
    return float(np.sqrt(np.mean((off - off.mean(axis=0)) ** 2)))


def _bearings(array: MicrophoneArray, found: Calibration, true: Numbers, rng: Generator) -> tuple[float, float, float]:
    """Mean great-circle errors in degrees on one pass: with true places, with those of the kind, with those that were found."""
    path = fly_by(azimuth_deg=rng.uniform(0, 360), closest_s=PASS_S / 2)
    heard = at_microphones(hiss(PASS_S + 0.4, rng), path, true, RATE_HZ, temperature_c=TEMPERATURE_C, lead_s=0.5)
    sound = at_snr(heard, white(len(heard), len(true), rng), BEARING_SNR_DB)
    spectra = Spectra(RATE_HZ, len(true))
    known = replace(array, positions_m=tuple(map(tuple, true.tolist())))
    calibrated = replace(array, positions_m=found.positions_m, delays_s=found.delays_s)
    locators = [Locator(its, spectra.freqs_hz, temperature_c=TEMPERATURE_C, most=1) for its in (known, array, calibrated)]
    frames = spectra.push(sound)
    each = max(1, round(BLOCK_S / spectra.hop_s))
    errors = [
        [_error_deg(locator, frames[k : k + each], path, spectra.middle_s(k) + (each - 1) * spectra.hop_s / 2) for locator in locators]
        for k in range(0, len(frames) - each + 1, each)
    ]
    ideal, before, after = np.mean(errors, axis=0)
    return float(ideal), float(before), float(after)


def _error_deg(locator: Locator, frames: NDArray[np.complex64], path: Path, t_s: float) -> float:
    azimuth, elevation = (np.radians(float(angle[0])) for angle in heard_from(path, [t_s], TEMPERATURE_C)[:2])
    true = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    arrivals = locator.locate(frames)
    return float(np.degrees(np.arccos(np.clip(arrivals[0].direction @ true, -1, 1)))) if arrivals else 90.0
