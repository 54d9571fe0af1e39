"""Which targets of another sensor get through to the hub: so many at once, each so often."""

from __future__ import annotations

from collections import OrderedDict

from edge_node.fusion.pointing import Key, is_bare, key_of
from edge_node.messages import TargetDetection

WINDOW_NS = 1_000_000_000
MOST_TARGETS = 150
"""Of one sensor at once: a busy sky, and the table of tracks keeps room for what the others find."""
HELD_NS = 15 * WINDOW_NS
"""For so long a place is kept: a track lasts as long without a word."""
LEAST_APART_NS = 45_000_000
"""Of one target: 20 a second get through whole."""
MOST_PLOTS = 1_000
"""Of one sensor in a second, that nobody numbers: five sensors with as many leave nothing of a core."""


class Targets:
    """One sensor's targets; bounded. Who came first stays: whoever invents targets cannot push out one that is followed."""

    def __init__(self) -> None:
        self.left_out = 0
        self._held: OrderedDict[Key, int] = OrderedDict()
        self._plots, self._plots_from_ns = 0, 0

    def lets_in(self, said: TargetDetection) -> bool:
        """Whether this goes to the hub."""
        if is_bare(said):
            return self._lets_plot_in(said.t_mono_ns)
        key = key_of(said)
        before_ns = self._held.get(key)
        if before_ns is not None and 0 <= said.t_mono_ns - before_ns < LEAST_APART_NS:
            return False
        if before_ns is None and not self._has_room(said.t_mono_ns):
            self.left_out += 1
            return False
        self._held[key] = said.t_mono_ns
        self._held.move_to_end(key)
        return True

    def _lets_plot_in(self, t_ns: int) -> bool:
        if not 0 <= t_ns - self._plots_from_ns < WINDOW_NS:
            self._plots, self._plots_from_ns = 0, t_ns
        self._plots += 1
        self.left_out += self._plots > MOST_PLOTS
        return self._plots <= MOST_PLOTS

    def _has_room(self, t_ns: int) -> bool:
        while self._held and t_ns - next(iter(self._held.values())) >= HELD_NS:
            self._held.popitem(last=False)
        return len(self._held) < MOST_TARGETS
