"""What became of each track of a recording, as it was told live or as it is found again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from edge_node.messages import EventKind, Track, TrackEvent
from edge_node.record.spine import Told

MOST_TRACKS = 2_000
MOST_STATES, MOST_STATES_OF_ALL = 2_000, 200_000
"""Of one track, and of all together, a few hundred MiB; where there are more, every other one goes."""
MOST_EVENTS = 1_000
"""Of one track; all others after these are left out."""


class Happened(NamedTuple):
    """When it was told what happened to a track, and by what was sensed when; `other` as in TrackEvent."""

    t_mono_ns: int
    kind: EventKind
    other: int | None
    sensed_mono_ns: int


class History:
    """One track: its states in time order, and its events."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.states: list[Track] = []
        self.events: list[Happened] = []

    @property
    def last(self) -> Track:
        """As it was at the end."""
        return self.states[-1]

    @property
    def was_confirmed(self) -> bool:
        """Whether it ever was believed."""
        return any(one.state == "confirmed" for one in self.states) or self.when("confirmed") is not None

    def first(self, kind: EventKind) -> Happened | None:
        """When that happened to it for the first time."""
        return next((one for one in self.events if one.kind == kind), None)

    def when(self, kind: EventKind) -> int | None:
        """When that was told of it for the first time."""
        found = self.first(kind)
        return None if found is None else found.t_mono_ns

    def note(self, happened: Happened) -> None:
        """Note an event."""
        if len(self.events) < MOST_EVENTS:
            self.events.append(happened)

    def take(self, state: Track) -> bool:
        """Note a state; whether it is another than the last."""
        if self.states and self.states[-1] == state:
            return False
        self.states.append(state)
        if len(self.states) > MOST_STATES:
            self.thin()
        return True

    def thin(self) -> None:
        """Let every other state between the first and the last go."""
        del self.states[1:-1:2]


class Histories:
    """All tracks by number; bounded: those that come when there are too many are counted."""

    def __init__(self, told: Iterable[Told] = ()) -> None:
        self.of: dict[int, History] = {}
        self.left_out = self._states = 0
        for one in told:
            self.take(one)

    def take(self, told: Told) -> None:
        """Note what was told of a track; of all else nothing."""
        said = told.message
        if isinstance(said, TrackEvent):
            if history := self._of(said.track.number):
                history.note(Happened(told.t_mono_ns, said.kind, said.other, said.track.last_seen_mono_ns))
                self._note(history, said.track)
        elif isinstance(said, Track) and (history := self._of(said.number)):
            self._note(history, said)

    def _note(self, history: History, state: Track) -> None:
        self._states += history.take(state)
        if self._states > MOST_STATES_OF_ALL:
            for one in self.of.values():
                one.thin()
            self._states = sum(len(one.states) for one in self.of.values())

    def _of(self, number: int) -> History | None:
        history = self.of.get(number)
        if history is None and len(self.of) < MOST_TRACKS:
            history = self.of[number] = History(number)
        self.left_out += history is None
        return history
