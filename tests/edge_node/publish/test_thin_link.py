"""A link so thin that what goes at once on a good one would not be through before C2's silence counts as its end."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import zmq

from edge_node.config import C2Table
from edge_node.publish.flight import FIRST_WINDOW, LEAST_WINDOW, MOST_BATCH_BYTES, MOST_WINDOW, Window
from edge_node.publish.reliable import ReliableLink
from edge_node.publish.spool import Spool
from tests.tools.c2.helpers import new_keys, serving, until
from tools.bench.black_hole import BlackHole

SERVER, NODE = new_keys(), new_keys()
BYTES_A_SECOND = 5_000.0


def test_a_backlog_gets_through(tmp_path: Path) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with serving(tmp_path / "c2", SERVER) as c2, closing(Spool(tmp_path / "spool.db", 1 << 24)) as spool:
        c2.enrolment.enrol("roof", NODE.public)
        with closing(BlackHole(int(c2.reliable_endpoint.rsplit(":", 1)[1]), bytes_a_second=BYTES_A_SECOND)) as hole:
            table = C2Table(reliable=f"tcp://127.0.0.1:{hole.port}", server_key=SERVER.public)
            with closing(ReliableLink(context, table, NODE, spool=spool, name="roof", obey=lambda _: None)) as link:
                for _ in range(280):
                    spool.put("history", bytes(120), time.monotonic_ns())

                def turn() -> None:
                    link.service(time.monotonic_ns())
                    list(c2.events(0.01))

                until(lambda: link.idle, turn, within_s=30)
                assert c2.totals["rows"] == 280
                assert link.counts["silences"] == 0
    context.term()


def test_a_batch_is_at_most_half_of_the_window() -> None:
    window = Window()
    assert window.batch == FIRST_WINDOW / 2
    for _ in range(20):
        window.shrink()
    assert window.batch == LEAST_WINDOW / 2
    for _ in range(100):
        window.answered(0)
    assert window.most == MOST_WINDOW
    assert window.batch == MOST_BATCH_BYTES
