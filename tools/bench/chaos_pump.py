"""A node's reliable plane by itself: the hub's outbox fed with numbered events and history, and a log of which are safe."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from threading import Event

import msgspec
import zmq
from msgspec import Struct

from edge_node.config import C2Table
from edge_node.node.stop import StopFlag
from edge_node.publish import wire
from edge_node.publish.keys import load_or_make
from edge_node.publish.noted import Noted
from edge_node.publish.outbox import Outbox
from edge_node.publish.reliable_wire import encode_event
from edge_node.timebase import Timebase
from tools.bench.wire import full

NAME = "pump"
RUN = 10_000_000
"""Numbers are RUN times the run plus that of the event, so that no two runs share one."""
HISTORY_EVERY = 20
TURN_S = 0.01
MOST_A_TURN = 200
LOG_EVERY_S = 0.1


class Told(Struct):
    """One line of the log: up to which of this run's numbers all is safe, how many were offered, and the outbox' counters."""

    run: int
    safe: int
    offered: int
    counters: dict[str, int]


class Order(Struct):
    """What one run is to do, as JSON in its only argument."""

    state_dir: str
    log: str
    reliable: str
    server_key: str
    run: int
    rate_hz: float


class Pump:
    """Feeds at a rate; a number is offered once."""

    def __init__(self, order: Order, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._order, state_dir = order, Path(order.state_dir)
        table = C2Table(reliable=order.reliable, server_key=order.server_key)
        self.outbox = Outbox(table, load_or_make(state_dir), context, state_dir=state_dir, name=NAME)
        self._offered = 0
        self._log_s, self._pause = 0.0, Event()

    def run(self, stop: StopFlag) -> None:
        """Until `stop` is set; raises RuntimeError when the outbox died, as the hub does."""
        begun_s = time.monotonic()
        while not stop.set:
            self._pause.wait(TURN_S)
            now_ns = time.monotonic_ns()
            due = int((now_ns / 1e9 - begun_s) * self._order.rate_hz) - self._offered
            begun_s += max(due - MOST_A_TURN, 0) / self._order.rate_hz
            self._turn(min(due, MOST_A_TURN), now_ns)
            if not self.outbox.alive:
                raise RuntimeError("the outbox has ended by an error")

    def _turn(self, due: int, now_ns: int) -> None:
        clock = Timebase(time.time_ns() - now_ns, "system", 0.1)
        self.outbox.tell_clock(clock)
        for _ in range(due):
            self._offer(clock, now_ns)
        if now_ns / 1e9 - self._log_s >= LOG_EVERY_S:
            self._log_s = now_ns / 1e9
            self.outbox.tell_safe("events", partial(self._note, self._offered))

    def _offer(self, clock: Timebase, now_ns: int) -> None:
        self._offered += 1
        number = self._order.run * RUN + self._offered
        self.outbox.put("events", encode_event(Noted(event="audit", words=str(number)), clock, 0, now_ns), now_ns)
        if not self._offered % HISTORY_EVERY:
            lane = self._offered // HISTORY_EVERY % 10
            self.outbox.put("history", wire.encode_tracks([full(lane)], clock, 0, 0, now_ns), now_ns, lane=lane)

    def _note(self, offered: int, safe: int) -> None:
        told = Told(self._order.run, safe, offered, self.outbox.counters())
        with Path(self._order.log).open("ab") as log:
            log.write(msgspec.json.encode(told) + b"\n")


def read_log(path: Path) -> dict[int, Told]:
    """The last whole line of each run."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    told = (msgspec.json.decode(line, type=Told) for line in lines)
    return {one.run: one for one in told}


def main() -> None:
    """Run one order."""
    stop = StopFlag()
    with zmq.Context() as context:
        pump = Pump(msgspec.json.decode(sys.argv[1], type=Order), context)
        try:
            pump.run(stop)
        finally:
            pump.outbox.close()


if __name__ == "__main__":
    main()
