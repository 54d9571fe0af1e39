"""A node's live plane and outbox in this process, and how soon both are well again when the link is back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import zmq
from msgspec import Struct
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.messages import Track
from edge_node.publish.keys import KeyPair
from edge_node.publish.live import LivePublisher
from edge_node.publish.outbox import Outbox
from edge_node.timebase import Timebase
from tools.bench.served import Heard, Served
from tools.bench.wire import full

TRACKS = 2
WITHIN_S = 120.0


class Return(Struct, frozen=True):
    """The link is back: seconds until a batch of tracks had come and until all rows had, rows a second, and live latencies in ms."""

    live_s: float
    drained_s: float
    rows_a_second: float
    latencies_ms: list[float]


class TwoPlanes:
    """Both planes of one node as the hub drives them, with tracks that are always confirmed and heard."""

    def __init__(self, table: C2Table, keys: KeyPair, context: zmq.Context[zmq.Socket[bytes]], *, state_dir: Path, name: str) -> None:
        self._period_ns = round(1e9 / table.confirmed_rate_hz)
        self._live = LivePublisher(table, keys, context)
        self._outbox = Outbox(table, keys, context, state_dir=state_dir, name=name)
        self._begun_s = time.monotonic()

    @property
    def for_s(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._begun_s

    def run(self, until: Callable[[], bool]) -> None:
        """Turn after turn until it holds; raises TimeoutError when it never does."""
        end_s, next_ns = self.for_s + WITHIN_S, 0
        while not until():
            if self.for_s > end_s:
                raise TimeoutError(f"not within {WITHIN_S:g} s; {self._live.link_words()}; {self._outbox.words}")
            now_ns = time.monotonic_ns()
            self._live.service(now_ns)
            if now_ns >= next_ns:
                next_ns = now_ns + self._period_ns
                clock = Timebase(time.time_ns() - now_ns, "system", 0.01)
                self._outbox.tell_clock(clock)
                self._live.publish_tracks([at(full(number), now_ns) for number in range(1, TRACKS + 1)], clock, now_ns)
            _wait(self._live.pollables(), next_ns)

    def returned(self, c2: Served, since_utc_s: float) -> Return:
        """Go on until all is drained."""
        batches: list[Heard] = []
        rows = self._outbox.counters()["spool_rows"]

        def calm() -> bool:
            batches.extend(one for one in c2.heard() if one.received_utc_ms >= since_utc_s * 1000)
            return bool(batches) and not self._outbox.counters()["spool_rows"]

        self.run(calm)
        drained_s = time.time() - since_utc_s
        late_ms = [float(one.received_utc_ms - one.said_utc_ms) for one in batches]
        return Return(batches[0].received_utc_ms / 1000 - since_utc_s, drained_s, rows / drained_s, late_ms)

    def close(self) -> None:
        """Let both planes go."""
        self._outbox.close()
        self._live.close()


def _wait(sockets: Sequence[zmq.Socket[bytes]], until_ns: int) -> None:
    poller = zmq.Poller()
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
    poller.poll(max(0, until_ns - time.monotonic_ns()) // 1_000_000 + 1)


def at(track: Track, now_ns: int) -> Track:
    return replace(track, t_mono_ns=now_ns, last_seen_mono_ns=now_ns)
