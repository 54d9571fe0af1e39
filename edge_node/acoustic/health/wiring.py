"""Which channel hears which microphone, upside down or late: readings of the channels, tried until one fits the sound field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.acoustic.health.sound_field import Complex, SoundField, Vector

Cross = NDArray[np.complex64]

LATE_NEAR = (-1, 1)
LATE_FAR = tuple(late for late in range(-32, 33) if late)
MOST_LATE = 128
BATCH = 32
MOST_STEPS = 20
WIDTH = 4
PRICE = 5.0
GAIN = 0.5
OUT_OF_REACH = 20.0
# Log evidence a band and channel where all is right is -1.4 to -2.1; loud single sources make it less.
FITS = -2.2
SURENESS = 0.8
BOARD = 4
SAME_PLACE_M = 0.004


class Wiring(Struct, frozen=True):
    """Place k is heard by channel `order[k]`; channel c is turned by `signs[c]` and `late[c]` samples late."""

    order: tuple[int, ...]
    signs: tuple[int, ...]
    late: tuple[int, ...]

    @classmethod
    def right(cls, channels: int) -> Wiring:
        """As it should be."""
        return cls(tuple(range(channels)), (1,) * channels, (0,) * channels)

    def reordered(self, order: Iterable[int]) -> Wiring:
        """With place k heard by the channel that place order[k] had."""
        return Wiring(tuple(self.order[k] for k in order), self.signs, self.late)

    def turned(self, channel: int) -> Wiring:
        """With one channel's sign changed."""
        return Wiring(self.order, tuple(-sign if c == channel else sign for c, sign in enumerate(self.signs)), self.late)

    def delayed(self, channels: Iterable[int], samples: int) -> Wiring:
        """With some channels later than before."""
        which = set(channels)
        return Wiring(self.order, self.signs, tuple(late + samples * (c in which) for c, late in enumerate(self.late)))

    @property
    def moved(self) -> tuple[int, ...]:
        """Places that are heard by another channel than they should."""
        return tuple(place for place, channel in enumerate(self.order) if channel != place)

    @property
    def shift(self) -> int:
        """By how many places all channels are shifted in a ring; 0 where they are not."""
        by, channels = self.order[0], len(self.order)
        return by if all(channel == (place + by) % channels for place, channel in enumerate(self.order)) else 0

    @property
    def reversed_run(self) -> bool:
        """Whether all channels from the first to the last that moved are in reverse."""
        run = slice(min(self.moved, default=0), max(self.moved, default=0) + 1)
        return len(self.moved) > 2 and list(self.order[run]) == list(range(len(self.order)))[run][::-1]

    @property
    def mistakes(self) -> int:
        """How many things must have gone wrong, at least: a channel or all boards from one on late count once, as any one exchange does."""
        moved, settled = len(self.moved), self.settled
        late = [channel for channel, samples in enumerate(settled.late) if samples]
        boards = len({settled.late[k : k + BOARD] for k in range(0, len(self.order), BOARD)})
        whole = all(len(set(settled.late[k : k + BOARD])) == 1 for k in range(0, len(self.order), BOARD))
        order = 1 if moved == 2 or self.shift or self.reversed_run else moved // 2
        return order + sum(sign < 0 for sign in settled.signs) + (min(boards - 1, len(late)) if whole else len(late))

    @property
    def settled(self) -> Wiring:
        """The same with most channels on time and most upright, as only differences can be heard."""
        usual = sorted(self.late)[len(self.late) // 2]
        flip = -1 if sum(self.signs) < 0 else 1
        return Wiring(self.order, tuple(sign * flip for sign in self.signs), tuple(late - usual for late in self.late))


class Search:
    """Finds the wiring under which cross-coherences (bands, channels, channels) are most likely."""

    def __init__(self, field: SoundField, sample_rate_hz: int, coherences: Cross) -> None:
        self.field, self._coherences = field, coherences
        self._turns = -2j * np.pi * field.freqs_hz / sample_rate_hz

    def scores(self, wirings: list[Wiring]) -> Vector:
        """(wirings,): log evidence of each."""
        parts = [self.field.score(self._read(wirings[k : k + BATCH])) for k in range(0, len(wirings), BATCH)]
        return np.concatenate(parts)

    def stands(self, wiring: Wiring) -> bool:
        """Whether it fits and no single near step makes it better."""
        scored = self._priced([wiring, *_near(wiring)])
        return self._fits(wiring, scored[wiring]) and max(scored.values()) <= scored[wiring] + GAIN

    def likeliest(self, symmetries: list[tuple[int, ...]]) -> list[tuple[Wiring, float]]:
        """Wirings that no single step makes better and their probabilities, likeliest first; one for all that symmetry makes alike."""
        frontier, ends = self._priced([Wiring.right(self.field.channels)]), dict[Wiring, float]()
        for _ in range(MOST_STEPS):
            better: dict[Wiring, float] = {}
            for wiring, score in frontier.items():
                found = self._better(wiring, score)
                better |= found
                if not found:
                    ends[wiring] = score
            frontier = _distinct(self._rivals(better), symmetries, WIDTH)
            if not frontier:
                break
        ends = _distinct(ends | frontier, symmetries, WIDTH)
        odds = np.exp(SURENESS * (np.array(list(ends.values())) - max(ends.values())))
        return list(zip(ends, (odds / odds.sum()).tolist(), strict=True))

    def _better(self, wiring: Wiring, score: float) -> dict[Wiring, float]:
        """All wirings one step away that are likelier, and how likely; only near ones where all fits already."""
        steps = _near(wiring) if self._fits(wiring, score) else chain(_near(wiring), _far(wiring))
        return {there: its for there, its in self._priced(steps).items() if its > score + GAIN}

    def _rivals(self, better: dict[Wiring, float]) -> dict[Wiring, float]:
        """Without those that can no longer matter once one fits."""
        best = max(better, key=lambda wiring: better[wiring], default=None)
        if best is None or not self._fits(best, better[best]):
            return better
        return {wiring: score for wiring, score in better.items() if score > better[best] - OUT_OF_REACH}

    def _fits(self, wiring: Wiring, score: float) -> bool:
        return score + PRICE * wiring.mistakes > FITS * self.field.channels * len(self.field.freqs_hz)

    def _priced(self, wirings: Iterable[Wiring]) -> dict[Wiring, float]:
        """Their log evidence, less what their mistakes make them unlikely."""
        each = list(wirings)
        prices = np.array([wiring.mistakes for wiring in each])
        return dict(zip(each, (self.scores(each) - PRICE * prices).tolist(), strict=True))

    def _read(self, wirings: list[Wiring]) -> Complex:
        """Coherences (wirings, bands, pairs) as they would be if the wirings were put right."""
        order = np.array([wiring.order for wiring in wirings])
        first, second = order[:, self.field.pairs[0]], order[:, self.field.pairs[1]]
        factors = np.exp(-self._turns[:, None] * np.arange(-MOST_LATE, MOST_LATE + 1))
        late = np.array([wiring.late for wiring in wirings])
        signs = np.array([wiring.signs for wiring in wirings], np.float32)
        rows = np.arange(len(wirings))[:, None]
        between = np.clip(late[rows, first] - late[rows, second], -MOST_LATE, MOST_LATE) + MOST_LATE
        sign = signs[rows, first] * signs[rows, second]
        read = self._coherences[:, first, second] * factors[:, between] * sign
        return np.asarray(read.transpose(1, 0, 2), np.complex64)


def _near(wiring: Wiring) -> Iterator[Wiring]:
    """Two channels exchanged, one upside down, or one a sample late."""
    channels = len(wiring.order)
    for first, second in combinations(range(channels), 2):
        order = list(range(channels))
        order[first], order[second] = second, first
        yield wiring.reordered(order)
    for channel in range(channels):
        yield wiring.turned(channel)
        for samples in LATE_NEAR:
            yield wiring.delayed((channel,), samples)


def _far(wiring: Wiring) -> Iterator[Wiring]:
    """One channel or all from one on much later, some in a row in reverse, or all shifted."""
    channels = len(wiring.order)
    places = list(range(channels))
    for samples in LATE_FAR:
        for channel in range(channels):
            if samples not in LATE_NEAR:
                yield wiring.delayed((channel,), samples)
            if channel and channel % BOARD == 0:
                yield wiring.delayed(range(channel, channels), samples)
    for first, last in combinations(range(channels + 1), 2):
        if last - first > 2:
            yield wiring.reordered([*places[:first], *reversed(places[first:last]), *places[last:]])
    for shift in range(1, channels):
        yield wiring.reordered(places[shift:] + places[:shift])


def _distinct(scored: dict[Wiring, float], symmetries: list[tuple[int, ...]], most: int) -> dict[Wiring, float]:
    """The best few, of those that symmetry makes alike one."""
    kept: dict[Wiring, tuple[Wiring, float]] = {}
    for wiring in sorted(scored, key=lambda wiring: -scored[wiring]):
        kept.setdefault(_representative(wiring, symmetries), (wiring, scored[wiring]))
        if len(kept) == most:
            break
    return dict(kept.values())


def _representative(wiring: Wiring, symmetries: list[tuple[int, ...]]) -> Wiring:
    settled = wiring.settled
    return min((settled.reordered(symmetry) for symmetry in symmetries), key=lambda like: like.order)


def symmetries(positions_m: Vector) -> list[tuple[int, ...]]:
    """All orders of places (channels, 3) that leave every distance between two as it is: turns and mirrorings, itself first."""
    return list(_symmetries(tuple(map(tuple, positions_m.tolist()))))


@lru_cache(maxsize=8)
def _symmetries(places_m: tuple[tuple[float, ...], ...]) -> tuple[tuple[int, ...], ...]:
    positions_m = np.array(places_m)
    apart_m = np.linalg.norm(positions_m[:, None] - positions_m, axis=2)
    orders: list[tuple[int, ...]] = [()]
    for k in range(len(positions_m)):
        orders = [(*order, int(place)) for order in orders for place in _alike(apart_m, order, k) if place not in order]
    return tuple(orders)


def _alike(apart_m: Vector, order: tuple[int, ...], k: int) -> NDArray[np.intp]:
    """Places as far from those in an order as the k-th is from the ones before it."""
    return np.flatnonzero(np.all(np.abs(apart_m[:, list(order)] - apart_m[k, :k]) < SAME_PLACE_M, axis=1))


def plainest(wiring: Wiring, symmetries: list[tuple[int, ...]]) -> list[Wiring]:
    """Of the wirings that symmetry makes alike the ones that need the simplest mistake: none, one exchange, a shift, a reversed run."""
    alike = {wiring.settled.reordered(symmetry) for symmetry in symmetries}
    plain = min(_mistake(like) for like in alike)
    return sorted((like for like in alike if _mistake(like) == plain), key=lambda like: like.order)


def _mistake(wiring: Wiring) -> tuple[int, int]:
    moved = wiring.moved
    if len(moved) <= 2:
        return 0, len(moved)
    if wiring.shift:
        return 1, 0
    return (2 if wiring.reversed_run else 3), len(moved)
