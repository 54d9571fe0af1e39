"""Carriers that are switched: pulses of aircraft (ADS-B, RTCA DO-260B) and on-off keying of remotes and sensors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Band
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.fsk import kurtosis

Powers = NDArray[np.float32]
ADSB_HZ, ADSB_OFF_HZ = 1090e6, 1.5e6
ADSB_NARROWEST_HZ = 0.8e6
HALF_S, PREAMBLE_HALVES = 0.5e-6, 16
ADSB_PREAMBLE = np.array([1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], dtype=np.float32)
ADSB_BITS = (112, 56)
PER_HALF = 4
LEAST_PREAMBLE, LEAST_CONTRAST = 0.75, 0.6
"""How alike the preamble is (correlation), and how unlike the halves of each bit, whose mean is 0.5 in noise."""
LONGEST_ADSB_S = 0.5e-3
ON_OFF_KURTOSIS = 1.7
WIDEST_ON_OFF_HZ = 300e3
OFF_DB = 10.0
"""A carrier that is off is at least so much fainter than on."""
DUTY = (0.08, 0.92)
PER_BANDWIDTH = 4


def aircraft(burst: Burst) -> Finding | None:
    """A squitter of ADS-B or a shorter reply: its preamble, and a pulse in one half of each bit."""
    if burst.bandwidth_hz < ADSB_NARROWEST_HZ or burst.duration_s > LONGEST_ADSB_S or not _near(burst.center_hz):
        return None
    rate_hz = PER_HALF / HALF_S
    x, _ = Band(burst.samples, burst.samples_rate_hz, rate_hz).channel(0.0, min(burst.samples_rate_hz, rate_hz / 2))
    if len(x) < PER_HALF * PREAMBLE_HALVES:
        return None
    power = x.real**2 + x.imag**2
    halves = np.convolve(power, np.full(PER_HALF, 1 / PER_HALF, dtype=np.float32), mode="valid")
    start, alike = _preamble(halves)
    for bits in ADSB_BITS:
        places = start + PER_HALF * (PREAMBLE_HALVES + np.arange(2 * bits))
        if alike < LEAST_PREAMBLE or places[-1] >= len(halves):
            continue
        first, second = halves[places].reshape(-1, 2).T
        contrast = float(np.mean(np.abs(first - second) / np.maximum(first + second, np.float32(1e-20))))
        if contrast > LEAST_CONTRAST:
            return Finding("adsb", min(1.0, alike * contrast * 1.4), None, {"bits": bits, "keying": "pulse position"})
    return None


def _near(center_hz: float | None) -> bool:
    return center_hz is None or abs(center_hz - ADSB_HZ) < ADSB_OFF_HZ


def _preamble(halves: Powers) -> tuple[int, float]:
    """Where it fits best, and its correlation there."""
    count = len(halves) - PER_HALF * (PREAMBLE_HALVES - 1)
    if count < 1:
        return 0, 0.0
    places = np.arange(count)[:, None] + PER_HALF * np.arange(PREAMBLE_HALVES)
    rows = halves[places]
    rows -= rows.mean(axis=1, keepdims=True)
    want = ADSB_PREAMBLE - ADSB_PREAMBLE.mean()
    alike = rows @ want / np.maximum(np.linalg.norm(rows, axis=1) * np.linalg.norm(want), np.float32(1e-20))
    best = int(np.argmax(alike))
    return best, float(alike[best])


def on_off(burst: Burst) -> Finding | None:
    """Power that has two levels, one of them next to nothing: "unknown", for it is no drone's link."""
    if not 0 < burst.bandwidth_hz < WIDEST_ON_OFF_HZ:
        return None
    rate_hz = PER_BANDWIDTH * burst.bandwidth_hz
    x, _ = Band(burst.samples, burst.samples_rate_hz, rate_hz).channel(0.0, burst.bandwidth_hz)
    begin = round(burst.before_s * rate_hz)
    x = x[begin : begin + max(1, round(burst.duration_s * rate_hz))]
    if len(x) < 2 * PER_BANDWIDTH or kurtosis(x) < ON_OFF_KURTOSIS:
        return None
    power = np.convolve(x.real**2 + x.imag**2, np.full(PER_BANDWIDTH, 1 / PER_BANDWIDTH), mode="valid")
    on = power > np.quantile(power, 0.98) / 4
    duty = float(on.mean())
    if not DUTY[0] < duty < DUTY[1]:
        return None
    apart_db = 10 * float(np.log10(np.median(power[on]) / max(float(np.median(power[~on])), 1e-20)))
    if apart_db < OFF_DB:
        return None
    edges = np.flatnonzero(np.diff(on))
    shortest_s = float(np.quantile(np.diff(edges), 0.2)) / rate_hz if len(edges) > 2 else burst.duration_s
    numbers: dict[str, float | str] = {"known": "remote_or_sensor", "keying": "on-off", "duty": round(duty, 3)}
    return Finding("unknown", min(1.0, apart_db / 20), None, numbers | {"pulse_s": round(shortest_s, 7)})
