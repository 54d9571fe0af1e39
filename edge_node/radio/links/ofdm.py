"""OFDM of 15 kHz: DJI's OcuSync, told by the frame that it sends; all else of that spacing is LTE's kin and raises no alarm.

A cyclic prefix alone cannot tell them apart, nor can a width. OcuSync's bursts, control (7 symbols) and video (15), begin and end with the
same Zadoff-Chu symbol, each prefix but the first as long as LTE's short one. LTE's and C-V2X's own such symbols lie elsewhere, and LTE's
slots are longer. A DroneID frame has two beside its middle: it is left to who reads it.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.folding import Folded, again, boxed, folded
from edge_node.radio.links.rates import SPUR, Complexes, at_rate
from edge_node.radio.links.zadoff_chu import sequences

SPACING_HZ = 15e3
BASE_HZ, FASTEST_HZ = 1.92e6, 30.72e6
USEFUL, PREFIX, SLOT = 128, 9, 960
"""Samples at BASE_HZ of a symbol, its short prefix, and LTE's slot of seven, whose first prefix is one longer (TS 36.211, 6.12)."""
SYMBOL = USEFUL + PREFIX
SLOT_PLACES = range(1, 7 * SYMBOL, SYMBOL)
NARROWEST_HZ, WIDEST_HZ, SHORTEST_S = 0.9e6, 24e6, 0.3e-3
SPARE = 1.06
LOOKED_S, SLOTS_LOOKED_S, SLOTS_HZ = 4.6e-3, 10.2e-3, 7.68e6
"""OcuSync's longest run of frames; LTE's frame, for which a part of its band will do."""
SLOTTED_S = 1.5e-3
KIN_PEAK, KIN_CONTRAST = 0.12, 5.0
"""Noise and every other kind stay below a contrast of 4.2."""
DRONEID_HZ, DRONEID_EVEN = (8e6, 10.5e6), 0.45


class Form(Struct, frozen=True):
    """A burst that begins and ends alike: so many symbols, and how wide and long one is at most."""

    name: str
    symbols: int
    widest_hz: float
    longest_s: float


FORMS = Form("control", 7, 2.5e6, 0.75e-3), Form("video", 15, WIDEST_HZ, float("inf"))
ALIKE, EVEN, PREFIXED, SURE = 0.3, 0.3, 0.2, 1.3
"""Least of each and of the three together: noise of a control burst's size reaches 1.1 in a thousand looks."""
OWN_SHARE, EVENER = 0.5, 0.6
"""Ends and prefixes come again about as much as each other, and the ends turn the more evenly: what does by chance does not keep up."""
CONTRAST = 2.0
"""Prefixes over their median elsewhere: tones, keyed carriers and chirps come again everywhere."""
FILLED, KIN_FILLED, STEADY = 0.4, 0.25, 0.8
"""Share of the band, and of the time, that power is spread over, as its mean squared over its mean square: what is keyed fills a corner.

A band whose carriers fade each for itself has a half."""


class Framed(Struct, frozen=True):
    """A frame's place: how alike its two ends are, how evenly they turn, how much its prefixes come again, each of 1.

    `contrast` is how far the last stands above the median of other places, `steady` the share of its symbols that power is spread over.
    """

    form: Form
    alike: float
    even: float
    prefixed: float
    turn: float
    contrast: float
    steady: float

    @property
    def total(self) -> float:
        """Of 3."""
        return self.alike + self.even + self.prefixed

    def holds(self) -> bool:
        """Whether nothing else looks so."""
        enough = self.alike >= ALIKE and self.even >= EVEN and self.prefixed >= PREFIXED and self.total >= SURE
        low, high = sorted((self.alike, self.prefixed))
        fits = low >= OWN_SHARE * high and self.even >= EVEN + EVENER * low
        return enough and fits and self.contrast >= CONTRAST and self.steady >= STEADY


def look(burst: Burst) -> Finding | None:
    """dji_ocusync where its frame is there; "lte" of what has the prefixes alone; None of all else, and of DroneID."""
    if not NARROWEST_HZ <= burst.bandwidth_hz <= WIDEST_HZ or burst.duration_s < SHORTEST_S:
        return None
    samples, rate_hz = _at_own_rate(burst, LOOKED_S, FASTEST_HZ)
    filled = _filled(samples, rate_hz, burst.bandwidth_hz)
    for form in FORMS:
        if filled >= FILLED and burst.bandwidth_hz <= form.widest_hz and burst.duration_s <= form.longest_s:
            frame = framed(samples, rate_hz, burst.bandwidth_hz, form)
            if frame and frame.holds():
                return Finding("dji_ocusync", min(1.0, frame.total / 2), frame.turn * SPACING_HZ, {"form": form.name})
    if filled < KIN_FILLED:
        return None
    found, samples, rate_hz = _kin(burst, samples, rate_hz)
    if found.peak < KIN_PEAK or found.contrast < KIN_CONTRAST or _is_droneid(burst, samples, rate_hz, found):
        return None
    return Finding("lte", min(1.0, found.contrast / (2 * KIN_CONTRAST)), found.turn * SPACING_HZ, {"form": "ofdm_15_khz"})


def _at_own_rate(burst: Burst, most_s: float, fastest_hz: float) -> tuple[Complexes, float]:
    """Its first part at a rate of which a symbol has a power of two samples, without tones."""
    rate_hz = BASE_HZ
    while rate_hz < min(burst.bandwidth_hz * SPARE, fastest_hz):
        rate_hz *= 2
    looked = burst.samples[: round((most_s + burst.before_s) * burst.samples_rate_hz)]
    return at_rate(looked, burst.samples_rate_hz, rate_hz, SPUR), rate_hz


def _filled(samples: Complexes, rate_hz: float, bandwidth_hz: float) -> float:
    """Share of the band that power is spread over."""
    useful = round(rate_hz / SPACING_HZ)
    rows = samples[: len(samples) // useful * useful].reshape(-1, useful)
    carriers = _middle(rows, round(bandwidth_hz / SPACING_HZ))
    return _spread((carriers.real**2 + carriers.imag**2).mean(axis=0)) if len(rows) else 0.0


def _spread(powers: NDArray[np.float32]) -> float:
    return float(powers.mean() ** 2 / max(float((powers**2).mean()), 1e-30))


def framed(samples: Complexes, rate_hz: float, bandwidth_hz: float, form: Form) -> Framed | None:
    """Where samples are most alike one frame's length on, and their prefixes come again there; None where they are too few."""
    scale = round(rate_hz / BASE_HZ)
    useful, prefix, symbol = USEFUL * scale, PREFIX * scale, SYMBOL * scale
    apart = (form.symbols - 1) * symbol
    alike = again(samples, apart, symbol)
    if not len(alike):
        return None
    near = int(np.argmax(np.abs(alike)))
    places = np.arange(max(0, near - prefix), min(len(alike), near + prefix))
    turns = _prefixes(samples[places[0] : places[-1] + apart + symbol], useful, prefix, form.symbols)
    best = int(np.argmax(np.abs(alike[places]) + np.abs(turns)))
    begin, turn = int(places[best]), float(np.angle(turns[best])) / (2 * np.pi)
    frame = samples[begin : begin + apart + symbol]
    even = _even(frame.reshape(form.symbols, symbol)[[0, -1]], prefix, turn, round(bandwidth_hz / SPACING_HZ))
    usual = folded(frame, useful, prefix, symbol)
    contrast = float(abs(turns[best])) * usual.contrast / max(usual.peak, 1e-12)
    powers = (frame.real**2 + frame.imag**2).reshape(form.symbols, symbol).mean(axis=1)
    return Framed(form, float(abs(alike[begin])), even, float(abs(turns[best])), turn, contrast, _spread(powers))


def _prefixes(samples: Complexes, useful: int, prefix: int, symbols: int) -> Complexes:
    """The share of all prefixes (n,) that comes again where the frame begins at each of the first samples."""
    powers = samples.real**2 + samples.imag**2
    products = boxed(samples[useful:] * samples[:-useful].conj(), prefix)
    energies = boxed((powers[useful:] + powers[:-useful]) / 2, prefix)
    span = (symbols - 1) * (useful + prefix)
    rows = [slice(k, len(products) - span + k) for k in range(0, span + 1, useful + prefix)]
    return np.asarray(sum(products[row] for row in rows) / (sum(energies[row] for row in rows) + 1e-12), np.complex64)


def _even(ends: Complexes, prefix: int, turn: float, carriers: int) -> float:
    """Of the two end symbols (2, symbol) together."""
    useful = ends.shape[1] - prefix
    cut = ends[:, prefix // 2 : prefix // 2 + useful] * np.exp(-2j * np.pi * turn / useful * np.arange(useful)).astype(np.complex64)
    both = cut[0] + cut[1] * np.complex64(np.exp(-1j * np.angle(np.vdot(cut[0], cut[1]))))
    return float(sequences(_middle(both[None], carriers)).evenness[0])


def _middle(symbols: Complexes, carriers: int) -> Complexes:
    """So many carriers of symbols (k, n), low to high."""
    spectra = np.fft.fftshift(np.fft.fft(symbols, axis=1), axes=1)
    low = max(0, symbols.shape[1] // 2 - carriers // 2)
    return np.asarray(spectra[:, low : low + carriers + 1], np.complex64)


def _kin(burst: Burst, samples: Complexes, rate_hz: float) -> tuple[Folded, Complexes, float]:
    """Prefixes of what is short by the symbol, of what is long by LTE's slot."""
    if burst.duration_s > SLOTTED_S:
        samples, rate_hz = _at_own_rate(burst, SLOTS_LOOKED_S, SLOTS_HZ)
    scale = round(rate_hz / BASE_HZ)
    if burst.duration_s > SLOTTED_S:
        places = [place * scale for place in SLOT_PLACES]
        return folded(samples, USEFUL * scale, PREFIX * scale, SLOT * scale, places), samples, rate_hz
    return folded(samples, USEFUL * scale, PREFIX * scale, SYMBOL * scale), samples, rate_hz


def _is_droneid(burst: Burst, samples: Complexes, rate_hz: float, found: Folded) -> bool:
    """Two Zadoff-Chu symbols with one of data between them, 600 carriers wide."""
    if not DRONEID_HZ[0] <= burst.bandwidth_hz <= DRONEID_HZ[1]:
        return False
    scale = round(rate_hz / BASE_HZ)
    begin = found.at % (SYMBOL * scale) + PREFIX * scale // 2
    rows = (len(samples) - begin) // (SYMBOL * scale)
    if rows < 3:
        return False
    symbols = samples[begin : begin + rows * SYMBOL * scale].reshape(rows, -1)[:, : USEFUL * scale]
    symbols = symbols * np.exp(-2j * np.pi * found.turn / (USEFUL * scale) * np.arange(USEFUL * scale)).astype(np.complex64)
    even: NDArray[np.bool_] = sequences(_middle(symbols, round(burst.bandwidth_hz / SPACING_HZ))).evenness > DRONEID_EVEN
    return bool(np.any(even[:-2] & ~even[1:-1] & even[2:]))
