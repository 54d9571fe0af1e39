"""The hub: detections of all sensors in, tracks kept, tracks and status published. One thread, one poller."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence

import msgspec
import zmq

from edge_node.bus import BusReceiver
from edge_node.config import Config
from edge_node.field.clock_watch import ClockWatch
from edge_node.field.health_names import found
from edge_node.messages import Finding, NodeStatus, TrackEvent
from edge_node.node import status
from edge_node.node.authorisation_files import AuthorisationFiles
from edge_node.node.figures_file import Figures, PlaceNow
from edge_node.node.freezing import Freezing
from edge_node.node.reporting import Reporting
from edge_node.node.stop import StopFlag
from edge_node.node.told_health import packed
from edge_node.node.tracking import Tracking
from edge_node.node.words import happened
from edge_node.notify import Notifier
from edge_node.publish.keys import KeyFileError, load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.live_to_all import LiveToAll
from edge_node.publish.outbox import Outbox
from edge_node.record.head import Place
from edge_node.timebase import Clock, Timebase

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
        live = LiveToAll(config.c2, keys, context, config.remote_id.operator_to_c2, gateways=config.gateway)
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
        self._files = AuthorisationFiles(config.remote_id)
        self._tracking = Tracking(config, Clock(), time.monotonic_ns(), self._files.told)
        self._freezing = Freezing(config, self._around)
        self._report = Reporting(
            config, live, outbox, self._tracking.timebase, reload=lambda: notifier.say(x_reload=1), freeze=self._freezing.ordered
        )
        self._track_reports = 0
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
        self._freezing.end()
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
            heard = self._tracking.hear(batch, time.monotonic_ns())
            for message in heard.messages:
                self._report.heard(message)
                self._freezing.tell(message, time.monotonic_ns())
            self._note(heard.events)
            if time.monotonic_ns() > until_ns:
                return

    def _tick(self, now_ns: int) -> None:
        self._note(self._tracking.advance(now_ns))
        tracks = self._tracking.tracks(now_ns)
        self._track_reports += self._live.publish_tracks(tracks, self._tracking.timebase, now_ns)
        self._report.tick(tracks, now_ns)
        self._freezing.tick(tracks, now_ns)
        if self._findings() != self._said:
            self._say_findings()

    def _findings(self) -> list[Finding]:
        """What is not well, beside the sensors."""
        files = [found("configuration", "authorisation", self._files.problem)] if self._files.problem else []
        return [*self._report.findings(), *self._freezing.findings(), *self._clock_watch.findings(), *files]

    def _say_findings(self) -> None:
        self._said = self._findings()
        self._notifier.say(x_findings=packed(self._said))

    def _around(self, t_mono_ns: int) -> tuple[Timebase, Place | None]:
        """The clock, and where the node was then."""
        place = self._tracking.place(t_mono_ns)
        return self._tracking.timebase, None if place is None else msgspec.convert(place, Place, from_attributes=True)

    def _note(self, events: Sequence[TrackEvent]) -> None:
        now_ns = time.monotonic_ns()
        for event in events:
            self._report.happened(event, now_ns)
            self._freezing.happened(event, now_ns)
            if event.kind not in NEVER_LOGGED and len(self._to_log) < LOGGED_A_LOOK:
                self._to_log.append(event)

    def _look_around(self, now_ns: int, last: bool = False) -> None:
        """Once a second: the clock, the log, the word to the supervisor, the status to C2 when it is due."""
        look = self._tracking.look(now_ns)
        if look.stepped_s is not None:
            said = f"the system's clock was set by {look.stepped_s:+.3f} s; tracks keep monotonic time"
            log.warning(said)
            self._report.audit(said, now_ns)
        for event in self._to_log:
            log.info("%s", happened(event))
        self._to_log.clear()
        self._files.look()
        self._clock_watch.look(look, now_ns)
        self._notifier.say(watchdog=1, status=self._words())
        self._say_findings()
        node = status.read(self._config.node.run_dir)
        for words in self._freezing.look(node, now_ns):
            self._report.audit(words, now_ns)
        self._report.look(node, look.timebase, self._tracking.tracks(now_ns), now_ns)
        self._report.show(self._figures(now_ns))
        if node is not None:
            self._hurry(node)
            self._live.publish_status(
                node,
                reports=self._tracking.reports,
                place=self._tracking.place(now_ns),
                counters=self._counters(),
                clock=look.timebase,
                now_mono_ns=now_ns,
                last=last,
            )

    def _figures(self, now_ns: int) -> Figures:
        """What whoever is on the spot may want to know beside tracks and status."""
        clock, place, c2 = self._tracking.timebase, self._tracking.place(now_ns), self._config.c2
        known = PlaceNow(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m, place.sigma_m) if place else None
        return Figures(
            t_mono_ns=now_ns,
            t_utc_ns=None if clock.sigma_s is None else clock.utc_ns(now_ns),
            sigma_utc_s=clock.sigma_s,
            place=known,
            linked=None if c2.live is None else self._live.connected,
            link="; ".join(filter(None, (self._live.link_words(), self._report.words()))),
            counters={**self._counters(), **self._live.counters()},
            reports=self._tracking.reports,
        )

    def _hurry(self, node: NodeStatus) -> None:
        """Whoever sits at C2 hears at once what has begun or ended to be wrong."""
        wrong = frozenset((one.about, one.name) for one in node.findings)
        if wrong != self._wrong:
            self._wrong = wrong
            self._live.status_again()

    def _counters(self) -> dict[str, int]:
        unsent = sum(report.unsent for report in self._tracking.reports.values())
        return {
            **self._tracking.counters(),
            **self._report.counters(),
            "track_reports": self._track_reports,
            "bus_malformed": self._bus.malformed,
            "bus_unsent": unsent,
        }

    def _words(self) -> str:
        said = (
            *self._tracking.words(time.monotonic_ns()),
            self._live.link_words(),
            self._report.words(),
            self._freezing.words(),
            self._tracking.clock_words,
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
