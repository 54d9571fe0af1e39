"""The hub: detections of all sensors in, tracks kept, tracks and status published. One thread, one poller."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter

import zmq
from msgspec.structs import replace

from edge_node.bus import BusReceiver
from edge_node.config import Config
from edge_node.field.clock_watch import ClockWatch
from edge_node.field.health_names import found
from edge_node.fusion.tracker import Tracker
from edge_node.messages import (
    BusMessage,
    Coverage,
    Detection,
    Finding,
    NodeStatus,
    PositionFix,
    RemoteIdDetection,
    SensorReport,
    Track,
    TrackEvent,
)
from edge_node.node import status
from edge_node.node.authorisation_files import AuthorisationFiles
from edge_node.node.gate.flood import FloodWatch
from edge_node.node.place import OwnPlace
from edge_node.node.reporting import Reporting
from edge_node.node.stop import StopFlag
from edge_node.node.told_health import packed
from edge_node.node.words import happened
from edge_node.notify import Notifier
from edge_node.pose.vehicle import Vehicle
from edge_node.publish.keys import KeyFileError, load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.outbox import Outbox
from edge_node.remote_id.authenticity import Authenticity
from edge_node.timebase import Clock

log = logging.getLogger("edge_node.hub")

BATCHES_A_TURN = 500
LOOK_EVERY_NS = 1_000_000_000
LOGGED_A_LOOK = 20
FLUSH_MS = 1000
NEVER_LOGGED = frozenset({"new"})


def gather(config: Config) -> int:
    """Run the hub until told to stop; exit code 69, to be tried again, while its key file cannot be used."""
    notifier = Notifier()
    try:
        keys = load_or_make(config.node.state_dir)
    except KeyFileError as error:
        notifier.say(status=str(error))
        log.error("%s", error)
        return os.EX_UNAVAILABLE
    config.node.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with zmq.Context() as context:
        live = LivePublisher(config.c2, keys, context, config.remote_id.operator_to_c2)
        outbox = Outbox(config.c2, keys, context, state_dir=config.node.state_dir, name=config.node.name)
        hub = Hub(config, BusReceiver(context, config.node.run_dir), live, outbox, notifier)
        try:
            hub.run(StopFlag())
        except ConnectionError:
            log.warning("the supervisor is gone")
        finally:
            hub.close()
    return os.EX_OK


class Hub:
    """Keeps the tracks; a tick at the rate of confirmed tracks publishes what is due, a look once a second tells how it is."""

    def __init__(self, config: Config, bus: BusReceiver, live: LivePublisher, outbox: Outbox, notifier: Notifier) -> None:
        self._config, self._bus, self._live, self._notifier = config, bus, live, notifier
        self._tracker, self._authenticity = Tracker(config.tracking, config.protect), Authenticity()
        self._place = OwnPlace(config.node)
        self._vehicle = Vehicle() if config.node.moving else None
        self._files = AuthorisationFiles(config.remote_id)
        self._clock = Clock()
        self._look = self._clock.look(time.monotonic_ns())
        self._report = Reporting(config, live, outbox, self._look.timebase, reload=lambda: notifier.say(x_reload=1))
        self._sensors = {sensor.name for sensor in config.sensor}
        self._reports: dict[str, SensorReport] = {}
        self._counts: Counter[str] = Counter()
        self._flood = FloodWatch()
        self._to_log: list[TrackEvent] = []
        self._clock_watch = ClockWatch()
        self._said: list[Finding] = []
        self._wrong: frozenset[tuple[str, str]] = frozenset()

    def run(self, stop: StopFlag) -> None:
        """Until `stop` is set; raises ConnectionError when the supervisor is gone."""
        next_tick_ns = next_look_ns = time.monotonic_ns()
        self._notifier.say(ready=1, status=self._words())
        while not stop.set:
            self._wait(min(next_tick_ns, next_look_ns))
            self._drain(max(next_tick_ns, time.monotonic_ns()))
            now_ns = time.monotonic_ns()
            self._live.service(now_ns)
            self._report.obey(now_ns)
            next_tick_ns = min(next_tick_ns, now_ns + self._report.tick_ns)  # C2 may just have asked for more
            if now_ns >= next_tick_ns:
                self._tick(now_ns)
                next_tick_ns = max(next_tick_ns + self._report.tick_ns, now_ns)
            if now_ns >= next_look_ns:
                self._look_around(now_ns)
                next_look_ns = now_ns + LOOK_EVERY_NS
        self._drain(time.monotonic_ns() + LOOK_EVERY_NS)
        self._tick(time.monotonic_ns())
        self._look_around(time.monotonic_ns(), last=True)
        self._report.end(time.monotonic_ns())

    def _wait(self, until_ns: int) -> None:
        poller = zmq.Poller()
        for socket in (self._bus.socket, *self._live.pollables()):
            poller.register(socket, zmq.POLLIN)
        poller.poll(max(0, (until_ns - time.monotonic_ns()) // 1_000_000 + 1))

    def _drain(self, until_ns: int) -> None:
        """What waits on the bus, but never so long that a tick starves."""
        for _ in range(BATCHES_A_TURN):
            batch = self._bus.receive()
            if batch is None:
                return
            told = [one for message in batch if (one := self._vehicle.told(message) if self._vehicle else message) is not None]
            for message in told:
                self._hear(message)
            self._detect([message for message in told if isinstance(message, Detection)])
            if time.monotonic_ns() > until_ns:
                return

    def _detect(self, detections: list[Detection]) -> None:
        """What one sensor found goes to the tracker together."""
        if not detections:
            return
        self._counts["detections"] += len(detections)
        self._tracker.hurry((time.monotonic_ns() - detections[-1].t_mono_ns) / 1e9)
        place = self._place.now(detections[-1].t_mono_ns)
        if place is not None:
            self._tracker.stand(place)
        self._note(self._tracker.take([self._judged(one) if isinstance(one, RemoteIdDetection) else one for one in detections]))

    def _hear(self, message: BusMessage) -> None:
        self._report.heard(message)
        if isinstance(message, SensorReport):
            if message.sensor in self._sensors:
                self._reports[message.sensor] = message
        elif isinstance(message, Coverage):
            if message.sensor in self._sensors:
                self._tracker.covers(message)
        elif isinstance(message, PositionFix):
            self._place.hear(message)
            self._counts["fixes_refused"] += message.trouble is not None
            if message.t_utc_ns is not None:
                self._clock.fix(message.t_utc_ns, message.t_mono_ns, message.pulse_mono_ns)

    def _judged(self, heard: RemoteIdDetection) -> RemoteIdDetection:
        """With what is suspected of it; a clock that nobody vouches for, and a place that nobody knows, prove nothing."""
        clock, place = self._look.timebase, self._place.now(heard.t_mono_ns)
        t_utc_ns = None if clock.sigma_s is None else clock.utc_ns(heard.t_mono_ns)
        here = None if place is None else (place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m)
        return self._authenticity.judge(heard, t_utc_ns, here)

    def _tick(self, now_ns: int) -> None:
        self._note(self._tracker.advance(now_ns))
        tracks = self._told_tracks(now_ns)
        self._counts["track_reports"] += self._live.publish_tracks(tracks, self._look.timebase, now_ns)
        self._report.tick(tracks, now_ns)
        if self._findings() != self._said:
            self._say_findings()

    def _findings(self) -> list[Finding]:
        """What is not well, beside the sensors."""
        files = [found("configuration", "authorisation", self._files.problem)] if self._files.problem else []
        return [*self._report.findings(), *self._clock_watch.findings(), *files]

    def _say_findings(self) -> None:
        self._said = self._findings()
        self._notifier.say(x_findings=packed(self._said))

    def _told_tracks(self, now_ns: int) -> list[Track]:
        """All tracks, with whether each is known and may be there."""
        clock = self._look.timebase
        t_utc_ns = None if clock.sigma_s is None else clock.utc_ns(now_ns)
        return [self._files.told(track, t_utc_ns) for track in self._tracker.tracks()]

    def _note(self, events: list[TrackEvent]) -> None:
        clock = self._look.timebase
        now_ns = time.monotonic_ns()
        t_utc_ns = None if clock.sigma_s is None else clock.utc_ns(now_ns)
        for event in events:
            self._report.happened(replace(event, track=self._files.told(event.track, t_utc_ns)), now_ns)
            self._counts[f"tracks_{event.kind}"] += 1
            if event.kind not in NEVER_LOGGED and len(self._to_log) < LOGGED_A_LOOK:
                self._to_log.append(event)

    def _look_around(self, now_ns: int, last: bool = False) -> None:
        """Once a second: the clock, the log, the word to the supervisor, the status to C2 when it is due."""
        self._look = self._clock.look(now_ns)
        if self._look.stepped_s is not None:
            said = f"the system's clock was set by {self._look.stepped_s:+.3f} s; tracks keep monotonic time"
            log.warning(said)
            self._report.audit(said, now_ns)
        for event in self._to_log:
            log.info("%s", happened(event))
        self._to_log.clear()
        self._flood.look(now_ns, self._counts["tracks_new"])
        self._files.look()
        self._clock_watch.look(self._look, now_ns)
        self._notifier.say(watchdog=1, status=self._words())
        self._say_findings()
        node = status.read(self._config.node.run_dir)
        self._report.look(node, self._look.timebase, self._told_tracks(now_ns), now_ns)
        if node is not None:
            self._hurry(node)
            self._live.publish_status(
                node,
                reports=self._reports,
                place=self._place.now(now_ns),
                counters=self._counters(),
                clock=self._look.timebase,
                now_mono_ns=now_ns,
                last=last,
            )

    def _hurry(self, node: NodeStatus) -> None:
        """Whoever sits at C2 hears at once what has begun or ended to be wrong."""
        wrong = frozenset((one.about, one.name) for one in node.findings)
        if wrong != self._wrong:
            self._wrong = wrong
            self._live.status_again()

    def _counters(self) -> dict[str, int]:
        unsent = sum(report.unsent for report in self._reports.values())
        return {
            **self._counts,
            **self._report.counters(),
            **{
                f"fusion_{name}": getattr(self._tracker.counters, name)
                for name in ("late", "thinned", "doubtful", "parted", "evicted", "refused")
            },
            **({"own_noises": self._vehicle.passed_over, "unturned": self._vehicle.unturned} if self._vehicle else {}),
            "bus_malformed": self._bus.malformed,
            "bus_unsent": unsent,
            "clock_steps": self._clock.steps,
        }

    def _words(self) -> str:
        tracks = self._tracker.tracks()
        live = sum(track.state != "lost" for track in tracks)
        confirmed = sum(track.state == "confirmed" for track in tracks)
        said = (
            f"{live} live tracks, {confirmed} confirmed",
            self._vehicle.words(time.monotonic_ns()) if self._vehicle else "",
            self._tracker.words(time.monotonic_ns()),
            self._flood.words,
            self._authenticity.words(),
            self._live.link_words(),
            self._report.words(),
            self._look.words,
            self._files.words,
        )
        return "; ".join(filter(None, said))

    def close(self) -> None:
        """Let every socket go, once what was published has left."""
        self._files.close()
        self._report.close()
        self._live.close(FLUSH_MS)
        self._bus.close()
        self._notifier.close()
