"""Analog video by frequency modulation: the lines of PAL or NTSC in what a discriminator hears (ITU-R BT.1700).

Width comes first: LoRa of SF5 and 500 kHz has as many symbols a second as PAL has lines, and SF7 of 125 kHz sixteen times less.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.rates import Complexes
from edge_node.radio.quick_length import quick_length

Reals = NDArray[np.float32]

NARROWEST_HZ, SHORTEST_S = 4e6, 4e-3
PART_HZ, PART = 1.5e6, 0.65
"""A receiver that is narrower hears a part of it, which fills at least so much of its band."""
LOOKED_S = 45e-3
"""Two fields, so that their rate is heard."""
LUMA_HZ = 1e6
"""Rate of what the lines are sought in: sync pulses of 4.7 us are still there, colour and sound are not."""
BATCH = 1 << 16
HARMONICS = 20
NEAR, BESIDE = 4e-4, (0.97, 1.03)
"""A camera's crystal is off by less, with a receiver's; the combs about it that hold no line of a picture are the floor."""
STEPS_PER_LOBE = 2
FINER = 4
CONTRAST, SHARE = 4.0, 0.03
"""Noise, LTE and DVB-T, whose carriers' fourteenth part is a line of PAL, stay below 2 and 0.015."""
FIELD_LAGS, FIELD_ALIKE = (480, 680), 0.3


class Standard(Struct, frozen=True):
    """How often a line and a field come."""

    name: str
    line_hz: float
    field_hz: float


STANDARDS = Standard("pal", 15_625.0, 50.0), Standard("ntsc", 4.5e6 / 286, 60 / 1.001)


class Comb(Struct, frozen=True):
    """The lines of one standard: where they are, their share of all that moves, and how far above other combs that is."""

    standard: Standard
    line_hz: float
    share: float
    contrast: float


def look(burst: Burst) -> Finding | None:
    """analog_video with its standard, line rate and, where two fields were heard, field rate; None of all else."""
    if not _is_wide(burst) or burst.duration_s < SHORTEST_S:
        return None
    begin = round(burst.before_s * burst.samples_rate_hz)
    count = round(min(LOOKED_S, burst.duration_s) * burst.samples_rate_hz)
    luma, rate_hz = demodulated(burst.samples[begin : begin + count], burst.samples_rate_hz)
    if len(luma) < SHORTEST_S * rate_hz / 2 or not np.isfinite(luma).all():
        return None
    best, other = sorted(combs(luma, rate_hz), key=lambda comb: -comb.contrast)
    if best.contrast < CONTRAST or best.share < SHARE:
        return None
    parameters: dict[str, float | str] = {
        "standard": best.standard.name,
        "line_rate_hz": round(best.line_hz, 1),
        "over_other_standard_db": round(10 * float(np.log10(best.contrast / max(other.contrast, 1e-3))), 1),
    }
    if field_hz := field_rate_hz(luma, rate_hz, best.line_hz):
        parameters["field_rate_hz"] = round(field_hz, 2)
    return Finding("analog_video", min(1.0, best.contrast / (2 * CONTRAST)), None, parameters)


def _is_wide(burst: Burst) -> bool:
    least_hz = NARROWEST_HZ if burst.rate_hz >= NARROWEST_HZ else max(PART_HZ, PART * burst.rate_hz)
    return least_hz <= burst.bandwidth_hz <= burst.samples_rate_hz


def demodulated(samples: Complexes, rate_hz: float) -> tuple[Reals, float]:
    """Frequency (n,) in cycles a sample without its mean, and its rate: that of samples over a whole number, at about LUMA_HZ."""
    every = max(1, int(rate_hz / LUMA_HZ))
    batch = BATCH // every * every
    parts = []
    for k in range(0, len(samples) - every, batch):
        part = samples[k : k + batch + 1]
        turns = part[1:] * part[:-1].conj()
        cut = np.arctan2(turns.imag, turns.real)
        parts.append(cut[: len(cut) // every * every].reshape(-1, every).mean(axis=1))
    luma = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return np.asarray((luma - luma.mean()) / np.float32(2 * np.pi) if len(luma) else luma, np.float32), rate_hz / every


def combs(luma: Reals, rate_hz: float) -> list[Comb]:
    """Of each standard, the best near its line rate."""
    size = quick_length(FINER * len(luma))
    spectrum = np.fft.rfft(luma * np.hanning(len(luma)).astype(np.float32), size)
    power = spectrum.real**2 + spectrum.imag**2
    total = float(power.sum()) / FINER
    harmonics = min(HARMONICS, int(rate_hz / 2 / (STANDARDS[-1].line_hz * BESIDE[1])))
    step_hz = rate_hz / len(luma) / harmonics / STEPS_PER_LOBE
    low, high = (standard.line_hz * edge for standard, edge in zip(STANDARDS, BESIDE, strict=True))
    lines_hz = np.arange(low, high, step_hz)
    bins = np.rint(lines_hz[:, None] * np.arange(1, harmonics + 1) * (size / rate_hz)).astype(int)
    sums = power[bins].sum(axis=1)
    floor = max(float(np.median(sums)), 1e-20)
    found = []
    for standard in STANDARDS:
        near = np.flatnonzero(np.abs(lines_hz / standard.line_hz - 1) < NEAR + step_hz / standard.line_hz)
        at = near[sums[near].argmax()]
        found.append(Comb(standard, float(lines_hz[at]), float(sums[at]) / max(total, 1e-20), float(sums[at]) / floor))
    return found


def field_rate_hz(luma: Reals, rate_hz: float, line_hz: float) -> float | None:
    """How often the means of lines come again, by half lines; None where no two fields were heard."""
    rows = (np.arange(len(luma)) * (2 * line_hz / rate_hz)).astype(int)
    halves = np.bincount(rows, luma) / np.maximum(np.bincount(rows), 1)
    lines = halves[1:] + halves[:-1]
    lines -= np.median(lines)
    if len(lines) < 2 * FIELD_LAGS[1]:
        return None
    lags = np.arange(*FIELD_LAGS)
    alike = [np.vdot(lines[lag:], lines[:-lag]) / (np.linalg.norm(lines[lag:]) * np.linalg.norm(lines[:-lag]) + 1e-20) for lag in lags]
    best = int(np.argmax(alike))
    return float(2 * line_hz / lags[best]) if alike[best] > FIELD_ALIKE else None
