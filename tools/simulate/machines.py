"""Sounds that are no drone: engines, tools, traffic, weather, animals, people; each seeded, at random parameters, 16 kHz."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tools.simulate.sounds import (
    RATE_HZ,
    Floats,
    Random,
    band,
    coloured,
    decaying,
    gated,
    log_uniform,
    pulses,
    repeated,
    resonant,
    scattered,
    series,
    slow,
    unit,
)


def _steady(rng: Random, n: int, hz: float, wander: float, corner_hz: float = 2.0) -> Floats:
    return (hz * (1 + wander * slow(rng, n, corner_hz))).astype(np.float32)


def _piston(rng: Random, firing_hz: Floats, cylinders: int, noise: float) -> Floats:
    """An engine's firing, as pulses of unequal cylinders or as its orders and part orders, through a body, with the hiss of each."""
    if rng.uniform() < 0.5:
        train = _orders(rng, firing_hz, cylinders)
        breath = 1 + np.cos(2 * np.pi * np.cumsum(firing_hz, dtype=np.float64) / RATE_HZ)
    else:
        train = _strokes_of(rng, firing_hz, cylinders)
        length = max(8, round(RATE_HZ / float(firing_hz.mean()) * rng.uniform(0.1, 0.6)))
        breath = np.convolve(np.abs(train), np.hanning(length), "same")
    body = resonant(rng, train, int(rng.integers(2, 7)), 60, 4000)
    hiss = coloured(rng, len(firing_hz), rng.uniform(-8, 1)) * (0.3 + breath / (breath.mean() + 1e-6))
    whole = unit(body + noise * unit(hiss))
    return scattered(rng, whole) if rng.uniform() < 0.7 else whole


def _orders(rng: Random, firing_hz: Floats, cylinders: int) -> Floats:
    """Exact multiples of the firing, and weaker ones of each cylinder's own cycle between them."""
    tilt_db = rng.uniform(1, 9)
    whole = series(rng, firing_hz, np.arange(1, int(log_uniform(rng, 8, 80)) + 1.0), tilt_db, rng.uniform(3, 9))
    parts = max(2, cylinders)
    half = series(rng, firing_hz, np.arange(1, 12 * parts) / parts, tilt_db, rng.uniform(3, 9))
    return unit(whole + log_uniform(rng, 0.03, 1) * half)


def _strokes_of(rng: Random, firing_hz: Floats, cylinders: int) -> Floats:
    unequal = np.tile(1 + rng.normal(0, 0.25, cylinders), int(firing_hz.max() * len(firing_hz) / RATE_HZ / cylinders) + 2)
    train = pulses(rng, firing_hz, log_uniform(rng, 0.002, 0.06), rng.uniform(0.02, 0.5))
    at = np.flatnonzero(train)
    train[at] *= unequal[: len(at)]
    return train


def engine(rng: Random, n: int) -> Floats:
    """A car, lorry or generator that idles or runs steadily."""
    cylinders = int(rng.choice([1, 2, 3, 4, 6, 8]))
    return _piston(rng, _steady(rng, n, log_uniform(rng, 8, 120), rng.uniform(0, 0.02)), cylinders, log_uniform(rng, 0.05, 2))


def revving(rng: Random, n: int) -> Floats:
    """A motorcycle or chainsaw under a moving throttle."""
    revs = np.exp2(rng.uniform(0.05, 0.8) * slow(rng, n, rng.uniform(0.2, 1.5)))
    firing = np.clip(log_uniform(rng, 30, 220) * revs, 15, 350).astype(np.float32)
    return _piston(rng, firing, int(rng.choice([1, 1, 2, 4])), log_uniform(rng, 0.1, 2))


def chainsaw(rng: Random, n: int) -> Floats:
    """A two-stroke single of 2 700 to 13 000 per minute that races, is loaded, idles or is shut off, and its chain's rasp."""
    ramp = np.hanning(round(rng.uniform(0.1, 0.9) * RATE_HZ))
    load = np.convolve(gated(rng, n, (0.5, 3), (0.3, 1.5)), ramp / ramp.sum(), "same")
    revs = log_uniform(rng, 90, 230) * np.exp2(-rng.uniform(0, 1.6) * load + rng.uniform(0, 0.08) * slow(rng, n, rng.uniform(1, 8)))
    motor = _piston(rng, revs.astype(np.float32), int(rng.choice([1, 2, 2])), log_uniform(rng, 0.05, 2))
    rasp = band(rng, n, log_uniform(rng, 800, 3500), log_uniform(rng, 3500, 7500)) + rng.uniform(0, 1) * coloured(
        rng, n, rng.uniform(-3, 4)
    )
    return unit(motor * (0.5 + rng.uniform(0, 1) * load) + log_uniform(rng, 0.03, 2) * (0.2 + load) * rasp)


def mower(rng: Random, n: int) -> Floats:
    """A four-stroke single near 3 000 per minute and the blade that it turns."""
    firing = _steady(rng, n, rng.uniform(20, 30), rng.uniform(0.002, 0.02), 1.0)
    blade = series(rng, (firing * rng.choice([2, 4])).astype(np.float32), np.arange(1, 12.0), rng.uniform(2, 9))
    return unit(_piston(rng, firing, 1, 0.5) + rng.uniform(0.2, 1) * blade + rng.uniform(0.1, 1) * coloured(rng, n, -4))


def vacuum(rng: Random, n: int) -> Floats:
    """A universal motor: few exact lines on smooth broadband, which steps when its nozzle is lifted."""
    nozzle = 1 + rng.uniform(0, 0.1) * gated(rng, n, (1, 5), (0.3, 2))
    motor = (_steady(rng, n, log_uniform(rng, 150, 700), rng.uniform(0, 0.004), 1.0) * nozzle).astype(np.float32)
    lines = series(rng, motor, np.arange(1, int(rng.integers(3, 25)) + 1.0), rng.uniform(0, 10), 8.0)
    air = resonant(rng, coloured(rng, n, rng.uniform(-5, 2)), int(rng.integers(2, 8)), 200, 7000)
    return unit(air + log_uniform(rng, 0.05, 1.5) * lines)


def fan(rng: Random, n: int) -> Floats:
    """A ventilator, heat pump or hand dryer: the blades' few harmonics, which do not move, and air."""
    blades = _steady(rng, n, log_uniform(rng, 20, 320), rng.uniform(0, 0.001), 0.5)
    lines = series(rng, blades, np.arange(1, int(rng.integers(2, 9)) + 1.0), rng.uniform(4, 14))
    return unit(coloured(rng, n, rng.uniform(-8, -1), 5.0) + log_uniform(rng, 0.1, 2) * lines)


def hum(rng: Random, n: int) -> Floats:
    """A transformer: even harmonics of the mains, exact."""
    mains = np.full(n, rng.choice([50.0, 60.0, 100.0, 120.0]), dtype=np.float32)
    lines = series(rng, mains, np.arange(1, int(rng.integers(4, 40)) + 1.0), rng.uniform(1, 9), 9.0)
    return unit(lines + log_uniform(rng, 0.1, 3) * coloured(rng, n, rng.uniform(-8, -2)))


def single_motor(rng: Random, n: int) -> Floats:
    """One shaft at a drone's pitch, all its orders exact multiples: what several rotors never are."""
    f0 = log_uniform(rng, 60, 500) * np.exp2(rng.uniform(0, 0.12) * slow(rng, n, rng.uniform(0.3, 3)))
    lines = series(rng, f0.astype(np.float32), np.arange(1, int(log_uniform(rng, 4, 60)) + 1.0), rng.uniform(0, 9), rng.uniform(2, 10))
    body = resonant(rng, lines, int(rng.integers(1, 6)), 100, 5000)
    body = scattered(rng, body) if rng.uniform() < 0.5 else body
    air = coloured(rng, n, rng.uniform(-8, 2), 5.0) * (1 + rng.uniform(0, 1) * np.sin(2 * np.pi * np.cumsum(f0) / RATE_HZ))
    return unit(body + log_uniform(rng, 0.01, 2) * air)


def power_tool(rng: Random, n: int) -> Floats:
    """A drill or grinder: brushes and gears, several series at rates that are no multiples of another, in spurts."""
    speed = gated(rng, n, (0.4, 4), (0.2, 1)) * (1 + rng.uniform(0, 0.1) * slow(rng, n, 3)) + 0.05
    smooth = np.convolve(speed, np.full(1600, 1 / 1600), "same")
    motor, gear = log_uniform(rng, 150, 600), rng.uniform(1.3, 9)
    whole = series(rng, (motor * smooth).astype(np.float32), np.arange(1, 16.0), rng.uniform(0, 8), 8.0)
    whole = whole + series(rng, (motor * gear * smooth).astype(np.float32), np.arange(1, 6.0), rng.uniform(0, 8), 6.0)
    return unit(smooth * (whole + rng.uniform(0.2, 2) * coloured(rng, n, rng.uniform(-3, 3))))


def washing(rng: Random, n: int) -> Floats:
    """A drum that tumbles or spins, its motor's whine, and water."""
    turn = _steady(rng, n, log_uniform(rng, 0.6, 20), 0.01)
    tumble = 1 + rng.uniform(0, 1) * np.sin(2 * np.pi * np.cumsum(turn) / RATE_HZ)
    whine = series(rng, _steady(rng, n, log_uniform(rng, 80, 900), rng.uniform(0, 0.01), 0.5), np.arange(1, 8.0), rng.uniform(3, 12))
    return unit(coloured(rng, n, rng.uniform(-9, -2), 6.0) * tumble + log_uniform(rng, 0.05, 1.5) * whine)


def siren(rng: Random, n: int) -> Floats:
    """Wail, yelp or two tones: a rich tone that sweeps far."""
    low, octaves, rate = log_uniform(rng, 300, 900), rng.uniform(0.3, 1.6), log_uniform(rng, 0.1, 6)
    turn = np.sin(2 * np.pi * (rate * np.arange(n) / RATE_HZ + rng.uniform()))
    turn = np.sign(turn) if rng.uniform() < 0.3 else turn
    f0 = (low * np.exp2(octaves * (turn + 1) / 2)).astype(np.float32)
    tone = series(rng, f0, np.arange(1, int(rng.integers(2, 12)) + 1.0), rng.uniform(2, 12), 6.0)
    return unit(tone + log_uniform(rng, 0.02, 1) * coloured(rng, n, rng.uniform(-8, -2)))


def alarm(rng: Random, n: int) -> Floats:
    """A clock, reversing lorry or smoke alarm: one shrill tone in beeps; or a bell."""
    f0 = np.full(n, log_uniform(rng, 500, 4000), dtype=np.float32)
    tone = series(rng, f0, np.arange(1, 6.0) * (1 if rng.uniform() < 0.7 else rng.uniform(1.1, 1.5)), rng.uniform(0, 12))
    beep = gated(rng, n, (0.03, 0.5), (0.03, 0.6)) * (1 + 0.9 * np.sign(np.sin(2 * np.pi * rng.uniform(4, 30) * np.arange(n) / RATE_HZ)))
    return unit(tone * beep + log_uniform(rng, 0.005, 0.3) * coloured(rng, n, rng.uniform(-6, 0)))


def train(rng: Random, n: int) -> Floats:
    """Rolling noise that beats with the joints of the rails, a squeal, at times a horn's chord."""
    rate = log_uniform(rng, 0.8, 8)
    beat = 1 + rng.uniform(0, 2) * np.maximum(0, np.sin(2 * np.pi * rate * np.arange(n) / RATE_HZ)) ** rng.uniform(1, 12)
    whole = coloured(rng, n, rng.uniform(-8, -1), 6.0) * beat
    if rng.uniform() < 0.4:
        notes = np.array([1, 1.19, 1.5, 1.78])[: int(rng.integers(1, 5))] * log_uniform(rng, 200, 500)
        whole = whole + gated(rng, n, (0.5, 3), (0.5, 3)) * unit(
            np.sum([_note(rng, n, float(note)) for note in notes], axis=0)
        ) * rng.uniform(0.5, 3)
    if rng.uniform() < 0.4:
        squeal = series(rng, _steady(rng, n, log_uniform(rng, 800, 5000), 0.01, 4), np.arange(1, 4.0), 6)
        whole = whole + squeal * np.abs(slow(rng, n, 1)) * rng.uniform(0.2, 1)
    return unit(whole)


def _note(rng: Random, n: int, hz: float) -> Floats:
    return series(rng, _steady(rng, n, hz, 0.003, 5), np.arange(1, int(rng.integers(3, 14)) + 1.0), rng.uniform(3, 12))


def rain(rng: Random, n: int) -> Floats:
    """Hiss and drops on leaves, roofs, or the microphone's cover."""
    drop = decaying(rng, 800, rng.uniform(0.001, 0.01), log_uniform(rng, 200, 3000), 7500)
    count = int(log_uniform(rng, 10, 3000) * n / RATE_HZ)
    drops = repeated(drop, rng.integers(0, n, count), rng.lognormal(0, 1, count), n)
    return unit(coloured(rng, n, rng.uniform(-4, 3), 5.0) + log_uniform(rng, 0.1, 4) * unit(drops))


def thunder(rng: Random, n: int) -> Floats:
    """Claps that roll away in the depth, with rain or without."""
    roll = np.exp(1.5 * slow(rng, n, 3)) * np.exp(-np.arange(n) / RATE_HZ / rng.uniform(0.5, 5))
    clap = coloured(rng, n, rng.uniform(-12, -5), 3.0) * roll
    return unit(unit(clap) + log_uniform(rng, 0.02, 0.6) * rain(rng, n))


def wind(rng: Random, n: int) -> Floats:
    """Gusts in leaves, and turbulence at the microphone below 200 Hz, at times so strong that it clips; or a whistle."""
    gust = np.exp(rng.uniform(0.2, 0.9) * slow(rng, n, rng.uniform(0.3, 4)))
    leaves = coloured(rng, n, rng.uniform(-6, 0), 4.0) * gust
    turbulence = unit(coloured(rng, n, rng.uniform(-14, -7), 2.0) * gust**2)
    whistle = band(rng, n, 500, 520) * np.maximum(0, slow(rng, n, 2)) if rng.uniform() < 0.2 else 0.0
    whole = log_uniform(rng, 0.02, 2) * leaves + turbulence + log_uniform(rng, 0.02, 1) * whistle
    return unit(np.clip(whole, -3, 3) if rng.uniform() < 0.3 else whole)


def buzz(rng: Random, n: int) -> Floats:
    """A fly or bee that passes: a rich series of 100 to 600 Hz, sudden in level and pitch."""
    f0 = log_uniform(rng, 100, 600) * np.exp2(rng.uniform(0.02, 0.2) * slow(rng, n, rng.uniform(2, 12)))
    wings = series(rng, f0.astype(np.float32), np.arange(1, int(rng.integers(4, 30)) + 1.0), rng.uniform(1, 10), 6.0)
    near = np.exp(rng.uniform(0.5, 2) * slow(rng, n, rng.uniform(0.5, 4)))
    near = near * (gated(rng, n, (0.2, 2), (0.1, 1.5)) if rng.uniform() < 0.5 else 1)
    return unit(wings * near + log_uniform(rng, 0.01, 1) * coloured(rng, n, rng.uniform(-8, 0)))


def swarm(rng: Random, n: int) -> Floats:
    """Bees or flies about the microphone: many wings of nearly one pitch, each with its own way, turns and loudness."""
    pitch_hz, spread = log_uniform(rng, 120, 350), rng.uniform(0.02, 0.12)
    tilt_db, count = rng.uniform(2, 9), int(log_uniform(rng, 3, 14))
    whole = np.zeros(n, dtype=np.float32)
    for _ in range(count):
        turns = 1 + log_uniform(rng, 0.005, 0.06) * slow(rng, n, log_uniform(rng, 1, 12))
        wings = series(rng, (pitch_hz * (1 + spread * rng.standard_normal()) * turns).astype(np.float32), np.arange(1, 16.0), tilt_db, 5.0)
        whole += wings * np.exp(rng.uniform(0.3, 1.3) * slow(rng, n, log_uniform(rng, 0.5, 6))).astype(np.float32)
    return unit(unit(whole) + log_uniform(rng, 0.01, 1) * coloured(rng, n, rng.uniform(-8, 0)))


def crickets(rng: Random, n: int) -> Floats:
    """Narrow chirps at 2 to 7.5 kHz, in pulses; or a cicada's rattle."""
    whole = log_uniform(rng, 0.02, 1) * coloured(rng, n, rng.uniform(-6, 0))
    for _ in range(int(rng.integers(1, 5))):
        pulse = np.maximum(0, np.sin(2 * np.pi * rng.uniform(15, 150) * np.arange(n) / RATE_HZ)) ** rng.uniform(0.5, 3)
        hz, chirp = log_uniform(rng, 2000, 7500), gated(rng, n, (0.05, 4), (0.05, 0.8))
        voice = _note(rng, n, hz) if rng.uniform() < 0.6 else band(rng, n, 0.8 * hz, 1.1 * hz)
        whole = whole + unit(voice * pulse * chirp) * rng.uniform(0.2, 1)
    return unit(whole)


def birds(rng: Random, n: int) -> Floats:
    """Songs: short notes that glide between 1 and 7 kHz; crows, gulls, chickens lower and richer."""
    whole = log_uniform(rng, 0.02, 1) * coloured(rng, n, rng.uniform(-8, 0))
    for _ in range(int(rng.integers(1, 4))):
        rich = rng.uniform() < 0.3
        hz = log_uniform(rng, 400, 1200) if rich else log_uniform(rng, 1500, 6000)
        f0 = np.clip(hz * np.exp2(rng.uniform(0.05, 0.6) * slow(rng, n, rng.uniform(2, 30))), 200, 7500).astype(np.float32)
        voice = series(rng, f0, np.arange(1, 9.0 if rich else 3.0), rng.uniform(2, 12))
        whole = whole + unit(voice * gated(rng, n, (0.03, 0.5), (0.03, 1.5))) * rng.uniform(0.2, 1)
    return unit(whole)


def voices(rng: Random, n: int) -> Floats:
    """Speech or a dog: a larynx of 70 to 400 Hz through formants, in syllables, with fricatives between them."""
    f0 = (log_uniform(rng, 70, 400) * np.exp2(rng.uniform(0.05, 0.3) * slow(rng, n, rng.uniform(1, 5)))).astype(np.float32)
    vowels = [resonant(rng, pulses(rng, f0, 0.005, 0.05), 4, 250, 4000) * np.maximum(0, slow(rng, n, 4)) for _ in range(3)]
    hiss = band(rng, n, 2500, 7500) * np.maximum(0, slow(rng, n, 5)) * rng.uniform(0, 0.6)
    spoken = (unit(np.sum(vowels, axis=0)) + hiss) * gated(rng, n, (0.1, 0.6), (0.02, 0.3))
    return unit(unit(spoken) + log_uniform(rng, 0.02, 0.6) * coloured(rng, n, rng.uniform(-8, -1)))


def music(rng: Random, n: int) -> Floats:
    """Notes of a scale, one or several at a time, with a beat."""
    whole = np.zeros(n, dtype=np.float32)
    for _ in range(int(rng.integers(1, 5))):
        length = round(log_uniform(rng, 0.1, 1.0) * RATE_HZ)
        steps = np.repeat(rng.integers(-12, 24, n // length + 1), length)[:n]
        decay = np.exp(-(np.arange(n) % length) / RATE_HZ / rng.uniform(0.1, 2))
        whole += (
            series(rng, (220 * np.exp2(steps / 12)).astype(np.float32), np.arange(1, int(rng.integers(2, 16)) + 1.0), rng.uniform(3, 12))
            * decay
        )
    beats = np.arange(0, n, round(rng.uniform(0.25, 0.7) * RATE_HZ))
    beat = repeated(decaying(rng, 3000, 0.04, 100, 6000), beats, np.ones(len(beats)), n)
    return unit(unit(whole) + rng.uniform(0, 1) * unit(beat))


def traffic(rng: Random, n: int) -> Floats:
    """Cars that pass or a road far away: tyres' broadband around 1 kHz that swells, and a faint engine."""
    tyres = band(rng, n, log_uniform(rng, 150, 700), log_uniform(rng, 1000, 4000)) + 0.5 * coloured(rng, n, rng.uniform(-8, -3))
    swell = np.exp(rng.uniform(0, 1) * slow(rng, n, 0.5))
    return unit(tyres * swell + log_uniform(rng, 0.02, 0.5) * engine(rng, n))


def aeroplane(rng: Random, n: int) -> Floats:
    """A jet's roar and its fan's whine; a turboprop's exact propellers; or a light aeroplane's engine and propeller on one shaft."""
    roar = coloured(rng, n, rng.uniform(-9, -3), 3.0) * np.exp(rng.uniform(0, 0.5) * slow(rng, n, 2))
    if rng.uniform() < 0.5:
        whine = series(rng, _steady(rng, n, log_uniform(rng, 1200, 5000), 0.002, 0.5), np.arange(1, 3.0), 8)
        return unit(roar + log_uniform(rng, 0.02, 0.5) * whine)
    propeller = series(
        rng, _steady(rng, n, rng.uniform(50, 115), 0.001, 0.5), np.arange(1, int(rng.integers(3, 25)) + 1.0), rng.uniform(3, 10)
    )
    return unit(roar + log_uniform(rng, 0.1, 2) * propeller)


def helicopter(rng: Random, n: int) -> Floats:
    """Slaps of the main rotor at 9 to 32 Hz, the tail rotor's series at 4 to 7 times that, turbine or piston, and rush of air."""
    main = _steady(rng, n, log_uniform(rng, 9, 32), rng.uniform(0, 0.004), 0.5)
    slap = pulses(rng, main, rng.uniform(0, 0.02), 0.1)
    width = round(RATE_HZ / float(main.mean()) * rng.uniform(0.05, 0.5))
    beat = np.convolve(slap, np.hanning(width), "same")
    air = coloured(rng, n, rng.uniform(-9, -1), 5.0) * (rng.uniform(0.05, 0.8) + beat)
    thud = resonant(rng, np.convolve(slap, np.hanning(max(8, width // 6)), "same"), 3, 30, 1200)
    tail = series(rng, (main * rng.uniform(3.5, 7)).astype(np.float32), np.arange(1, int(rng.integers(3, 26)) + 1.0), rng.uniform(1, 9))
    whine = series(rng, _steady(rng, n, log_uniform(rng, 1000, 7000), 0.002, 0.5), np.arange(1, 3.0), 6)
    whole = unit(air) + log_uniform(rng, 0.1, 2) * thud + log_uniform(rng, 0.05, 1.2) * tail + log_uniform(rng, 0.01, 0.4) * whine
    return unit(whole * np.exp(rng.uniform(0, 0.4) * slow(rng, n, 1)))


def strokes(rng: Random, n: int) -> Floats:
    """A handsaw, broom, footsteps or hammer: bursts of noise, some per second, through a body that rings."""
    rate = rng.uniform(0.8, 6)
    at = (np.arange(int(rate * n / RATE_HZ) + 1) / rate * RATE_HZ * (1 + rng.normal(0, 0.02))).astype(np.intp)
    burst = decaying(rng, 4000, log_uniform(rng, 0.005, 0.2), log_uniform(rng, 80, 3000), 7500)
    whole = resonant(rng, repeated(burst, at, rng.lognormal(0, 0.3, len(at)), n), int(rng.integers(1, 6)), 200, 6000)
    return unit(whole + log_uniform(rng, 0.01, 0.5) * coloured(rng, n, rng.uniform(-6, 0)))


def noise(rng: Random, n: int) -> Floats:
    """Nothing in particular: coloured noise, steady or slowly varying, as of a quiet place or a sensor."""
    return unit(coloured(rng, n, rng.uniform(-9, 2), rng.uniform(0, 9)) * np.exp(rng.uniform(0, 0.4) * slow(rng, n, 2)))


def tones(rng: Random, n: int) -> Floats:
    """Lines that belong to nothing: random places, some steady and some gliding."""
    whole = log_uniform(rng, 0.1, 3) * coloured(rng, n, rng.uniform(-8, 0))
    for _ in range(int(rng.integers(1, 8))):
        hz = log_uniform(rng, 100, 6000) * np.exp2(rng.choice([0.0, 0.002, 0.05]) * slow(rng, n, 2))
        whole = whole + series(rng, hz.astype(np.float32), np.ones(1), 0) * log_uniform(rng, 0.1, 1)
    return unit(whole)


MACHINES: dict[str, tuple[str, Callable[[Random, int], Floats]]] = {
    "engine": ("machine", engine),
    "revving": ("machine", revving),
    "chainsaw": ("machine", chainsaw),
    "mower": ("machine", mower),
    "vacuum": ("machine", vacuum),
    "fan": ("machine", fan),
    "hum": ("machine", hum),
    "single_motor": ("machine", single_motor),
    "power_tool": ("machine", power_tool),
    "washing": ("machine", washing),
    "siren": ("machine", siren),
    "alarm": ("machine", alarm),
    "train": ("machine", train),
    "traffic": ("machine", traffic),
    "aeroplane": ("machine", aeroplane),
    "helicopter": ("helicopter", helicopter),
    "rain": ("none", rain),
    "thunder": ("none", thunder),
    "wind": ("none", wind),
    "buzz": ("none", buzz),
    "swarm": ("none", swarm),
    "crickets": ("none", crickets),
    "birds": ("none", birds),
    "voices": ("none", voices),
    "music": ("none", music),
    "strokes": ("none", strokes),
    "noise": ("none", noise),
    "tones": ("none", tones),
}
"""By name: the class that a listener should give it, and what makes (n,) samples of unit RMS."""
