"""Five enrolled nodes at work while strangers flood C2: are both planes as fast, and is nothing missing?"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import zmq
from msgspec import Struct

from edge_node.config import C2Table
from edge_node.publish.keys import load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.noted import Noted
from edge_node.publish.reliable import ReliableLink
from edge_node.publish.reliable_wire import encode_event
from edge_node.publish.spool import Spool
from edge_node.publish.spool_file import Stream
from edge_node.timebase import Timebase
from tools.bench.c2_flood import SILENT, flooding
from tools.bench.figure import Figure
from tools.bench.served import Heard, Served, served
from tools.bench.two_planes import at
from tools.bench.wire import full
from tools.c2.enrolment import Enrolment

NODES, HZ, WITHIN_S = 5, 20.0, 30.0
MEMORY = Path("/dev/shm")  # noqa: S108  (a disk that others keep busy is not what is measured)
ROUNDS, SECONDS, SETTLE_S, BETWEEN_S = 10, 2.0, 3.0, 0.5


class TimedSpool(Spool):
    """Notes how long each row waited for C2's acknowledgement."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        super().__init__(path, most_bytes)
        self._put_ns: deque[int] = deque()
        self.acked_ms: list[float] = []
        self._acked = 0

    def put(self, stream: Stream, payload: bytes, t_mono_ns: int, *, lane: int = 0, rumour: bool = False) -> None:
        """As ever."""
        self._put_ns.append(time.monotonic_ns())
        super().put(stream, payload, t_mono_ns, lane=lane, rumour=rumour)

    def done(self, stream: Stream, up_to_id: int) -> None:
        """As ever; in a new file ids count from 1."""
        super().done(stream, up_to_id)
        now_ns = time.monotonic_ns()
        while self._acked < up_to_id:
            self._acked += 1
            self.acked_ms.append((now_ns - self._put_ns.popleft()) / 1e6)


class FloodedNode:
    """Both planes of one node; each beat says one track and puts one event."""

    def __init__(self, number: int, table: C2Table, folder: Path, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.name = name = f"node-{number}"
        keys = load_or_make(folder / name)
        Enrolment(folder / "c2").enrol(name, keys.public)
        self.spool = TimedSpool(folder / name / "spool.db", 1 << 26)
        self.live = LivePublisher(table, keys, context)
        self._said_ns: list[int] = []
        self.link = ReliableLink(context, table, keys, spool=self.spool, name=name, obey=lambda _: None)

    def beat(self, now_ns: int) -> None:
        """Tell what there is."""
        clock = Timebase(time.time_ns() - now_ns, "system", 0.01)
        self.link.clock = clock
        said_ns = time.monotonic_ns()
        if self.live.publish_tracks([at(full(1), said_ns)], clock, said_ns):
            self._said_ns.append(said_ns)
        self.spool.put("events", encode_event(Noted(event="audit", words="still here"), clock, 0, now_ns), now_ns)

    def late_ms(self, heard: Heard) -> float:
        """How old a batch of this node was when C2 had it; its number is how many were said before."""
        return (heard.received_mono_ns - self._said_ns[heard.seq]) / 1e6

    def service(self, now_ns: int) -> None:
        """One turn of both planes."""
        self.live.service(now_ns)
        self.spool.commit(now_ns)
        self.link.service(now_ns)

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """What to wait on."""
        return [*self.live.pollables(), *self.link.line.pollables()]

    def close(self) -> None:
        """Let all go."""
        self.link.close()
        self.live.close()
        self.spool.close()


class Phase(Struct, frozen=True):
    """One measurement: live latencies and acknowledgements in ms."""

    live_ms: list[float]
    acked_ms: list[float]

    def add(self, other: Phase) -> None:
        """More of the same."""
        self.live_ms.extend(other.live_ms)
        self.acked_ms.extend(other.acked_ms)


class Outcome(Struct, frozen=True):
    """Without and with the flood, what strangers did, how long one more node had to dial, and what C2 missed of the live plane."""

    calm: Phase
    amid: Phase
    strangers: list[int]
    seconds: float
    dial_s: float
    missing: int


def figures() -> Iterator[Figure]:
    """Latencies and rates beside those without the flood."""
    outcome = run(ROUNDS)
    silent, handshakes, garbage = outcome.strangers
    yield Figure("flood_c2.handshakes", handshakes / outcome.seconds, "keys/s", against="that nobody enrolled")
    yield Figure("flood_c2.garbage", garbage / outcome.seconds, "connections/s")
    yield Figure("flood_c2.silent", silent, "connections", against=f"{SILENT} at once")
    for plane in ("live", "acked"):
        calm, during = (getattr(phase, f"{plane}_ms") for phase in (outcome.calm, outcome.amid))
        yield Figure(f"flood_c2.{plane}_p50_ms", median(during), "ms", median(calm), "without")
        yield Figure(f"flood_c2.{plane}_p99_ms", _p99(during), "ms", _p99(calm), "without")
        yield Figure(f"flood_c2.{plane}_rate", len(during) / outcome.seconds, "a second", len(calm) / outcome.seconds, "without")
    yield Figure("flood_c2.dial_s", outcome.dial_s, "s", against="one more node, until both planes are connected")
    yield Figure("flood_c2.missing", outcome.missing, "batches")


def _p99(latencies_ms: list[float]) -> float:
    return quantiles(latencies_ms, n=100)[98]


def run(rounds: int, seconds: float = SECONDS) -> Outcome:
    """Rounds of so many seconds of calm and as many of flood, so that whatever else the machine does falls on both alike."""
    with TemporaryDirectory(prefix="edge-node-", dir=MEMORY if MEMORY.is_dir() else None) as name, ExitStack() as open_:
        folder = Path(name)
        server = load_or_make(folder / "c2")
        c2 = open_.enter_context(served(folder / "c2", server))
        context = open_.enter_context(zmq.Context())
        table = C2Table(live=c2.live, reliable=c2.reliable, server_key=server.public, rate_hz=10.0, confirmed_rate_hz=HZ)
        nodes = [open_.enter_context(closing(FloodedNode(number, table, folder, context))) for number in range(NODES)]
        _connect(nodes, c2)
        ports = [int(address.rsplit(":", 1)[1]) for address in (c2.live, c2.reliable)]
        calm, amid = Phase([], []), Phase([], [])
        with flooding(ports, server.public) as flood:
            _phase(nodes, c2, SETTLE_S)
            for _ in range(rounds):
                for still, phase in ((True, calm), (False, amid)):
                    flood.hold(still)
                    _phase(nodes, c2, BETWEEN_S)
                    phase.add(_phase(nodes, c2, seconds))
            begun_s = time.monotonic()
            nodes.append(open_.enter_context(closing(FloodedNode(NODES, table, folder, context))))
            _connect(nodes, c2)
            dial_s, strangers = time.monotonic() - begun_s, flood.counts
        return Outcome(calm, amid, strangers, rounds * seconds, dial_s, c2.end().get("missing", 0))


def _connect(nodes: list[FloodedNode], c2: Served) -> None:
    until_s = time.monotonic() + WITHIN_S
    while not all(node.live.connected and node.link.line.connected for node in nodes):
        if time.monotonic() > until_s:
            raise TimeoutError(f"not all nodes connect within {WITHIN_S:g} s: {[node.live.link_words() for node in nodes]}")
        _phase(nodes, c2, 0.2)


def _phase(nodes: list[FloodedNode], c2: Served, seconds: float) -> Phase:
    heard: list[Heard] = []
    for node in nodes:
        node.spool.acked_ms.clear()
    begun_ns = next_ns = time.monotonic_ns()
    while (now_ns := time.monotonic_ns()) < begun_ns + seconds * 1e9:
        if now_ns >= next_ns:
            next_ns += round(1e9 / HZ)
            for node in nodes:
                node.beat(now_ns)
        for node in nodes:
            node.service(time.monotonic_ns())
        heard += c2.heard()
        poller = zmq.Poller()
        for socket in (socket for node in nodes for socket in node.pollables()):
            poller.register(socket, zmq.POLLIN)
        poller.poll(max(0, next_ns - time.monotonic_ns()) // 1_000_000 + 1)
    by_name = {node.name: node for node in nodes}
    live_ms = [by_name[one.node].late_ms(one) for one in heard]
    return Phase(live_ms, [late_ms for node in nodes for late_ms in node.spool.acked_ms])
