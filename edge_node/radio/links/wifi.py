"""Wi-Fi's OFDM: short training of period 0.8 us, then long of 3.2 us, then symbols of 4 us (IEEE 802.11-2020, 17.3)."""

from __future__ import annotations

import numpy as np

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.folding import again, folded
from edge_node.radio.links.rates import SPUR, Complexes, at_rate

WIDTHS = (20e6, 8e6, 90e6), (10e6, 4e6, 11e6)
"""Rates of 20 MHz and of half that (802.11p), and how wide they look at least and at most.

A channel may reach out of the receiver's band; wider ones send the same training on every 20 MHz.
"""
SHORT, LONG = 16, 64
SHORT_SPAN, LONG_SPAN, LONG_AT = 128, 96, 160
"""Samples."""
SYMBOL, PREFIX = 80, 16
BEGIN_S, LOOKED_S = 120e-6, 2e-3
TRAINED = 0.3
FOLD_PEAK, FOLD_CONTRAST = 0.15, 5.0


def look(burst: Burst) -> Finding | None:
    """wifi, by its training or, where that was missed, by its symbols."""
    for rate_hz, narrowest_hz, widest_hz in WIDTHS:
        if narrowest_hz <= burst.bandwidth_hz <= min(widest_hz, burst.samples_rate_hz):
            score, told_by = _score(burst, rate_hz)
            if score:
                return Finding("wifi", score, None, {"told_by": told_by, "spacing_hz": rate_hz / LONG})
    return None


def _score(burst: Burst, rate_hz: float) -> tuple[float, str]:
    trained = training(_looked(burst, BEGIN_S * WIDTHS[0][0] / rate_hz, rate_hz))
    if trained >= TRAINED:
        return min(1.0, 0.5 + trained), "training"
    found = folded(_looked(burst, LOOKED_S, rate_hz), LONG, PREFIX, SYMBOL)
    if found.peak >= FOLD_PEAK and found.contrast >= FOLD_CONTRAST:
        return min(1.0, found.contrast / (2 * FOLD_CONTRAST)), "symbols"
    return 0.0, ""


def _looked(burst: Burst, seconds: float, rate_hz: float) -> Complexes:
    """Its beginning without tones."""
    return at_rate(burst.samples[: round((seconds + burst.before_s) * burst.samples_rate_hz)], burst.samples_rate_hz, rate_hz, SPUR)


def training(samples: Complexes) -> float:
    """The lesser of how much the short and the long training come again where both do best, of 1.

    Half a period on neither does: what does there too is a tone or a slow sweep.
    """
    short = np.abs(again(samples, SHORT, SHORT_SPAN))[: -LONG_AT - LONG or None]
    long = np.abs(again(samples, LONG, LONG_SPAN))[LONG_AT:]
    short_half = np.abs(again(samples, SHORT // 2, SHORT_SPAN))
    long_half = np.abs(again(samples, LONG // 2, LONG_SPAN))[LONG_AT:]
    count = min(len(short), len(long), len(short_half), len(long_half))
    if count <= 0:
        return 0.0
    return float(np.max(np.minimum(short[:count] - short_half[:count], long[:count] - long_half[:count])))
