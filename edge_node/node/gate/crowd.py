"""Who of a crowd in the picture gets through to the hub: the likeliest drones, each so often."""

from __future__ import annotations

from msgspec import Struct

from edge_node.messages import CameraDetection

WINDOW_NS = 1_000_000_000
MOST_OBJECTS = 32
"""Of one sensor in a second; a flock of birds is more."""
LEAST_APART_NS = 25_000_000
"""Of one object: up to 30 pictures a second get through whole, and of 60 every second one. C2 hears of it at most 20 times."""


class _Passed(Struct):
    """The last that got through of one object."""

    probability: float
    t_mono_ns: int


class Crowd:
    """One sensor's objects of this second and the last; bounded."""

    def __init__(self) -> None:
        self.left_out = 0
        self._window = -1
        self._passed: dict[int, _Passed] = {}

    def lets_in(self, said: CameraDetection) -> bool:
        """Whether this goes to the hub; whoever is likelier a drone than the least likely of those that do takes its place."""
        window = said.t_mono_ns // WINDOW_NS
        if window != self._window:
            self._window = window
            self._passed = {track: one for track, one in self._passed.items() if said.t_mono_ns - one.t_mono_ns < WINDOW_NS}
        one = self._passed.get(said.track)
        if one is not None:
            if 0 <= said.t_mono_ns - one.t_mono_ns < LEAST_APART_NS:
                return False
            one.probability, one.t_mono_ns = said.probability, said.t_mono_ns
            return True
        if len(self._passed) >= MOST_OBJECTS and not self._makes_room(said.probability):
            self.left_out += 1
            return False
        self._passed[said.track] = _Passed(said.probability, said.t_mono_ns)
        return True

    def _makes_room(self, probability: float) -> bool:
        least = min(self._passed, key=lambda track: self._passed[track].probability)
        if self._passed[least].probability >= probability:
            return False
        del self._passed[least]
        return True
