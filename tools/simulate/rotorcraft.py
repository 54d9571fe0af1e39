"""The sound of aircraft with rotors or propellers: harmonics of shafts that each wander, and broadband noise that they beat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, islice, tee
from math import ceil, exp, sqrt

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.random import Generator

from edge_node.messages import SoundLabel
from tools.simulate.noise import coloured
from tools.simulate.propagation import Numbers, Sound

UPDATES_HZ = 100
JITTER_S = 0.05
TONES_TO_HZ = 7_000.0
FILTER = 2048
WAVE = 1 << 16
REFERENCE_PA = 20e-6


class Rotorcraft(Struct, frozen=True, kw_only=True):
    """What makes an aircraft's sound.

    Rotors differ by `spread` of their speed for good, by `wander` over `wander_s` as it steers, and by `jitter` within a tenth of a
    second; all follow the throttle by `throttle` within twice `wander_s` (all relative, 1 sigma). Harmonics of the blades fall by
    `roll_off_db` an octave, each `ragged_db` more or less; those of the shaft alone are `imbalance_db` lower. `motor_tones` are
    (order of the shaft in halves, dB of the blade pass). Broadband noise is `broadband_db` over all tones together, loudest at
    `broadband_hz`, and `modulation` (0 to 1) of it comes and goes with the blades.
    """

    label: SoundLabel
    blade_pass_hz: float
    rotors: int = 4
    blades: int = 2
    spread: float = 0.03
    wander: float = 0.02
    wander_s: float = 1.5
    throttle: float = 0.02
    jitter: float = 0.002
    roll_off_db: float = 4.0
    ragged_db: float = 3.0
    imbalance_db: float = 14.0
    motor_tones: tuple[tuple[float, float], ...] = ()
    broadband_db: float = -4.0
    broadband_hz: float = 2_500.0
    modulation: float = 0.4
    level_db_spl_1m: float = 78.0
    tail: Rotorcraft | None = None


PRESETS = {
    "small_quad": Rotorcraft(label="multirotor", blade_pass_hz=205.0, motor_tones=((12, -18.0), (14, -22.0)), level_db_spl_1m=72.0),
    "mid_quad": Rotorcraft(label="multirotor", blade_pass_hz=168.0, motor_tones=((14, -20.0),), level_db_spl_1m=78.0),
    "hexa": Rotorcraft(
        label="multirotor",
        blade_pass_hz=105.0,
        rotors=6,
        spread=0.025,
        motor_tones=((20, -22.0),),
        broadband_hz=1_600.0,
        level_db_spl_1m=86.0,
    ),
    "racing_quad": Rotorcraft(
        label="multirotor",
        blade_pass_hz=620.0,
        blades=3,
        spread=0.06,
        wander=0.08,
        wander_s=0.5,
        motor_tones=((7, -12.0), (14, -14.0)),
        broadband_hz=4_500.0,
        level_db_spl_1m=93.0,
    ),
    "fixed_wing": Rotorcraft(
        label="fixed_wing",
        blade_pass_hz=190.0,
        rotors=1,
        spread=0.0,
        wander=0.008,
        wander_s=4.0,
        roll_off_db=4.0,
        imbalance_db=6.0,
        level_db_spl_1m=88.0,
    ),
    "helicopter": Rotorcraft(
        label="helicopter",
        blade_pass_hz=15.0,
        rotors=1,
        spread=0.0,
        wander=0.003,
        wander_s=5.0,
        jitter=0.0005,
        roll_off_db=2.5,
        imbalance_db=25.0,
        broadband_hz=500.0,
        modulation=0.8,
        level_db_spl_1m=118.0,
        tail=Rotorcraft(
            label="helicopter", blade_pass_hz=95.0, rotors=1, spread=0.0, wander=0.003, wander_s=5.0, jitter=0.0005, level_db_spl_1m=112.0
        ),
    ),
}
OF_KIND: dict[SoundLabel, tuple[str, ...]] = {
    "multirotor": ("small_quad", "mid_quad", "hexa", "racing_quad"),
    "fixed_wing": ("fixed_wing",),
    "helicopter": ("helicopter",),
}


def random_rotorcraft(rng: Generator, kind: SoundLabel) -> Rotorcraft:
    """Some aircraft of a kind, about one of its presets; KeyError for a kind that has no rotor."""
    names = OF_KIND[kind]
    craft = PRESETS[names[int(rng.integers(len(names)))]]
    return replace(_varied(craft, rng), tail=_varied(craft.tail, rng) if craft.tail else None)


def _varied(craft: Rotorcraft, rng: Generator) -> Rotorcraft:
    return replace(
        craft,
        blade_pass_hz=craft.blade_pass_hz * rng.uniform(0.78, 1.25),
        blades=int(rng.choice((2, 2, 3))),
        spread=craft.spread * rng.uniform(0.4, 1.8),
        wander=craft.wander * rng.uniform(0.4, 2.0),
        throttle=craft.throttle * rng.uniform(0.0, 3.0),
        jitter=craft.jitter * rng.uniform(0.3, 2.0),
        roll_off_db=craft.roll_off_db + rng.uniform(-2.5, 4.0),
        ragged_db=craft.ragged_db * rng.uniform(0.5, 2.0),
        imbalance_db=max(3.0, craft.imbalance_db + rng.uniform(-6.0, 6.0)),
        motor_tones=tuple((order * float(rng.choice((0.5, 1.0, 1.5))), db + rng.uniform(-8.0, 12.0)) for order, db in craft.motor_tones),
        broadband_db=craft.broadband_db + rng.uniform(-9.0, 7.0),
        broadband_hz=craft.broadband_hz * rng.uniform(0.6, 1.6),
        modulation=min(1.0, craft.modulation * rng.uniform(0.3, 1.8)),
        level_db_spl_1m=craft.level_db_spl_1m + rng.uniform(-5.0, 5.0),
    )


def source_signal(craft: Rotorcraft, seconds: float, rate_hz: int, rng: Generator) -> Sound:
    """Its sound for some time, (n,) float32 in Pa at 1 m."""
    return np.concatenate(list(islice(source_blocks(craft, rate_hz, rng), ceil(seconds))))[: round(seconds * rate_hz)]


def source_blocks(craft: Rotorcraft, rate_hz: int, rng: Generator) -> Iterator[Sound]:
    """Its sound without end and without seams, in blocks of a second, (rate_hz,) float32 in Pa at 1 m; `rate_hz` of whole hundreds."""
    throttle = tee(_wander(craft.throttle, 2 * craft.wander_s, rng), craft.rotors)
    rotors = [_rotor(craft, common, rate_hz, rng) for common in throttle]
    tail = source_blocks(craft.tail, rate_hz, rng) if craft.tail else None
    broad = 10 ** (craft.broadband_db / 10)
    level_pa = REFERENCE_PA * 10 ** (craft.level_db_spl_1m / 20)
    tones_pa, noise_pa = (np.float32(level_pa * sqrt(part / (1 + broad) / craft.rotors)) for part in (1.0, broad))
    while True:
        heard = [next(rotor) for rotor in rotors]
        out = tones_pa * np.sum([tones for tones, _ in heard], axis=0) + noise_pa * np.sum([noise for _, noise in heard], axis=0)
        yield out + next(tail) if tail else out


def _rotor(craft: Rotorcraft, throttle: Iterator[Numbers], rate_hz: int, rng: Generator) -> Iterator[tuple[Sound, Sound]]:
    """Tones and noise of one rotor, each of one RMS, a second at a time."""
    wave = _wave(craft, rng)
    noise = coloured(_broadband(craft, rate_hz), rng, rate_hz)
    mean_hz = craft.blade_pass_hz / craft.blades * (1.0 + craft.spread * rng.standard_normal())
    changes = throttle, _wander(craft.wander, craft.wander_s, rng), _wander(craft.jitter, JITTER_S, rng)
    phase = rng.uniform(0, 2 * np.pi)
    loud = sqrt(1.0 / (1.0 + craft.modulation**2 / 2))
    while True:
        speed = np.maximum(1.0 + np.sum([next(change) for change in changes], axis=0), 0.2)
        shaft_hz = mean_hz * np.interp(np.arange(rate_hz) * (UPDATES_HZ / rate_hz), np.arange(UPDATES_HZ + 1), speed)
        turned = phase + np.cumsum(2 * np.pi / rate_hz * shaft_hz)
        phase = float(turned[-1])
        beat = 1.0 + craft.modulation * np.cos(craft.blades * turned)
        yield _tones(turned, wave), (next(noise) * beat * loud).astype(np.float32)


def _wander(sigma: float, within_s: float, rng: Generator) -> Iterator[Numbers]:
    """An Ornstein-Uhlenbeck process of zero mean, at the UPDATES_HZ + 1 knots of each second."""
    keep = exp(-1 / UPDATES_HZ / within_s)
    last = sigma * rng.standard_normal()
    while True:
        pushes = sigma * sqrt(1 - keep**2) * rng.standard_normal(UPDATES_HZ)
        knots = np.array(list(accumulate(pushes, lambda value, push: keep * value + push, initial=last)))
        last = knots[-1]
        yield knots


def _wave(craft: Rotorcraft, rng: Generator) -> Sound:
    """The tones of one rotor over two turns of its shaft and a sample more, for one RMS: orders 1, 2, 3 and on, and the motor's."""
    count = min(48 * craft.blades, int(TONES_TO_HZ * craft.blades / craft.blade_pass_hz))
    shaft = np.arange(1, max(count, craft.blades) + 1)
    level_db = -craft.roll_off_db * np.log2(np.maximum(shaft / craft.blades, 1.0)) - craft.imbalance_db * (shaft % craft.blades != 0)
    orders = np.concatenate((shaft, [order for order, _ in craft.motor_tones]))
    level_db = np.concatenate((level_db, [db for _, db in craft.motor_tones])) + rng.normal(0.0, craft.ragged_db, len(orders))
    spectrum = np.zeros(WAVE // 2 + 1, dtype=np.complex128)
    np.add.at(spectrum, np.rint(2 * orders).astype(np.intp), 10 ** (level_db / 20) * np.exp(2j * np.pi * rng.random(len(orders))))
    wave = np.fft.irfft(spectrum)
    return np.asarray(np.append(wave, wave[0]) / np.std(wave), dtype=np.float32)


def _tones(turned: Numbers, wave: Sound) -> Sound:
    """The wave of two turns at angles in radians."""
    place = turned * (WAVE / (4 * np.pi)) % WAVE
    whole = place.astype(np.intp)
    before = wave[whole]
    return before + (place - whole).astype(np.float32) * (wave[whole + 1] - before)


def _broadband(craft: Rotorcraft, rate_hz: int) -> Sound:
    """Amplitudes of its noise for one RMS: 3 dB an octave down on both sides of its middle."""
    freq_hz = np.maximum(np.fft.rfftfreq(FILTER, 1 / rate_hz), 20.0)
    level_db = -3.0 * np.abs(np.log2(freq_hz / craft.broadband_hz))
    amplitude = 10 ** (level_db / 20)
    return np.asarray(amplitude / np.sqrt(np.mean(amplitude**2)), dtype=np.float32)
