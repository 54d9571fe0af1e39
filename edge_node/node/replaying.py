"""A recording through the node's own pipelines and tracking, as fast as it goes.

Blocks of all sensors come in the order in which they were whole: when a block's last sample was there. What detectors took to think is
left out; of two that were whole at once, that of the sensor which stands first in the recording comes first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from drivers.blocks import AnyBlock, Attitude, AudioBlock, GnssFix, IqBlock
from edge_node.config import Config, NodeTable, SensorTable
from edge_node.messages import BusMessage, NodeStatus, PositionFix, Track, TrackEvent
from edge_node.node.gate.admission import Admission
from edge_node.node.pipeline import COVERS_EVERY_NS, Pipeline
from edge_node.node.tracking import Tracking
from edge_node.record.folder import RecordedFolder, RecordedSensor
from edge_node.record.head import Head
from edge_node.record.spine import Told
from edge_node.timebase import Clock

TICK_NS, LOOK_EVERY_NS = 200_000_000, 1_000_000_000
"""As a hub with the usual rates ticks and looks."""
ALWAYS = (GnssFix.__name__, Attitude.__name__)
"""Blocks of sensors that are played whichever are asked for: bearings mean nothing without them."""


class Passed(Struct, frozen=True):
    """When something of a sensor reached the hub: the block, None where only what was found in it was kept, and what was found."""

    t_mono_ns: int
    sensor: str
    block: AnyBlock | None
    messages: Sequence[BusMessage]


Tap = Callable[[Passed], None]


def lasts_ns(block: AnyBlock) -> int:
    """How long it takes for a block to be whole."""
    if isinstance(block, AudioBlock | IqBlock):
        return round(len(block.samples) / block.sample_rate_hz * 1e9)
    return 0


class Replay:
    """From and to are seconds after the recording's begin; no `sensors` means all of them. Raises ValueError for one that is not there.

    A sensor of which no blocks were kept says again what was told of it live.
    """

    def __init__(self, recording: RecordedFolder, sensors: Collection[str] = (), from_s: float = 0.0, to_s: float | None = None) -> None:
        head = self._head = recording.head
        self._recording = recording
        self.from_ns = head.from_mono_ns + round(from_s * 1e9)
        self.to_ns = head.until_mono_ns if to_s is None else min(head.from_mono_ns + round(to_s * 1e9), head.until_mono_ns)
        names = [one.name for one in head.sensors]
        for unknown in set(sensors) - set(names):
            raise ValueError(f"there is no sensor {unknown!r} in it; there are {', '.join(names) or 'none'}")
        self.played = [one for one in recording.sensors if one.kind and (not sensors or one.name in sensors or one.kind in ALWAYS)]
        self._silent = {name for name in names if not sensors or name in sensors} - {one.name for one in self.played}
        self.words: dict[str, str] = {}

    def told(self, tap: Tap | None = None) -> Iterator[Told]:
        """What happens to tracks, and with every tick those that have changed; `tap` sees all that goes in."""
        hub = _Hub(self._head, self.from_ns)
        for passed in heapq.merge(*map(self._said, self.played), self._said_live(), key=lambda one: one.t_mono_ns):
            yield from hub.until(passed.t_mono_ns)
            if tap:
                tap(passed)
            yield from hub.hear(passed)
        yield from hub.until(self.to_ns)

    def _said(self, sensor: RecordedSensor) -> Iterator[Passed]:
        """What this sensor's process gives to the hub."""
        pipeline, admission, t_ns = Pipeline(sensor.name, sensor.settings), Admission(), self.from_ns
        for block in self._recording.blocks(sensor.name):
            if not self.from_ns <= block.t_mono_ns < self.to_ns:
                continue
            whole_ns = max(block.t_mono_ns + lasts_ns(block), t_ns)
            yield from _idle(pipeline, t_ns, whole_ns)
            t_ns = whole_ns
            yield Passed(t_ns, sensor.name, block, admission.admit(pipeline.step(block)))
        yield from _idle(pipeline, t_ns, self.to_ns)
        self.words[sensor.name] = pipeline.words()

    def _said_live(self) -> Iterator[Passed]:
        """What was told of the sensors that have no blocks here."""
        live = (_spoken(one, self._silent) for one in self._recording.told() if self.from_ns <= one.t_mono_ns < self.to_ns)
        for (t_ns, sensor), batch in groupby(filter(None, live), key=lambda one: (one[0], one[1].sensor)):
            yield Passed(t_ns, sensor, None, tuple(message for _, message in batch))


class _Hub:
    """Ticks and looks as edge_node.node.hub.Hub, by the time of what it is told."""

    def __init__(self, head: Head, t_mono_ns: int) -> None:
        self._tracking = Tracking(_config(head), Clock(lambda: head.clock), t_mono_ns)
        self._tracking.hear(_stood(head, t_mono_ns), t_mono_ns)
        self._before: dict[int, Track] = {}
        self._tick_ns = self._look_ns = t_mono_ns

    def hear(self, passed: Passed) -> Iterator[Told]:
        for event in self._tracking.hear(passed.messages, passed.t_mono_ns).events:
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


def _idle(pipeline: Pipeline, from_ns: int, to_ns: int) -> Iterator[Passed]:
    """What it covers, which a worker tells as well while its source lives and hands over nothing."""
    for t_ns in range(from_ns + COVERS_EVERY_NS, to_ns, COVERS_EVERY_NS):
        if said := pipeline.idle(t_ns):
            yield Passed(t_ns, pipeline.sensor, None, said)


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
