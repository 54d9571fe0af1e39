"""OcuSync's frame: control (7 symbols) and video (15) begin and end with the same Zadoff-Chu symbol, all prefixes but the first alike.

As reverse engineered, and as the control hops of a Mavic Air 2 are.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from edge_node.radio.links.fifteen import BASE_HZ, PREFIX, SPACING_HZ, SYMBOL, USEFUL, carriers_of, spread
from edge_node.radio.links.folding import FAINT, again, boxed, folded
from edge_node.radio.links.rates import Complexes
from edge_node.radio.links.zadoff_chu import sequences


class Form(Struct, frozen=True):
    """So many symbols, how wide and long one burst is at most, how many carriers it has, and how far its prefixes must stand out."""

    name: str
    symbols: int
    widest_hz: float
    longest_s: float
    carriers: tuple[int, ...]
    contrast: float


FORMS = (
    Form("control", 7, 2.5e6, 1.6e-3, (72, 144), 2.0),
    Form("video", 15, 24e6, float("inf"), (72, 180, 600, 1200), 4.0),
)
ALIKE, EVEN, PREFIXED, SURE = 0.3, 0.3, 0.2, 1.3
"""Least of each and of the three together: noise of a control burst's size reaches 1.1 in a thousand looks."""
OWN_SHARE, EVENER = 0.5, 0.6
"""Ends and prefixes come again about as much as each other, and the ends turn the more evenly: what does by chance does not keep up."""
STEADY, SMOOTH = 0.8, 0.65
"""Share of its symbols that power is spread over at least, and of its samples at most: of two Zadoff-Chu symbols and five of data 0.58."""


class Framed(Struct, frozen=True):
    """A frame's place: how alike its two ends are, how evenly they turn, how much its prefixes come again, each of 1.

    `contrast` is how far the last stands above the median of other places, which a tone, a keyed carrier or a chirp does not; `steady` and
    `smooth` are the shares of its symbols and of its samples that power is spread over. `offset_hz` is its empty carrier from the middle,
    `root` that of its two ends.
    """

    form: Form
    alike: float
    even: float
    prefixed: float
    contrast: float
    steady: float
    smooth: float
    offset_hz: float
    root: int

    @property
    def total(self) -> float:
        """Of 3."""
        return self.alike + self.even + self.prefixed

    def holds(self) -> bool:
        """Whether nothing else looks so."""
        enough = self.alike >= ALIKE and self.even >= EVEN and self.prefixed >= PREFIXED and self.total >= SURE
        low, high = sorted((self.alike, self.prefixed))
        fits = low >= OWN_SHARE * high and self.even >= EVEN + EVENER * low
        return enough and fits and self.contrast >= self.form.contrast and self.steady >= STEADY and self.smooth <= SMOOTH


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
    usual = folded(frame, useful, prefix, symbol)
    symbols = _turned(frame.reshape(form.symbols, symbol)[:, prefix // 2 : prefix // 2 + useful], turn)
    even, step = _even(symbols[[0, -1]], round(bandwidth_hz / SPACING_HZ))
    carriers = _carriers(useful, bandwidth_hz, form)
    return Framed(
        form=form,
        alike=float(abs(alike[begin])),
        even=even,
        prefixed=float(abs(turns[best])),
        contrast=float(abs(turns[best])) * usual.contrast / max(usual.peak, FAINT),
        steady=spread((symbols.real**2 + symbols.imag**2).mean(axis=1)),
        smooth=spread(frame.real**2 + frame.imag**2),
        offset_hz=(turn + _empty(symbols, carriers)) * SPACING_HZ,
        root=round((1 - step) * (carriers + 1)) % (carriers + 1),
    )


def _prefixes(samples: Complexes, useful: int, prefix: int, symbols: int) -> Complexes:
    """The share of all prefixes (n,) that comes again where the frame begins at each of the first samples."""
    powers = samples.real**2 + samples.imag**2
    products = boxed(samples[useful:] * samples[:-useful].conj(), prefix)
    energies = boxed((powers[useful:] + powers[:-useful]) / 2, prefix)
    span = (symbols - 1) * (useful + prefix)
    rows = [slice(k, len(products) - span + k) for k in range(0, span + 1, useful + prefix)]
    return np.asarray(sum(products[row] for row in rows) / (sum(energies[row] for row in rows) + FAINT), np.complex64)


def _turned(symbols: Complexes, turn: float) -> Complexes:
    """Symbols (k, n) without the part of a carrier's spacing by which they are off."""
    useful = symbols.shape[1]
    return np.asarray(symbols * np.exp(-2j * np.pi * turn / useful * np.arange(useful)), np.complex64)


def _even(ends: Complexes, carriers: int) -> tuple[float, float]:
    """Of the two end symbols (2, n) together, and by how much of a cycle each carrier turns from the last."""
    both = ends[0] + ends[1] * np.complex64(np.exp(-1j * np.angle(np.vdot(ends[0], ends[1]))))
    found = sequences(carriers_of(both[None], carriers))
    return float(found.evenness[0]), float(found.turns[0])


def _carriers(useful: int, bandwidth_hz: float, form: Form) -> int:
    """Of those that the form can have, the number that is as wide."""
    return min((count for count in form.carriers if count < useful - 2), key=lambda count: abs(count - bandwidth_hz / SPACING_HZ))


def _empty(symbols: Complexes, carriers: int) -> int:
    """How many carriers the middle of the strongest ones is from 0 Hz."""
    half = int(symbols.shape[1]) // 2
    spectra = carriers_of(symbols, 2 * half - 2)
    sums = boxed((spectra.real**2 + spectra.imag**2).mean(axis=0), carriers + 1)
    return int(np.argmax(sums)) + carriers // 2 + 1 - half
