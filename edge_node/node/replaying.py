"""A recording through the node's own pipelines and tracking, as fast as it goes.

Blocks of all sensors come in the order in which they were whole: when a block's last sample was there. What detectors took to think is
left out; of two that were whole at once, that of the sensor which stands first in the recording comes first.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby

from drivers.blocks import Attitude, GnssFix
from edge_node.config import Config, NodeTable, SensorTable
from edge_node.messages import BusMessage, NodeStatus, PositionFix, Track, TrackEvent
from edge_node.node.saying import Apart, Ended, Job, Passed, said
from edge_node.node.tracking import Tracking
from edge_node.record.folder import RecordedFolder, RecordedSensor
from edge_node.record.head import Head
from edge_node.record.spine import Told
from edge_node.timebase import Clock

TICK_NS, LOOK_EVERY_NS = 200_000_000, 1_000_000_000
"""As a hub with the usual rates ticks and looks."""
MOST_NS = 86_400_000_000_000
"""A hub ticks five times a second through all of it, so a head that says anything must not say that."""
ALWAYS = (GnssFix.__name__, Attitude.__name__)
"""Blocks of sensors that are played whichever are asked for: bearings mean nothing without them."""
HEAVY = ("AudioBlock", "Frame", "IqBlock")
"""Blocks whose detectors are worth a process of their own."""
Tap = Callable[[Passed], None]


class Replay:
    """From and to are seconds after the recording's begin; no `sensors` means all of them.

    Raises ValueError for a sensor that is not there, for a part that holds nothing, and for a recording of more than a day. A sensor of
    which no blocks were kept says again what was told of it live. `key` opens an encrypted recording for processes beside.
    """

    def __init__(
        self,
        recording: RecordedFolder,
        sensors: Collection[str] = (),
        from_s: float = 0.0,
        to_s: float | None = None,
        *,
        key: bytes | None = None,
    ) -> None:
        head = self._head = recording.head
        self._recording, self._key = recording, key
        if head.until_mono_ns - head.from_mono_ns > MOST_NS:
            raise ValueError(f"it says that it lasts {(head.until_mono_ns - head.from_mono_ns) / 1e9:.0f} s, and no recording does")
        self.from_ns = head.from_mono_ns + max(round(from_s * 1e9), 0)
        self.to_ns = head.until_mono_ns if to_s is None else min(head.from_mono_ns + round(to_s * 1e9), head.until_mono_ns)
        if self.from_ns >= self.to_ns:
            raise ValueError(f"there is nothing between: it lasts {(head.until_mono_ns - head.from_mono_ns) / 1e9:.1f} s")
        names = [one.name for one in head.sensors]
        for unknown in set(sensors) - set(names):
            raise ValueError(f"there is no sensor {unknown!r} in it; there are {', '.join(names) or 'none'}")
        self.played = [one for one in recording.sensors if one.kind and (not sensors or one.name in sensors or one.kind in ALWAYS)]
        self._silent = {name for name in names if not sensors or name in sensors} - {one.name for one in self.played}
        self.words: dict[str, str] = {}

    def told(self, tap: Tap | None = None) -> Iterator[Told]:
        """What happens to tracks, and with every tick those that have changed; `tap` sees all that goes in."""
        hub = _Hub(self._head, self.from_ns)
        with ExitStack() as open_:
            sources = [self._noted(one, self._source(one, open_)) for one in self.played]
            for passed in heapq.merge(*sources, self._said_live(), key=lambda one: one.t_mono_ns):
                yield from hub.until(passed.t_mono_ns)
                if tap:
                    tap(passed)
                yield from hub.hear(passed)
        yield from hub.until(self.to_ns)

    def _noted(self, sensor: RecordedSensor, source: Iterable[Passed | Ended]) -> Iterator[Passed]:
        """What this sensor says, and a note of how it ended."""
        for one in source:
            if isinstance(one, Passed):
                yield one
            else:
                self.words[sensor.name] = one.words
                self._recording.cut = self._recording.cut or one.cut

    def _source(self, sensor: RecordedSensor, open_: ExitStack) -> Iterable[Passed | Ended]:
        """In a process of its own, where it thinks for long, another does too, and there is a core for each."""
        heavy = sum(one.kind in HEAVY for one in self.played)
        if sensor.kind in HEAVY and heavy > 1 and len(os.sched_getaffinity(0)) > 1:
            return open_.enter_context(Apart(Job(str(self._recording.path), self._key, sensor.name, self.from_ns, self.to_ns)))
        return said(self._recording, sensor, self.from_ns, self.to_ns)

    def _said_live(self) -> Iterator[Passed]:
        """What was told of the sensors that have no blocks here."""
        live = (_spoken(one, self._silent) for one in self._recording.told() if self.from_ns <= one.t_mono_ns < self.to_ns)
        for (t_ns, sensor), batch in groupby(filter(None, live), key=lambda one: (one[0], one[1].sensor)):
            yield Passed(t_ns, sensor, tuple(message for _, message in batch), turned=True)


class _Hub:
    """Ticks and looks as edge_node.node.hub.Hub, by the time of what it is told."""

    def __init__(self, head: Head, t_mono_ns: int) -> None:
        self._tracking = Tracking(_config(head), Clock(lambda: head.clock), t_mono_ns)
        self._tracking.hear(_stood(head, t_mono_ns), t_mono_ns)
        self._before: dict[int, Track] = {}
        self._tick_ns = self._look_ns = t_mono_ns

    def hear(self, passed: Passed) -> Iterator[Told]:
        for event in self._tracking.hear(passed.messages, passed.t_mono_ns, turned=passed.turned).events:
            yield Told(passed.t_mono_ns, event)

    def until(self, now_ns: int) -> Iterator[Told]:
        """All that is due until then."""
        while self._tick_ns <= now_ns:
            yield from self._tick(self._tick_ns)
            self._tick_ns += TICK_NS

    def _tick(self, now_ns: int) -> Iterator[Told]:
        for event in self._tracking.advance(now_ns):
            yield Told(now_ns, event)
        tracks = {track.number: track for track in self._tracking.tracks(now_ns)}
        for number, track in tracks.items():
            before = self._before.get(number)
            if track is not before and track != before:
                yield Told(now_ns, track)
        self._before = tracks
        if now_ns >= self._look_ns:
            self._tracking.look(now_ns)
            self._look_ns = now_ns + LOOK_EVERY_NS


def _spoken(told: Told, sensors: Collection[str]) -> tuple[int, BusMessage] | None:
    """When one of these sensors said what; None of all else that was told."""
    said = told.message
    return None if isinstance(said, TrackEvent | Track | NodeStatus) or said.sensor not in sensors else (told.t_mono_ns, said)


def _config(head: Head) -> Config:
    """As far as what the hub makes of messages hangs on it."""
    place = head.place if head.place and head.place.source == "fixed" else None
    node = NodeTable(
        name=head.node or "recording",
        latitude_deg=place.latitude_deg if place else None,
        longitude_deg=place.longitude_deg if place else None,
        altitude_wgs84_m=place.altitude_wgs84_m if place else None,
        moving=head.moving,
    )
    sensors = tuple(SensorTable(one.name, one.driver) for one in head.sensors)
    return Config(node=node, tracking=head.setting.tracking, protect=head.setting.protect, sensor=sensors)


def _stood(head: Head, t_mono_ns: int) -> list[PositionFix]:
    """The place that a node which stands still knew of its receiver before the recording began."""
    place = head.place
    if place is None or place.source == "fixed" or head.moving:
        return []
    fix = PositionFix(
        t_mono_ns=t_mono_ns,
        has_fix=True,
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        altitude_wgs84_m=place.altitude_wgs84_m,
        sigma_horizontal_m=place.sigma_m,
    )
    return [fix]
