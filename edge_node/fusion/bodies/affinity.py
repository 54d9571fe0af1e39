"""How well sources have fitted objects that are not theirs, over time: what is one object shows itself as one again and again."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from msgspec import Struct

from edge_node.fusion.pointing import Key

REMEMBERS_S = 2.0
"""Errors of sensors hold for about so long: what is said within it is one piece of evidence, whatever the rate."""
LATELY_S = 0.7
"""But an object that goes on as it went, while it is not sure what is its own, does so for a second or two."""
MOST_PIECES = 3.0
MOST_NATS = 10.0
"""No piece of evidence decides alone, for or against."""
HOPELESS = -0.99 * MOST_NATS


class Fit(Struct):
    """Smoothed logarithm of a likelihood ratio, since when, as of when, and what it was lately."""

    nats: float
    since_s: float
    t_s: float
    lately: float

    def total(self) -> float:
        """All of it: pieces of evidence are as many as the times that errors have changed."""
        return self.nats * min(1.0 + (self.t_s - self.since_s) / REMEMBERS_S, MOST_PIECES)


class Affinities:
    """By source and by object's row; as many as pairs that came near each other."""

    def __init__(self) -> None:
        self._fits: dict[Key, dict[int, Fit]] = {}

    def note(self, key: Key, nats: Mapping[int, float], t_s: float, most: float = MOST_NATS) -> None:
        """Take in how well each object that came near fits now, `most` at the most; the others that did before do not."""
        fits = self._fits.setdefault(key, {})
        for row in fits.keys() | nats.keys():
            now = min(max(nats.get(row, -MOST_NATS), -MOST_NATS), most)
            fit = fits.get(row)
            if fit is None:
                fits[row] = Fit(now, t_s, t_s, now)
            else:
                passed_s = max(t_s - fit.t_s, 0.0)
                fit.nats += (now - fit.nats) * (1 - exp(-passed_s / REMEMBERS_S))
                fit.lately += (now - fit.lately) * (1 - exp(-passed_s / LATELY_S))
                fit.t_s = max(t_s, fit.t_s)
        self._fits[key] = {row: fit for row, fit in fits.items() if fit.nats > HOPELESS}
        if not self._fits[key]:
            del self._fits[key]

    def of(self, key: Key) -> dict[int, Fit]:
        """All that a source may be of."""
        return self._fits.get(key, {})

    def prefers(self, key: Key, row: int, own: int, by: float) -> bool:
        """Whether a source has fitted another object better than its own lately."""
        fits = self.of(key)
        return row in fits and fits[row].lately - (fits[own].lately if own in fits else -MOST_NATS) > by

    def forget_source(self, key: Key) -> None:
        """It is gone, or means something else."""
        self._fits.pop(key, None)

    def forget_row(self, row: int) -> None:
        """The object is gone."""
        for fits in self._fits.values():
            fits.pop(row, None)
