"""The reliable plane in a thread of its own, so that a slow card or a long backlog never holds up the live plane."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import zmq
from msgspec import Struct

from edge_node.config import C2Table
from edge_node.publish.keys import KeyPair
from edge_node.publish.noted import CommandOutcome
from edge_node.publish.obedience import Ended, Obedience
from edge_node.publish.reliable import ReliableLink
from edge_node.publish.reliable_schema import Command
from edge_node.publish.spool import STREAMS, Spool
from edge_node.publish.spool_file import EVICTED_FIRST, Stream
from edge_node.timebase import Timebase

log = logging.getLogger("edge_node.outbox")

FILE = Path("spool", "spool.db")
TURN_NS = 200_000_000
IDLE_NS = 1_000_000_000
LOOK_NS = 250_000_000
MOST_WAITING = 20_000
END_WITHIN_S = 3.0
Job = Callable[[], None]


class _Look(Struct, frozen=True):
    """How the plane stood at one time."""

    words: str
    problem: str
    trouble: str
    counters: dict[str, int]


class Outbox:
    """Spool and reliable link behind a queue. Every method may be called by the hub's thread and waits for nothing but `close`."""

    def __init__(self, table: C2Table, keys: KeyPair, context: zmq.Context[zmq.Socket[bytes]], *, state_dir: Path, name: str) -> None:
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self.commands: SimpleQueue[tuple[Command, Ended | None]] = SimpleQueue()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._spool = Spool(state_dir / FILE, table.spool_mb << 20)
        self._obedience = Obedience(self._spool, table.commands)
        self._link = ReliableLink(context, table, keys, spool=self._spool, name=name, obey=self._obey)
        self._dropped: Counter[str] = Counter()
        self._stopping = False
        self._looked_ns = 0
        self._seen = self._look()
        self._thread = Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, stream: Stream, payload: bytes, t_mono_ns: int, *, lane: int = 0, rumour: bool = False) -> None:
        """One row for C2. Where the thread cannot keep up, history is dropped first, and counted."""
        if self._jobs.qsize() > (MOST_WAITING // 2 if stream == "history" or rumour else MOST_WAITING):
            self._dropped["history" if stream == "history" else "events"] += 1
            return
        self._do(lambda: self._spool.put(stream, payload, t_mono_ns, lane=lane, rumour=rumour))

    def tell_clock(self, clock: Timebase) -> None:
        """The hub's newest timebase."""
        self._link.clock = clock

    def tell_safe(self, stream: Stream, told: Callable[[int], None]) -> None:
        """Call `told`, from the outbox' thread, with `Spool.safe_seq` of what was put so far."""
        self._do(lambda: told(self._spool.safe_seq(stream)))

    def answer(self, command: Command, outcome: CommandOutcome, words: str) -> None:
        """What became of a command that was taken from `commands`."""
        self._do(lambda: self._answer(command, outcome, words))

    @property
    def key_taken(self) -> str | None:
        """The next public key of this node that C2 said it knows."""
        return self._link.key_taken

    @property
    def server_keys(self) -> tuple[str, str | None]:
        """The key of C2's that works, and the one that C2 says it will have."""
        return self._link.line.server_key, self._link.next_server_key

    def announce(self, next_key: str | None) -> None:
        """Tell C2 of the next public key, until it says that it knows it; None: there is none."""
        self._link.next_key = next_key

    def rekey(self, keys: KeyPair) -> None:
        """Speak with another pair from now on."""
        self._do(lambda: self._link.line.rekey(keys, time.monotonic_ns()))

    def remember(self, name: str, value: str) -> None:
        """Keep something small beyond this run."""
        self._do(lambda: self._spool.put_fact(name, value))

    def _answer(self, command: Command, outcome: CommandOutcome, words: str) -> None:
        self._obedience.note(command.id, outcome, words)
        self._link.receipt(command.id, outcome, words)

    def _obey(self, command: Command) -> None:
        """Hand a command on once, with the reason where it must not be done; one that has ended is answered at once."""
        ended = self._obedience.ended(command.id)
        if ended is not None:
            self._link.receipt(command.id, *ended)
        elif self._obedience.begin(command.id):
            self.commands.put((command, self._obedience.refusal(command, self._link.clock, time.monotonic_ns())))

    def _do(self, job: Job) -> None:
        self._jobs.put(job)
        os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wait()
                self._turn(time.monotonic_ns())
            self._turn(time.monotonic_ns())
        finally:
            self._spool.commit(time.monotonic_ns(), last=True)
            self._link.close(linger_ms=200)
            self._spool.close()

    def _wait(self) -> None:
        poller = zmq.Poller()
        poller.register(self._wake, zmq.POLLIN)
        for socket in self._link.line.pollables():
            poller.register(socket, zmq.POLLIN)
        now_ns = time.monotonic_ns()
        until_ns = now_ns + (IDLE_NS if self._link.idle and self._link.line.connected else TURN_NS)
        due_ns = self._spool.due_ns()
        poller.poll(max(0, min(until_ns, due_ns or until_ns) - now_ns) // 1_000_000 + 1)
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            return

    def _turn(self, now_ns: int) -> None:
        try:
            while True:
                self._jobs.get_nowait()()
        except Empty:
            pass
        self._spool.commit(now_ns)
        self._link.service(now_ns)
        if now_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns, self._seen = now_ns, self._look()

    def recalled(self, name: str) -> str | None:
        """What an earlier run remembered; to be asked before the thread has work."""
        return self._spool.fact(name)

    def incidents(self) -> list[str]:
        """What befell the spool since the last call."""
        said = self._spool.incidents[:]
        del self._spool.incidents[: len(said)]
        return said

    @property
    def alive(self) -> bool:
        """False when the thread has ended by an error: the process must then end too."""
        return self._thread.is_alive()

    @property
    def words(self) -> str:
        """How the plane and its spool stand, for the status."""
        return self._seen.words

    @property
    def problem(self) -> str:
        """What a person should mend; empty where nothing."""
        return self._seen.problem

    @property
    def trouble(self) -> str:
        """Why C2 takes nothing now; empty while it does."""
        return self._seen.trouble

    def counters(self) -> dict[str, int]:
        """Rows waiting, sent, acknowledged in messages, evicted; since the hub started."""
        return self._seen.counters | {f"spool_dropped_{stream}": self._dropped[stream] for stream in STREAMS}

    def _look(self) -> _Look:
        """How it stands, as one value that another thread may read."""
        waiting = {f"spool_{stream}": self._spool.backlog(stream) for stream in STREAMS}
        rows, line, evicted = sum(waiting.values()), self._link.line, self._spool.evicted()
        backlog = f"{rows} rows wait for C2" if rows and not line.connected else ""
        words = "; ".join(filter(None, (f"events: {self._link.words}", backlog, self._spool.words)))
        lost = {f"spool_evicted_{kind}": evicted[kind] for kind in EVICTED_FIRST}
        dialled = {"reliable_connections": line.connections, "reliable_refused": line.refused}
        counts = {f"reliable_{name}": self._link.counts[name] for name in ("rows_sent", "bytes_sent", "acks", "silences")}
        trouble = "" if line.connected and not self._link.complaint else self._link.words
        return _Look(words, self._spool.words, trouble, {"spool_rows": rows, **waiting, **lost, **dialled, **counts})

    def close(self) -> None:
        """Write what waits, let everything go; a disk that hangs is not waited for."""
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join(END_WITHIN_S)
        if self._thread.is_alive():
            log.warning("the spool's disk hangs: what was not written yet is lost")
            return
        os.close(self._wake)
