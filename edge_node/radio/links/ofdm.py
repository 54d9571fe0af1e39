"""OFDM of 15 kHz: DJI's OcuSync, told by the frame that it sends; all else of that spacing is LTE's kin and raises no alarm.

A cyclic prefix alone cannot tell them apart, nor can a width. LTE's and C-V2X's own Zadoff-Chu symbols lie elsewhere than at a burst's
ends. A DroneID frame has two beside its middle: it is left to who reads it.
"""

from __future__ import annotations

import numpy as np

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.fifteen import BASE_HZ, PREFIX, SPACING_HZ, SYMBOL, USEFUL, at_own_rate, carriers_of, filled, prefixes, spread
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.folding import Folded
from edge_node.radio.links.ocusync import FORMS, framed
from edge_node.radio.links.rates import COARSEST, Complexes
from edge_node.radio.links.zadoff_chu import sequences

NARROWEST_HZ, WIDEST_HZ, SHORTEST_S = 0.9e6, 24e6, 0.3e-3
LONG_S = 1.5e-3
"""What lasts longer is first asked for prefixes alone, in a part of its band."""
LOOKED_S = 6.2e-3
"""Of a run of frames 200 times a second, one whole frame wherever it begins."""
SLOTS_HZ = 7.68e6
FILLED, KIN_FILLED = 0.4, 0.25
"""Share of the band that power is spread over: what is keyed fills but a corner, carriers that fade each for itself a half."""
DENSE = 0.2, 0.75
"""The same of its samples, of which OFDM and noise have a half: a sweep or a chirp has all, and the few that a converter's last bit makes
of noise, which come again by chance, have less."""
MAYBE_CONTRAST, KIN_CONTRAST, KIN_PEAK = 3.5, 5.0, 0.12
"""Noise and every other kind stay below a contrast of 4.2."""
DRONEID_HZ, DRONEID_EVEN = (8e6, 10.5e6), 0.45


def look(burst: Burst) -> Finding | None:
    """dji_ocusync where its frame is there; "lte" of what has the prefixes alone; None of all else, and of DroneID."""
    if not NARROWEST_HZ <= burst.bandwidth_hz <= min(WIDEST_HZ, burst.samples_rate_hz) or burst.duration_s < SHORTEST_S:
        return None
    if not len(burst.samples):
        return None
    spectrum, rate_hz = at_own_rate(burst, LOOKED_S)
    if burst.duration_s <= LONG_S:
        samples = spectrum.samples()
        return _ocusync(burst, samples, rate_hz) or _kin(burst, samples, rate_hz, prefixes(samples, rate_hz, slots=False))
    part = min(COARSEST, max(1, round(rate_hz / SLOTS_HZ)))
    samples, part_hz = spectrum.samples(part), rate_hz / part
    found = prefixes(samples, part_hz, slots=True)
    if found.contrast < MAYBE_CONTRAST:
        return None
    return _ocusync(burst, samples if part == 1 else spectrum.samples(), rate_hz) or _kin(burst, samples, part_hz, found)


def _ocusync(burst: Burst, samples: Complexes, rate_hz: float) -> Finding | None:
    if filled(samples, rate_hz, burst.bandwidth_hz) < FILLED or not _is_dense(samples):
        return None
    for form in FORMS:
        if burst.bandwidth_hz <= form.widest_hz and burst.duration_s <= form.longest_s:
            frame = framed(samples, rate_hz, burst.bandwidth_hz, form)
            if frame and frame.holds():
                parameters: dict[str, float | str] = {"form": form.name, "root": float(frame.root)}
                return Finding("dji_ocusync", min(1.0, frame.total / 2), frame.offset_hz, parameters)
    return None


def _kin(burst: Burst, samples: Complexes, rate_hz: float, found: Folded) -> Finding | None:
    if found.peak < KIN_PEAK or found.contrast < KIN_CONTRAST or not _is_dense(samples):
        return None
    if filled(samples, rate_hz, burst.bandwidth_hz) < KIN_FILLED:
        return None
    if DRONEID_HZ[0] <= burst.bandwidth_hz <= DRONEID_HZ[1] and _is_droneid(samples, rate_hz, burst.bandwidth_hz, found):
        return None
    return Finding("lte", min(1.0, found.contrast / (2 * KIN_CONTRAST)), None, {"form": "ofdm_15_khz"})


def _is_dense(samples: Complexes) -> bool:
    return DENSE[0] <= spread(samples.real**2 + samples.imag**2) <= DENSE[1]


def _is_droneid(samples: Complexes, rate_hz: float, bandwidth_hz: float, found: Folded) -> bool:
    """Two Zadoff-Chu symbols with one of data between them."""
    scale = round(rate_hz / BASE_HZ)
    useful, symbol = USEFUL * scale, SYMBOL * scale
    begin = found.at % symbol + PREFIX * scale // 2
    rows = (len(samples) - begin) // symbol
    if rows < 3:
        return False
    symbols = samples[begin : begin + rows * symbol].reshape(rows, symbol)[:, :useful]
    symbols = symbols * np.exp(-2j * np.pi * found.turn / useful * np.arange(useful)).astype(np.complex64)
    even = sequences(carriers_of(symbols, round(bandwidth_hz / SPACING_HZ))).evenness > DRONEID_EVEN
    return bool(np.any(even[:-2] & ~even[1:-1] & even[2:]))
