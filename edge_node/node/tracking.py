"""What a node makes of what its sensors say; the hub, replay and trials share it, so they come to the same tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from edge_node.config import Config
from edge_node.fusion.tracker import Tracker
from edge_node.messages import BusMessage, Coverage, Detection, PositionFix, RemoteIdDetection, SensorReport, Track, TrackEvent
from edge_node.node.gate.flood import FloodWatch
from edge_node.node.place import OwnPlace
from edge_node.pose.vehicle import Vehicle
from edge_node.publish.wire import Place
from edge_node.remote_id.authenticity import Authenticity
from edge_node.timebase import Clock, ClockLook, Timebase

FUSION_COUNTERS = ("late", "thinned", "doubtful", "parted", "evicted", "refused")
Authorise = Callable[[Track, int | None], Track]
"""A track with whether it is known and may be there, by a UTC time in ns, None where nobody vouches for the clock."""


class Heard(Struct, frozen=True):
    """What came of one batch: its messages as they are from where the node stands, and what happened by them."""

    messages: tuple[BusMessage, ...]
    events: tuple[TrackEvent, ...]


def nobody_known(track: Track, t_utc_ns: int | None) -> Track:  # noqa: ARG001 -- an Authorise
    """Where neither a list nor zones are at hand."""
    return track


class Tracking:
    """Holds no socket, thread or file, and reads no clock but `clock`: every other time comes with what is said."""

    def __init__(self, config: Config, clock: Clock, t_mono_ns: int, authorise: Authorise = nobody_known) -> None:
        self._tracker, self._authenticity = Tracker(config.tracking, config.protect), Authenticity()
        self._place = OwnPlace(config.node)
        self._vehicle = Vehicle() if config.node.moving else None
        self._sensors = {sensor.name for sensor in config.sensor}
        self._authorise = authorise
        self._clock, self._clock_look = clock, clock.look(t_mono_ns)
        self._flood = FloodWatch()
        self._counts: Counter[str] = Counter()
        self.reports: dict[str, SensorReport] = {}

    @property
    def timebase(self) -> Timebase:
        """Monotonic time in UTC, as of the last look."""
        return self._clock_look.timebase

    @property
    def clock_words(self) -> str:
        """How the clock is, as of the last look."""
        return self._clock_look.words

    def place(self, t_mono_ns: int) -> Place | None:
        """Where the node is; None where nobody knows."""
        return self._place.now(t_mono_ns)

    def hear(self, batch: Sequence[BusMessage], now_ns: int, *, turned: bool = False) -> Heard:
        """Take in what one sensor said at once, now or a while ago; `turned` says that it is from where the node stands already."""
        vehicle = None if turned else self._vehicle
        told = [one for message in batch if (one := vehicle.told(message) if vehicle else message) is not None]
        for message in told:
            self._hear(message)
        found = self._detect([message for message in told if isinstance(message, Detection)], now_ns)
        return Heard(tuple(told), self._noted(found, now_ns))

    def advance(self, now_ns: int) -> tuple[TrackEvent, ...]:
        """Let time pass; what happened by that."""
        return self._noted(self._tracker.advance(now_ns), now_ns)

    def tracks(self, now_ns: int) -> list[Track]:
        """All tracks, with whether each is known and may be there."""
        t_utc_ns = self._utc_ns(now_ns)
        return [self._authorise(track, t_utc_ns) for track in self._tracker.tracks()]

    def look(self, now_ns: int) -> ClockLook:
        """Once a second: at the clock, and whether there is a flood."""
        self._clock_look = self._clock.look(now_ns)
        self._flood.look(now_ns, self._counts["tracks_new"])
        return self._clock_look

    def _hear(self, message: BusMessage) -> None:
        if isinstance(message, SensorReport):
            if message.sensor in self._sensors:
                self.reports[message.sensor] = message
        elif isinstance(message, Coverage):
            if message.sensor in self._sensors:
                self._tracker.covers(message)
        elif isinstance(message, PositionFix):
            self._place.hear(message)
            self._counts["fixes_refused"] += message.trouble is not None
            if message.t_utc_ns is not None:
                self._clock.fix(message.t_utc_ns, message.t_mono_ns, message.pulse_mono_ns)

    def _detect(self, detections: list[Detection], now_ns: int) -> list[TrackEvent]:
        """What one sensor found goes to the tracker together."""
        if not detections:
            return []
        self._counts["detections"] += len(detections)
        self._tracker.hurry((now_ns - detections[-1].t_mono_ns) / 1e9)
        place = self._place.now(detections[-1].t_mono_ns)
        if place is not None:
            self._tracker.stand(place)
        return self._tracker.take([self._judged(one) if isinstance(one, RemoteIdDetection) else one for one in detections])

    def _judged(self, heard: RemoteIdDetection) -> RemoteIdDetection:
        """With what is suspected of it; a clock that nobody vouches for, and a place that nobody knows, prove nothing."""
        place = self._place.now(heard.t_mono_ns)
        here = None if place is None else (place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m)
        return self._authenticity.judge(heard, self._utc_ns(heard.t_mono_ns), here)

    def _noted(self, events: list[TrackEvent], now_ns: int) -> tuple[TrackEvent, ...]:
        t_utc_ns = self._utc_ns(now_ns)
        for event in events:
            self._counts[f"tracks_{event.kind}"] += 1
        return tuple(replace(event, track=self._authorise(event.track, t_utc_ns)) for event in events)

    def _utc_ns(self, t_mono_ns: int) -> int | None:
        clock = self.timebase
        return None if clock.sigma_s is None else clock.utc_ns(t_mono_ns)

    def counters(self) -> dict[str, int]:
        """What came of all that was said, since the start."""
        fusion = {f"fusion_{name}": getattr(self._tracker.counters, name) for name in FUSION_COUNTERS}
        vehicle = {"own_noises": self._vehicle.passed_over, "unturned": self._vehicle.unturned} if self._vehicle else {}
        return {**self._counts, **fusion, **vehicle, "clock_steps": self._clock.steps}

    def words(self, now_ns: int) -> tuple[str, ...]:
        """How many tracks there are, and what else an operator should know; some of it empty."""
        tracks = self._tracker.tracks()
        live, confirmed = sum(track.state != "lost" for track in tracks), sum(track.state == "confirmed" for track in tracks)
        return (
            f"{live} live tracks, {confirmed} confirmed",
            self._vehicle.words(now_ns) if self._vehicle else "",
            self._tracker.words(now_ns),
            self._flood.words,
            self._authenticity.words(),
        )
