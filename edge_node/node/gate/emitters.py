"""Whose radio links get through to the hub: so many drones' links at once, and of known others so many words a second."""

from __future__ import annotations

from edge_node.messages import LinkDetection

WINDOW_NS = 1_000_000_000
MOST_LINKS = 24
"""Of one sensor at once; more drones' links than that in one receiver's band hinder each other."""
HELD_NS = 30 * WINDOW_NS
"""For so long a place is kept: a link pauses, and a receiver goes about by its plan."""
MOST_OTHERS = 64
"""Detections a second of what is no drone's, which only a recording of detections takes in."""


class Emitters:
    """One sensor's transmitters by number; bounded. Who came first stays: whoever invents links cannot push out one that is heard."""

    def __init__(self) -> None:
        self.left_out = 0
        self._held: dict[int, int] = {}
        self._window = self._others = 0

    def lets_in(self, said: LinkDetection) -> bool:
        """Whether this goes to the hub; of what was a drone's link lately, also that it is none any more."""
        if said.track in self._held or (said.alarm and self._has_room(said.t_mono_ns)):
            if said.alarm:
                self._held[said.track] = said.t_mono_ns
            return True
        if said.alarm:
            self.left_out += 1
            return False
        window = said.t_mono_ns // WINDOW_NS
        if window != self._window:
            self._window, self._others = window, 0
        self._others += 1
        return self._others <= MOST_OTHERS

    def _has_room(self, t_ns: int) -> bool:
        if len(self._held) >= MOST_LINKS:
            self._held = {track: heard_ns for track, heard_ns in self._held.items() if t_ns - heard_ns < HELD_NS}
        return len(self._held) < MOST_LINKS
