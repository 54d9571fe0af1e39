"""All trails, at most so many, each where its next fate is looked for first: losing, forgetting and making room cost no search."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from enum import IntEnum

from edge_node.fusion.trail import Trail
from edge_node.messages import TrackState


class Standing(IntEnum):
    """What a trail is worth when room is short, the cheapest first; an alive confirmed one is never given up."""

    LOST_RUMOUR = 0
    TENTATIVE = 1
    LOST = 2
    CONFIRMED = 3


class TrailTable:
    """Trails by number, and by standing in the order in which they were last heard."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._trails: dict[int, Trail] = {}
        self._queues: dict[Standing, OrderedDict[int, Trail]] = {standing: OrderedDict() for standing in Standing}

    def __len__(self) -> int:
        return len(self._trails)

    def __iter__(self) -> Iterator[Trail]:
        return iter(self._trails.values())

    def get(self, number: int | None) -> Trail | None:
        """The trail of that number, if it is still here."""
        return None if number is None else self._trails.get(number)

    def full(self) -> bool:
        """Whether one more needs room made."""
        return len(self._trails) >= self._capacity

    def add(self, trail: Trail) -> None:
        """Take in a new trail."""
        self._trails[trail.number] = trail
        self._queues[_standing(trail)][trail.number] = trail

    def remove(self, trail: Trail) -> None:
        """Let a trail go."""
        del self._trails[trail.number]
        del self._queues[_standing(trail)][trail.number]

    def set_state(self, trail: Trail, state: TrackState) -> None:
        """Set a trail's state, and the trail behind all others of it."""
        del self._queues[_standing(trail)][trail.number]
        trail.set_state(state)
        self._queues[_standing(trail)][trail.number] = trail

    def absorb(self, trail: Trail, other: Trail) -> None:
        """Let a trail take over what another one knows, which may change what it is worth when room is short."""
        del self._queues[_standing(trail)][trail.number]
        trail.absorb(other)
        self._queues[_standing(trail)][trail.number] = trail

    def victim(self, spared_since_ns: int) -> Trail | None:
        """The trail that is missed least; None where all are alive, and confirmed or heard since then."""
        for standing in (Standing.LOST_RUMOUR, Standing.TENTATIVE, Standing.LOST):
            for trail in self._queues[standing].values():
                if standing is Standing.TENTATIVE and trail.last_seen_ns > spared_since_ns:
                    break
                return trail
        return None

    def silent(self, standing: Standing, t_mono_ns: int, after_s: float) -> Iterator[Trail]:
        """Trails of a standing not heard for so long, the longest silent first; each must be moved or removed before the next."""
        queue = self._queues[standing]
        while queue:
            trail = next(iter(queue.values()))
            if t_mono_ns - trail.last_seen_ns < after_s * 1e9:
                return
            yield trail


def _standing(trail: Trail) -> Standing:
    if trail.state == "lost":
        return Standing.LOST if trail.believed else Standing.LOST_RUMOUR
    return Standing.CONFIRMED if trail.state == "confirmed" else Standing.TENTATIVE
