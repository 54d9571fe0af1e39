"""Three days without C2, compressed in time: how large the spool grows, what it lets go, and how soon all is well again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import zmq
from msgspec import Struct

from edge_node.config import C2Table
from edge_node.messages import Track
from edge_node.publish import wire
from edge_node.publish.keys import load_or_make
from edge_node.publish.noted import Noted, NotedKind, Spot
from edge_node.publish.outbox import FILE
from edge_node.publish.reliable_wire import encode_event
from edge_node.publish.spool import Spool
from tools.bench.black_hole import BlackHole
from tools.bench.chaos_check import Held, lost
from tools.bench.figure import Figure
from tools.bench.served import free_ports, served
from tools.bench.two_planes import TRACKS, Return, TwoPlanes, at
from tools.bench.wire import CLOCK, full
from tools.c2.enrolment import Enrolment

HOURS, FLIGHT_S = 72.0, 600
SMALL_MB = 8
DARK_S, REFUSED_S = 6.0, 3.0
LIVE_HZ = 10.0
NAME = "mast"
LIFE: tuple[NotedKind, ...] = ("new", "confirmed", "identified", "suspected")


class Filled(Struct, frozen=True):
    """What an outage left: rows put of history and events, the most that lay on the disk, what was evicted of each class."""

    history: int
    events: int
    most_mb: float
    evicted: int


class Outage:
    """A node's state, a C2 that knows it, and the two ways between them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.c2_dir, self.state_dir = folder, folder / "c2", folder / NAME
        self.server, self.keys = load_or_make(self.c2_dir), load_or_make(self.state_dir)
        Enrolment(self.c2_dir).enrol(NAME, self.keys.public)

    def fill(self, hours: float, spool_mb: int = C2Table().spool_mb) -> Filled:
        """Live through an outage: TRACKS tracks kept once a second, and what happens to them."""
        (self.state_dir / FILE).parent.mkdir(exist_ok=True)
        spool = Spool(self.state_dir / FILE, spool_mb << 20)
        history = events = most = 0
        for second in range(round(hours * 3600)):
            now_ns = 1_000_000_000 * (second + 1)
            for number in range(1, TRACKS + 1):
                track = at(full(number), now_ns)
                spool.put("history", wire.encode_tracks([track], CLOCK, 2**31, 0, now_ns), now_ns, lane=number)
                history += 1
                for noted in _happens(track, second + number * FLIGHT_S // TRACKS):
                    spool.put("events", encode_event(noted, CLOCK, 0, now_ns), now_ns)
                    events += 1
            spool.commit(now_ns)
            most = max(most, self._spool_bytes()) if not second % 600 else most
        spool.commit(now_ns, last=True)
        most = max(most, self._spool_bytes())
        spool.close()
        return Filled(history, events, most / 1e6, spool.evicted().total())

    def _spool_bytes(self) -> int:
        return sum(file.stat().st_size for file in (self.state_dir / FILE).parent.iterdir())

    def held(self) -> Held:
        """What C2 holds of the node."""
        return Held(self.c2_dir, NAME)

    def lost(self) -> int:
        """Rows that lay on the node's disk and are neither at C2 nor counted there as evicted."""
        return lost(self.held(), self.state_dir)

    def refused_until_now(self) -> Return:
        """C2's ports refuse every dial for a while, then it is started."""
        live, reliable = (f"tcp://127.0.0.1:{port}" for port in free_ports(2))
        with self._node(live, reliable) as node:
            node.run(lambda: node.for_s >= REFUSED_S)
            with served(self.c2_dir, self.server, live, reliable) as c2:
                return node.returned(c2, c2.ready_utc_s)

    def black_hole(self) -> Return:
        """A connected node's links swallow everything, also what dials anew, for a while."""
        with served(self.c2_dir, self.server) as c2, ExitStack() as open_:
            holes = [BlackHole(int(address.rsplit(":", 1)[1])) for address in (c2.live, c2.reliable)]
            for hole in holes:
                open_.callback(hole.close)
            node = open_.enter_context(self._node(*(f"tcp://127.0.0.1:{hole.port}" for hole in holes)))
            node.run(lambda: bool(c2.heard()))
            for hole in holes:
                hole.swallow(True)
            begun_s = node.for_s
            node.run(lambda: node.for_s - begun_s >= DARK_S)
            for hole in holes:
                hole.swallow(False)
            return node.returned(c2, time.time())

    @contextmanager
    def _node(self, live: str, reliable: str) -> Iterator[TwoPlanes]:
        table = C2Table(live=live, reliable=reliable, server_key=self.server.public, confirmed_rate_hz=LIVE_HZ)
        with zmq.Context() as context:
            node = TwoPlanes(table, self.keys, context, state_dir=self.state_dir, name=NAME)
            try:
                yield node
            finally:
                node.close()


def _happens(track: Track, second: int) -> Iterator[Noted]:
    """Each flight begins with all that is told of a new aircraft and ends with the way it went."""
    flown_s = second % FLIGHT_S
    if flown_s < len(LIFE):
        yield Noted(event=LIFE[flown_s], track=track)
    elif flown_s == FLIGHT_S - 1:
        yield Noted(event="lost", track=track, trail=tuple(_way(track)))


def _way(track: Track) -> Iterator[Spot]:
    for spot in range(64):
        yield Spot(track.t_mono_ns - (64 - spot) * 9_000_000_000, 50.85 + spot / 1e4, 4.35 - spot / 1e4, 120.0 + spot)


def figures() -> Iterator[Figure]:
    """The three days, the link's return in two ways, and three days in a spool that is too small for them."""
    with TemporaryDirectory(prefix="edge-node-") as name:
        yield from _three_days(Outage(Path(name)))
    with TemporaryDirectory(prefix="edge-node-") as name:
        yield from _too_small(Outage(Path(name)))


def _three_days(outage: Outage) -> Iterator[Figure]:
    filled = outage.fill(HOURS)
    rows = filled.history + filled.events
    yield Figure("outage.rows", rows, "rows", against=f"of them {filled.events} events")
    yield Figure("outage.spool_mb", filled.most_mb, "MB")
    yield Figure("outage.evicted", filled.evicted, "rows")
    back = outage.refused_until_now()
    yield Figure("outage.live_after_refusal_s", back.live_s, "s")
    yield Figure("outage.drained_rows", back.rows_a_second, "rows/s")
    yield Figure("outage.live_p99_ms", quantiles(back.latencies_ms, n=100)[98], "ms", 1000 / LIVE_HZ, "one period of the live plane")
    yield Figure("outage.live_after_black_hole_s", outage.black_hole().live_s, "s")
    held = outage.held()
    yield Figure("outage.lost", outage.lost() + rows - held.rows, "rows")
    yield Figure("outage.disordered", held.disordered, "rows")


def _too_small(outage: Outage) -> Iterator[Figure]:
    filled = outage.fill(HOURS, SMALL_MB)
    outage.refused_until_now()
    held = outage.held()
    kept = held.kept_by_track()
    left = sum(map(len, kept.values()))
    mean_s = HOURS * 3600 * TRACKS / left
    yield Figure("outage.small_spool_mb", filled.most_mb, "MB", SMALL_MB * 1.048576, "[c2] spool_mb, without the WAL")
    yield Figure("outage.thinned_to", left, "rows", filled.history, "put")
    yield Figure("outage.thinned_unevenly", max(map(len, kept.values())), "rows", min(map(len, kept.values())), "of the other track")
    yield Figure("outage.widest_gap_s", max(map(_widest_s, kept.values())), "s", mean_s, "mean")
    yield Figure("outage.events_evicted", filled.events - len(held.events), "events")
    yield Figure("outage.miscounted", sum(held.evicted.values()) - filled.evicted, "rows")
    yield Figure("outage.small_disordered", held.disordered, "rows")


def _widest_s(t_mono_s: Sequence[float]) -> float:
    return max(later - earlier for earlier, later in pairwise(t_mono_s))
