"""Detections of any kind in, tracks out: which object a detection is of, and when an object is believed, lost and forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from edge_node.config import ProtectTable, TrackingTable
from edge_node.fusion.embodied import Standpoint
from edge_node.fusion.named import Named
from edge_node.fusion.pointing import Numbered
from edge_node.fusion.reasoning import Reasoning
from edge_node.fusion.roster import Roster, TrackerCounters
from edge_node.fusion.sensed import Sensed
from edge_node.fusion.table import Standing
from edge_node.messages import (
    AcousticDetection,
    BearingDetection,
    CameraDetection,
    Coverage,
    Detection,
    LinkDetection,
    PositionDetection,
    RemoteIdDetection,
    Track,
    TrackEvent,
)

SENSED = AcousticDetection, CameraDetection, LinkDetection, PositionDetection, BearingDetection
LOOKS_EVERY_NS = 500_000_000


class Tracker:
    """Pure: time comes with the detections and with `advance`, and nothing that is detected raises."""

    def __init__(self, settings: TrackingTable, protect: Sequence[ProtectTable] = ()) -> None:
        self.roster = Roster(settings)
        self._sensed = Sensed(self.roster)
        self._named = Named(self.roster, self._sensed)
        self._reasoning = Reasoning(self.roster, self._sensed, protect)
        self._place: Standpoint | None = None
        self._looked_ns: int | None = None

    @property
    def counters(self) -> TrackerCounters:
        """What came of all detections since the start."""
        return self.roster.counters

    def stand(self, place: Standpoint) -> None:
        """Say where the node is; before that, bearings are known and places on Earth are not measured but claimed."""
        if place != self._place:
            self._place = place
            self._sensed.stand(place)
            self._reasoning.stand(place)

    def covers(self, said: Coverage) -> None:
        """Note what a sensor would sense now, so that it means something when it does not."""
        self._reasoning.covers(said)

    def hurry(self, lag_s: float) -> None:
        """Say how old what comes in is: who falls behind takes in less, by turns, until it has caught up."""
        self._sensed.hurry(lag_s)

    def words(self, t_mono_ns: int) -> str:
        """Name the sensors that work and sense nothing now, and what is left out where there is too much."""
        return "; ".join(filter(None, (self._reasoning.coverages.words(t_mono_ns), self._sensed.words())))

    def update(self, detection: Detection) -> list[TrackEvent]:
        """Take in one detection; what happened by it."""
        return self.take([detection])

    def take(self, detections: Sequence[Detection]) -> list[TrackEvent]:
        """Take in detections in the order in which they came; what one sensor said at one moment is best said together."""
        events: list[TrackEvent] = []
        scan: list[Numbered] = []
        for said in detections:
            self._count(said)
            if isinstance(said, RemoteIdDetection):
                events += self._named.take(said)
            elif isinstance(said, SENSED):
                if scan and not _is_of_one_moment(scan[-1], said):
                    events += self._sensed.take(scan)
                    scan = []
                scan.append(said)
        return events + (self._sensed.take(scan) if scan else [])

    def advance(self, t_mono_ns: int) -> list[TrackEvent]:
        """Let time pass: what shows itself only in time, and what has been silent for too long, which is lost and then forgotten."""
        roster, settings = self.roster, self.roster.settings
        events = []
        if self._looked_ns is None or t_mono_ns - self._looked_ns >= LOOKS_EVERY_NS:
            self._looked_ns = t_mono_ns
            events += self._sensed.look(t_mono_ns)
            events += self._reasoning.look(t_mono_ns)
        for standing, after_s in ((Standing.TENTATIVE, settings.tentative_lost_after_s), (Standing.CONFIRMED, settings.lost_after_s)):
            for trail in roster.table.silent(standing, t_mono_ns, after_s):
                roster.lose(trail)
                events.append(TrackEvent(kind="lost", track=trail.track()))
        for standing in (Standing.LOST_RUMOUR, Standing.LOST):
            for trail in roster.table.silent(standing, t_mono_ns, settings.forget_after_s):
                roster.forget(trail)
        return events

    def tracks(self) -> list[Track]:
        """Every track that is not forgotten, each as of its own last update."""
        self._sensed.refresh()
        return [trail.track() for trail in self.roster.table]

    def _count(self, said: Detection) -> None:
        counters = self.roster.counters
        tally = counters.detections if isinstance(said, (RemoteIdDetection, *SENSED)) else counters.unhandled
        kind = str(type(said).__struct_config__.tag)
        tally[kind] = tally.get(kind, 0) + 1


def _is_of_one_moment(before: Detection, said: Detection) -> bool:
    return type(before) is type(said) and before.sensor == said.sensor and before.t_mono_ns == said.t_mono_ns
