"""The reliable plane: every row of the spool to C2 at least once and in order, and C2's commands back, over one DEALER."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import zmq

from edge_node import __version__
from edge_node.config import C2Table
from edge_node.publish import reliable_schema as schema
from edge_node.publish.flight import MOST_BATCH_BYTES, Flight, Window
from edge_node.publish.keys import KeyPair
from edge_node.publish.line import Line
from edge_node.publish.readings import cut
from edge_node.publish.reliable_wire import MOST_WORDS, clock_said, message, read_down
from edge_node.publish.spool import STREAMS, Spool
from edge_node.publish.spool_file import Stream
from edge_node.publish.wire import WireError
from edge_node.timebase import Timebase

# Events go first; one batch in so many is history's even while there are events.
HISTORY_EVERY = 5
QUEUE_MESSAGES = 1000
MOST_HEARD_A_TURN = 200
SILENCE_NS = 5_000_000_000
HOLD_NS = 1_000_000_000
HELLO_NS = 10_000_000_000
NEXT_KEY_NS = 5_000_000_000
CLOCKS_APART_S = 1.0
"""From here on it is said: what two nodes see of one drone then no longer fits."""


class ReliableLink:
    """Driven by `service`; `clock` is the hub's newest, `ahead_s` by how much it is ahead of C2's.

    A command goes to `obey`, a key that C2 took to `key_taken`.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        table: C2Table,
        keys: KeyPair,
        *,
        spool: Spool,
        name: str,
        obey: Callable[[schema.Command], None],
    ) -> None:
        self.line = Line(context, zmq.DEALER, table.reliable, table=table, keys=keys, set_up=_set_up)
        self._spool, self._name, self._obey = spool, name, obey
        self.clock = Timebase(0, "unknown", None)
        self.next_key: str | None = None
        self.key_taken: str | None = None
        self.next_server_key: str | None = None
        self.counts: Counter[str] = Counter()
        self._window = Window()
        self._flights: dict[Stream, Flight] = {stream: Flight() for stream in STREAMS}
        self._connections = self._turns = self._renumbered = 0
        self._progress_ns = self._hold_until_ns = self._hello_ns = self._next_key_ns = 0
        self._began_ns: int | None = None
        self._asked_ns = 0
        self.ahead_s: float | None = None
        self.complaint = ""

    @property
    def words(self) -> str:
        """How the plane stands."""
        return self.complaint if self.complaint and self.line.connected else self.line.words + self._clocks()

    def _clocks(self) -> str:
        """By how much this node's clock and C2's differ, where that matters."""
        if self.ahead_s is None or not self.line.connected or abs(self.ahead_s) < CLOCKS_APART_S:
            return ""
        return f", this node's clock is {abs(self.ahead_s):.1f} s {'ahead of' if self.ahead_s > 0 else 'behind'} C2's"

    def service(self, now_ns: int) -> None:
        """Dial, hear, send what the window lets; never waits."""
        self.line.service(now_ns)
        if self._spool.renumbered != self._renumbered:  # what is under way goes by ids that are no more
            self._renumbered = self._spool.renumbered
            self._go_back()
        self._hear(now_ns)
        if not self.line.connected:
            return
        if self.line.connections != self._connections:
            self._begin(now_ns)
        if now_ns >= self._hello_ns:
            self._hello(now_ns)
        if self.next_key and self.next_key != self.key_taken and now_ns >= self._next_key_ns:
            self._next_key_ns = now_ns + NEXT_KEY_NS
            self._send(message(schema.NextKey, key=self.next_key))
        if now_ns >= self._hold_until_ns:
            self._fill(now_ns)
        self._mind_silence(now_ns)

    def _begin(self, now_ns: int) -> None:
        """A new session: whatever was under way may be lost."""
        self._connections = self.line.connections
        self._progress_ns, self._hello_ns, self._hold_until_ns, self.complaint = now_ns, 0, 0, ""
        self._began_ns = now_ns
        self._go_back()

    def _greeted(self, now_ns: int) -> None:
        if self._began_ns is not None:
            self._window.greeted(now_ns - self._began_ns)
            self._began_ns = None

    def _compare(self, said: schema.Welcome, now_ns: int) -> None:
        """C2 wrote its time down about half way between hello and welcome."""
        if said.t_utc_ms is not None and self._asked_ns and self.clock.offset_ns:
            middle_ns = (self._asked_ns + now_ns) // 2
            self.ahead_s = self.clock.utc_ns(middle_ns) / 1e9 - said.t_utc_ms / 1e3

    def _hello(self, now_ns: int) -> None:
        self._hello_ns, self._asked_ns = now_ns + HELLO_NS, now_ns
        self._send(message(schema.Hello, name=self._name, version=__version__, **clock_said(self.clock, now_ns)))

    def _send(self, payload: bytes) -> bool:
        try:
            if self.line.socket is not None:
                self.line.socket.send(payload, zmq.NOBLOCK)
                return True
        except zmq.Again:
            self.counts["queue_full"] += 1
        return False

    def _fill(self, now_ns: int) -> None:
        if not self._under_way():
            self._progress_ns = now_ns
        while self._under_way() < self._window.most:
            self._turns += 1
            first, second = STREAMS if self._turns % HISTORY_EVERY else reversed(STREAMS)
            if not (self._send_batch(first, now_ns) or self._send_batch(second, now_ns)):
                return

    def _under_way(self) -> int:
        return sum(flight.bytes for flight in self._flights.values())

    def _send_batch(self, stream: Stream, now_ns: int) -> bool:
        flight = self._flights[stream]
        if not self._spool.backlog(stream):
            return False
        batch = flight.take(self._spool.rows(stream, flight.last_id, flight.wanted), now_ns, self._window.batch)
        if batch is None:
            return False
        said = message(
            schema.Rows,
            epoch=batch.epoch,
            stream=stream,
            after=batch.after,
            now_mono_ms=now_ns // 1_000_000 if self._spool.is_of_this_boot(batch.epoch) else None,
            rows=[(row[2], row[3], row[5]) for row in batch.rows],
            **clock_said(self.clock, now_ns),
        )
        self.counts["rows_sent"] += len(batch.rows)
        self.counts["bytes_sent"] += len(said)
        if self._send(said):
            return True
        self._go_back()
        return False

    def _hear(self, now_ns: int) -> None:
        for _ in range(MOST_HEARD_A_TURN):
            if self.line.socket is None or not self.line.socket.poll(0):
                return
            try:
                said = read_down(self.line.socket.recv())
            except WireError as error:
                self.complaint = f"C2 says what cannot be read: {error}"
                self.counts["malformed"] += 1
                continue
            self._take(said, now_ns)

    def _take(self, said: schema.Head | None, now_ns: int) -> None:
        match said:
            case schema.Ack():
                self.complaint = ""
                self._acked(said, now_ns)
            case schema.Welcome():
                self.complaint = ""
                self._greeted(now_ns)
                self._compare(said, now_ns)
                if said.next_server_key:
                    self.next_server_key = said.next_server_key
                    self.line.learn_server_key(said.next_server_key)
            case schema.Denied():
                self._hold(now_ns, f"C2 lets this node in no longer: {said.words}; its key is {self.line.public_key}", SILENCE_NS)
            case schema.Busy():
                self._hold(now_ns, f"C2 cannot store: {said.words}; the node keeps all and tries again", HOLD_NS)
            case schema.Command():
                self._obey(said)
            case schema.KeyTaken():
                self.key_taken = said.key

    def _hold(self, now_ns: int, words: str, wait_ns: int) -> None:
        self.complaint, self._hold_until_ns, self._hello_ns = words, now_ns + wait_ns, now_ns + wait_ns
        self._go_back()

    def _acked(self, ack: schema.Ack, now_ns: int) -> None:
        for stream, flight in self._flights.items():
            done = flight.acked(ack.epoch, ack.seq)
            # What is no news may answer what was sent twice: going back at it would send all twice for ever on a slow link.
            if done is not None:
                self.counts["acks"] += 1
                self._spool.done(stream, done[0])
                self._window.answered(now_ns - done[1])
                self._progress_ns = now_ns

    def _go_back(self) -> None:
        for flight in self._flights.values():
            flight.go_back()

    def _mind_silence(self, now_ns: int) -> None:
        """C2 takes none of what is under way, whatever else it says: the session is dead, whatever TCP thinks of it."""
        if self._under_way() and now_ns - self._progress_ns > SILENCE_NS:
            self.counts["silences"] += 1
            self._window.shrink()
            self.line.redial(now_ns, "C2 acknowledges nothing; dialling anew")

    def receipt(self, command_id: str, outcome: str, words: str) -> None:
        """Tell C2 at once what became of a command; the event says it durably."""
        self._send(message(schema.Receipt, id=command_id, outcome=outcome, words=cut(words, MOST_WORDS)))

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return not self._under_way() and not any(map(self._spool.backlog, STREAMS))

    def close(self, linger_ms: int = 0) -> None:
        """Let go; what is queued may still leave for so long."""
        self.line.close(linger_ms)


def _set_up(socket: zmq.Socket[bytes]) -> None:
    socket.immediate = True  # nothing is queued for a C2 that is not there
    socket.sndhwm = socket.rcvhwm = QUEUE_MESSAGES
    socket.maxmsgsize = MOST_BATCH_BYTES
