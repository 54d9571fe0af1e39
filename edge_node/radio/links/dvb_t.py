"""Terrestrial television by its guard intervals: 2k or 8k carriers in channels of 6, 7 or 8 MHz (EN 300 744, 4.4)."""

from __future__ import annotations

from collections.abc import Iterator

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.fifteen import spread
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.folding import Folded, folded
from edge_node.radio.links.rates import SPUR, Complexes, at_rate

CHANNELS_MHZ = 8, 7, 6
PART = 4
"""Of the band that is looked at: one in so many samples, also all that a narrow receiver hears."""
FIRST_HZ = 2.5e6
CARRIERS = {"8k": 8192, "2k": 2048}
GUARDS = 4, 8, 16, 32
LOOKED_S, SHORTEST_S, NARROWEST_HZ = 9e-3, 6e-3, 1.5e6
PEAK, CONTRAST = 0.2, 5.0
NOISELIKE = 0.42, 0.6
"""What `spread` says of its power over time, a half as of noise; PAL, whose fourteen lines last as long as a symbol, is other than that."""


class Found(Folded, frozen=True):
    """With what it is."""

    channel_mhz: int
    mode: str
    guard: int


def look(burst: Burst) -> Finding | None:
    """dvb_t with its channel's width, mode and guard interval; it never stops."""
    if (
        burst.duration_s < SHORTEST_S
        or burst.bandwidth_hz < NARROWEST_HZ
        or burst.bandwidth_hz > min(max(CHANNELS_MHZ) * 1.1e6, burst.samples_rate_hz)
    ):
        return None
    looked, rate_hz = _looked(burst)
    if not NOISELIKE[0] <= spread(looked.real**2 + looked.imag**2) <= NOISELIKE[1]:
        return None
    best = max(_folds(looked, rate_hz), key=lambda one: one.peak * one.contrast)
    if best.peak < PEAK or best.contrast < CONTRAST:
        return None
    parameters: dict[str, float | str] = {"channel_hz": best.channel_mhz * 1e6, "mode": best.mode, "guard": f"1/{best.guard}"}
    return Finding("dvb_t", min(1.0, best.contrast / (2 * CONTRAST)), None, parameters)


def _looked(burst: Burst) -> tuple[Complexes, float]:
    """The beginning of its middle."""
    rate_hz, begin = min(burst.samples_rate_hz, FIRST_HZ), round(burst.before_s * burst.samples_rate_hz)
    return at_rate(burst.samples[begin:][: round(LOOKED_S * burst.samples_rate_hz)], burst.samples_rate_hz, rate_hz), rate_hz


def _folds(looked: Complexes, rate_hz: float) -> Iterator[Found]:
    for channel_mhz in CHANNELS_MHZ:
        samples = at_rate(looked, rate_hz, channel_mhz * 8e6 / 7 / PART, SPUR)
        for mode, carriers in CARRIERS.items():
            useful = carriers // PART
            for guard in GUARDS:
                one = folded(samples, useful, useful // guard, useful + useful // guard)
                yield Found(one.peak, one.contrast, one.at, one.turn, channel_mhz, mode, guard)
