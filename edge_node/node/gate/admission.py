"""Who gets through to the hub in a flood: whoever is known, and so many newcomers a second; of all else, so many at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from edge_node.messages import AcousticDetection, BusMessage, CameraDetection, Coverage, LinkDetection, RemoteIdDetection, TargetDetection
from edge_node.node.gate.crowd import Crowd
from edge_node.node.gate.emitters import Emitters
from edge_node.node.gate.targets import Targets

WINDOW_NS = 1_000_000_000
MOST_NEWCOMERS = 200
"""Transmitters a second; all frames of one that got through do so until the second is over."""
MOST_SOUNDS = 25
"""Detections a second of one sensor: a dozen sources say themselves twice a second."""
COVERS_APART_NS = 250_000_000
"""What a sensor covers is said once a second."""
MOST_KNOWN, MOST_CANDIDATES = 300, 1_000
KNOWN_AFTER_WINDOWS = 3
GIVEN_UP_AFTER_NS = 30 * WINDOW_NS


class Admission:
    """Bounded, and free below `MOST_NEWCOMERS`; a hub that drowned would lose the genuine aircraft with the invented ones."""

    def __init__(self) -> None:
        self.left_out = self.sounds_left_out = 0
        self._sounds = self._sound_window = 0
        self._known: OrderedDict[str, int] = OrderedDict()
        self._candidates: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._admitted: set[str] = set()
        self._window = -1
        self._covered_ns: int | None = None
        self._crowd, self._emitters, self._targets = Crowd(), Emitters(), Targets()
        self._left_out_before = self._sounds_before = self._seen_before = self._links_before = self._targets_before = 0

    def admit(self, messages: Sequence[BusMessage]) -> Sequence[BusMessage]:
        """Those that are worth the hub's time; what is no detection always is, and of what is covered a second's word is enough."""
        if not messages:
            return messages
        return [message for message in messages if self._is_worth_it(message)]

    def words(self) -> str:
        """Name a flood as long as it lasts."""
        left_out, self._left_out_before = self.left_out - self._left_out_before, self.left_out
        sounds, self._sounds_before = self.sounds_left_out - self._sounds_before, self.sounds_left_out
        seen, self._seen_before = self._crowd.left_out - self._seen_before, self._crowd.left_out
        links, self._links_before = self._emitters.left_out - self._links_before, self._emitters.left_out
        targets, self._targets_before = self._targets.left_out - self._targets_before, self._targets.left_out
        spoofed = f"spoof flood: {left_out} frames of newcomers left out" if left_out else ""
        heard = f"too many sounds at once: {sounds} left out" if sounds else ""
        crowded = f"too many objects in the picture: {seen} sightings left out" if seen else ""
        crossed = f"too many drones' links at once: {links} detections left out" if links else ""
        filled = f"too many targets at once: {targets} detections left out" if targets else ""
        return "; ".join(filter(None, (spoofed, heard, crowded, crossed, filled)))

    def _is_worth_it(self, message: BusMessage) -> bool:
        match message:
            case RemoteIdDetection():
                return self._lets_in(message)
            case AcousticDetection():
                return self._lets_sound_in(message)
            case CameraDetection():
                return self._crowd.lets_in(message)
            case LinkDetection():
                return self._emitters.lets_in(message)
            case TargetDetection():
                return self._targets.lets_in(message)
        return not isinstance(message, Coverage) or self._lets_coverage_in(message)

    def _lets_sound_in(self, said: AcousticDetection) -> bool:
        window = said.t_mono_ns // WINDOW_NS
        if window != self._sound_window:
            self._sound_window, self._sounds = window, 0
        self._sounds += 1
        if self._sounds <= MOST_SOUNDS:
            return True
        self.sounds_left_out += 1
        return False

    def _lets_coverage_in(self, said: Coverage) -> bool:
        if self._covered_ns is not None and abs(said.t_mono_ns - self._covered_ns) < COVERS_APART_NS:
            return False
        self._covered_ns = said.t_mono_ns
        return True

    def _lets_in(self, said: RemoteIdDetection) -> bool:
        name, window = said.transmitter[:96], said.t_mono_ns // WINDOW_NS
        if window != self._window:
            self._window = window
            self._admitted.clear()
        if name in self._known:
            self._known[name] = said.t_mono_ns
            self._known.move_to_end(name)
            return True
        self._introduce(name, window, said.t_mono_ns)
        if name in self._admitted or len(self._admitted) < MOST_NEWCOMERS:
            self._admitted.add(name)
            return True
        self.left_out += 1
        return False

    def _introduce(self, name: str, window: int, t_ns: int) -> None:
        """A candidate becomes known when it was heard in a few seconds and others left it its place meanwhile."""
        last, windows = self._candidates.pop(name, (-1, 0))
        windows += last != window
        if windows >= KNOWN_AFTER_WINDOWS and self._has_room(t_ns):
            self._known[name] = t_ns
            return
        self._candidates[name] = window, windows
        if len(self._candidates) > MOST_CANDIDATES:
            self._candidates.popitem(last=False)

    def _has_room(self, t_ns: int) -> bool:
        if len(self._known) < MOST_KNOWN:
            return True
        name, last_ns = next(iter(self._known.items()))
        if t_ns - last_ns > GIVEN_UP_AFTER_NS:
            del self._known[name]
        return len(self._known) < MOST_KNOWN
