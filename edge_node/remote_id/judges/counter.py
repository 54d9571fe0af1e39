"""The message counter of a Location's carrier goes on by one with every new message (ASTM F3411-22a section 5.4.6)."""

from __future__ import annotations

from edge_node.remote_id.judges.heard import Heard

# A counter frozen over so many new Locations is none; on BLE 4 each kind of message has its own, so that Locations alone count.
FROZEN_FIXES, FROZEN_S = 6, 4.0
# Steps of 0 to 255 chance on more than 32 in seven of eight cases; a genuine one does so only after a gap.
STEPS, LARGE_STEP, LARGE_SHARE, NEAR_S = 12, 32, 0.5, 1.5


class MessageCounter:
    """Neither frozen while the Location changes, nor random."""

    __slots__ = ("_large", "_last", "_last_s", "_same", "_since_s", "_steps")

    def __init__(self) -> None:
        self._last: int | None = None
        self._last_s = self._since_s = 0.0
        self._same = self._steps = self._large = 0

    def hear(self, heard: Heard) -> None:
        """Take in the counter of a new Location."""
        counter = heard.said.counter
        if not heard.fresh or counter is None:
            return
        last, self._last = self._last, counter
        last_s, self._last_s = self._last_s, heard.t_s
        if last is None or counter != last:
            self._same, self._since_s = 0, heard.t_s
            if last is not None and heard.t_s - last_s <= NEAR_S:
                self._step((counter - last) % 256, heard)
            return
        self._same += 1
        if self._same >= FROZEN_FIXES and heard.t_s - self._since_s >= FROZEN_S:
            words = f"the message counter stands at {counter} over {self._same + 1} Locations"
            heard.suspect("message_counter_frozen", 0.6, words)

    def _step(self, step: int, heard: Heard) -> None:
        self._steps += 1
        self._large += LARGE_STEP < step < 256 - LARGE_STEP
        if self._steps >= STEPS and self._large > LARGE_SHARE * self._steps:
            heard.suspect("message_counter_random", 0.6, f"{self._large} of {self._steps} steps of the message counter are by chance")
