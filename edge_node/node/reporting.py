"""The hub's part of the reliable plane: what of tracks and node is told for good, and what C2 commands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty

from msgspec.structs import replace

from edge_node import __version__
from edge_node.config import Config
from edge_node.field.health_names import found
from edge_node.messages import BusMessage, Finding, NodeStatus, Track, TrackEvent
from edge_node.node import figures_file, tracks_file
from edge_node.node.asked_recording import AskedRecording
from edge_node.node.changes import Changes
from edge_node.node.obeying import Freezes, Obeying, Outcome
from edge_node.node.renewal import Renewal
from edge_node.node.unreached import Unreached
from edge_node.publish import orders, wire
from edge_node.publish.journal import Journal
from edge_node.publish.live import LivePublisher
from edge_node.publish.noted import Noted
from edge_node.publish.outbox import Outbox
from edge_node.publish.rates import Allowance, Beat
from edge_node.publish.readings import without_operator
from edge_node.publish.reliable_schema import Command
from edge_node.publish.reliable_wire import encode_event
from edge_node.timebase import Timebase

log = logging.getLogger("edge_node.hub")

CONFIGURATION = "configuration"
# Invented aircraft must not eat a thin link: what is told of tracks that nobody confirmed has an allowance.
RUMOURS_A_SECOND, RUMOURS_AT_ONCE = 5.0, 300.0
UNTOLD_EVERY_S = 60.0
ABOUT = {"spool_unwritable": "storage", "status_unwritable": "storage", "recording_failed": "storage", "key_renewal": "link"}


class Reporting:
    """Told by the hub what happens; `tick_ns` is how often the hub shall tick."""

    def __init__(
        self, config: Config, live: LivePublisher, outbox: Outbox, clock: Timebase, *, reload: Callable[[], bool], freeze: Freezes
    ) -> None:
        self._config, self._live, self._outbox = config, live, outbox
        self._journal = Journal(config.c2.history_hz)
        self._changes = Changes(outbox.recalled(CONFIGURATION))
        self._obeying = Obeying(config.c2, live, state_dir=config.node.state_dir, run_dir=config.node.run_dir, reload=reload, freeze=freeze)
        self._asked = AskedRecording(config.node.run_dir, config.node.state_dir)
        self._clock = clock
        self._renewal = Renewal(config, live, outbox)
        self._unreached = Unreached()
        self._started = False
        self._tracks_problem = ""
        self._rumours, self._untold = Allowance(RUMOURS_A_SECOND, RUMOURS_AT_ONCE), 0
        self._untold_beat = Beat(1 / UNTOLD_EVERY_S)

    @property
    def tick_ns(self) -> int:
        """The period of the highest rate that is asked for."""
        return int(1e9 / self._obeying.rate_hz)

    def heard(self, message: BusMessage) -> None:
        """A message of the bus."""
        self._obeying.take(message)
        self._asked.take(message)

    def happened(self, event: TrackEvent, now_ns: int) -> None:
        """One of the tracker's events."""
        self._tell(self._journal.happened(event), now_ns)

    def tick(self, tracks: Sequence[Track], now_ns: int) -> None:
        """All tracks as they are now: what changed, and what is kept of them; and whether C2 is reached."""
        self._unreached.look(self._trouble(), now_ns)
        noted, due = self._journal.look(tracks, now_ns)
        for one in noted:
            self._tell(one, now_ns)
        for track in due:
            payload = wire.encode_tracks([self._private(track)], self._clock, self._live.epoch, 0, now_ns)
            self._outbox.put("history", payload, now_ns, lane=track.number)

    def obey(self, now_ns: int) -> None:
        """What C2 wants, and what of it has ended; often, however seldom the ticks are."""
        for command, outcome in self._obeying.advance(now_ns):
            self._answer(command, outcome, now_ns)
        with suppress(Empty):
            while True:
                command, refusal = self._outbox.commands.get_nowait()
                self._answer(command, refusal or self._outcome(command, now_ns), now_ns)

    def _outcome(self, command: Command, now_ns: int) -> Outcome:
        try:
            order = orders.read(command.name, command.arguments)
        except ValueError as error:
            return "rejected", str(error)
        return self._obeying.obey(command, order, now_ns)

    def _answer(self, command: Command, outcome: Outcome, now_ns: int) -> None:
        log.info("C2 commands %r (%r): %s: %r", command.name, command.id, *outcome)
        self._tell(Noted(event="command", about=command.id, outcome=outcome[0], words=f"{command.name}: {outcome[1]}"), now_ns)
        self._outbox.answer(command, *outcome)

    def audit(self, words: str, now_ns: int) -> None:
        """Something that whoever answers for the node should know."""
        self._tell(Noted(event="audit", words=words), now_ns)

    def look(self, node: NodeStatus | None, clock: Timebase, tracks: Sequence[Track], now_ns: int) -> None:
        """Once a second: the clock, the node's health, the tracks for whoever is on the spot; raises RuntimeError when the outbox died."""
        if not self._outbox.alive:
            raise RuntimeError("the outbox has ended by an error; the log says which")
        self._clock = clock
        self._asked.look(now_ns)
        self._outbox.tell_clock(clock)
        if not self._started:
            self._started = True
            self.audit(f"the hub has started, edge_node {__version__}; tracks are numbered anew", now_ns)
        for words in self._outbox.incidents():
            log.warning(words)
            self.audit(words, now_ns)
        if self._untold and self._untold_beat.due(now_ns):
            self._untold_beat.said(now_ns)
            self.audit(f"{self._untold} events of tracks that were never confirmed are not told: too many at once", now_ns)
            self._untold = 0
        for words in self._renewal.look(now_ns):
            log.info(words)
            self.audit(words, now_ns)
        if node is not None:
            self._health(node, now_ns)
        self._show(tracks, now_ns)

    def _trouble(self) -> str:
        """Why one of the planes that are configured does not reach C2."""
        table = self._config.c2
        live = "" if table.live is None or self._live.connected else self._live.link_words()
        return live or (self._outbox.trouble if table.reliable is not None else "")

    def _health(self, node: NodeStatus, now_ns: int) -> None:
        before = self._changes.configuration
        for noted in self._changes.look(node, now_ns):
            self._tell(noted, now_ns)
        if self._changes.configuration != before:
            self._outbox.remember(CONFIGURATION, self._changes.configuration or "")

    def _show(self, tracks: Sequence[Track], now_ns: int) -> None:
        try:
            tracks_file.write(self._config.node.run_dir, tracks, now_ns)
            self._tracks_problem = ""
        except OSError as error:
            self._tracks_problem = f"tracks cannot be shown on the node: {error.strerror}"

    def show(self, figures: figures_file.Figures) -> None:
        """After each look: what the hub counts, for whoever is on the spot."""
        try:
            figures_file.write(self._config.node.run_dir, figures)
        except OSError as error:
            self._tracks_problem = f"figures cannot be shown on the node: {error.strerror}"

    def _tell(self, noted: Noted, now_ns: int) -> None:
        if noted.rumour and not self._rumours.take(now_ns):
            self._untold += 1
            return
        self._outbox.put(
            "events", encode_event(self._without_person(noted), self._clock, self._live.epoch, now_ns), now_ns, rumour=noted.rumour
        )

    def _without_person(self, noted: Noted) -> Noted:
        """What C2 may hear; the evidence of a doubt about the operator may hold his number."""
        if noted.track is None or self._config.remote_id.operator_to_c2:
            return noted
        words = None if noted.about and noted.about.startswith("operator") else noted.words
        return replace(noted, track=without_operator(noted.track), words=words)

    def _private(self, track: Track) -> Track:
        return track if self._config.remote_id.operator_to_c2 else without_operator(track)

    def words(self) -> str:
        """How the reliable plane stands and what C2, or somebody here, had the node do, for the status."""
        return "; ".join(filter(None, (self._outbox.words, self._obeying.words(), self._asked.words())))

    def findings(self) -> list[Finding]:
        """What a person should mend."""
        said = {
            "spool_unwritable": self._outbox.problem,
            "status_unwritable": self._tracks_problem,
            "recording_failed": self._asked.problem,
            "key_renewal": self._renewal.problem,
        }
        reached = [self._unreached.finding] if self._unreached.finding else []
        return reached + [found(ABOUT[name], name, words) for name, words in said.items() if words]

    def counters(self) -> dict[str, int]:
        """Of spool and reliable plane."""
        return self._outbox.counters()

    def end(self, now_ns: int) -> None:
        """The hub ends in order: say so, and what becomes of the commands in hand."""
        self._asked.end()
        for command, outcome in self._obeying.end():
            self._answer(command, outcome, now_ns)
        self.audit("the hub ends, as it was told to", now_ns)

    def close(self) -> None:
        """Write what waits and let all go."""
        self._obeying.end()
        self._asked.end()
        self._outbox.close()
