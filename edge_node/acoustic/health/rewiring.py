"""A wiring that was found, as faults to put right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from edge_node.acoustic.health import faults
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.wiring import Wiring, plainest


def rewired(wiring: Wiring, symmetries: list[tuple[int, ...]], live: tuple[int, ...], probability: float) -> Iterator[Fault]:
    """All faults of one wiring of the channels that are `live`, in numbers of the array's."""
    alike = plainest(wiring, symmetries)
    yield from _ordered(alike, live, probability)
    for channel, sign in enumerate(alike[0].signs):
        if sign < 0:
            yield faults.inverted(live[channel], probability)
    by_late = sorted(range(len(live)), key=lambda channel: alike[0].late[channel])
    for samples, channels in groupby(by_late, key=lambda channel: alike[0].late[channel]):
        if samples:
            yield faults.late([live[channel] for channel in channels], samples, probability)


def _ordered(alike: list[Wiring], live: tuple[int, ...], probability: float) -> Iterator[Fault]:
    plain, moved, *others = alike[0], *(tuple(live[place] for place in like.moved) for like in alike)
    pairs = sorted({(min(pair), max(pair)) for pair in enumerate(plain.order) if pair[0] != pair[1]})
    if not moved:
        return
    if plain.shift and len(moved) > 2:
        yield faults.shifted(moved, plain.shift, probability)
    elif plain.reversed_run:
        yield faults.mirrored(_run(moved, live), [_run(other, live) for other in others], probability)
    elif 2 * len(pairs) == len(moved):
        named = [tuple(live[place] for place in pair) for pair in pairs]
        yield from (faults.swapped(pair, others if len(pairs) == 1 else [], probability) for pair in named)
    else:
        yield faults.disordered(moved, [live[plain.order[live.index(place)]] for place in moved], probability)


def _run(moved: tuple[int, ...], live: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(channel for channel in live if moved[0] <= channel <= moved[-1])
