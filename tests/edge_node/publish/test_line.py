"""The line's patience: with a link as slow as a satellite's, and with one that swallowed what was under way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import zmq

from edge_node.config import C2Table
from edge_node.publish.live import LivePublisher
from tests.tools.c2.helpers import new_keys, serving, turn, until
from tools.bench.black_hole import BlackHole
from tools.c2.station import Station

SERVER, NODE = new_keys(), new_keys()


@contextmanager
def _through(tmp_path: Path, delay_s: float = 0.0) -> Iterator[tuple[Station, BlackHole, LivePublisher]]:
    """A node with a node.toml's defaults, and its C2 behind a hole."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with serving(tmp_path, SERVER) as c2:
        c2.enrolment.enrol("roof", NODE.public)
        with closing(BlackHole(int(c2.endpoint.rsplit(":", 1)[1]), delay_s)) as hole:
            node = LivePublisher(C2Table(live=f"tcp://127.0.0.1:{hole.port}", server_key=SERVER.public), NODE, context)
            with closing(node):
                yield c2, hole, node
    context.term()


def test_a_satellite_s_round_trip_leaves_time_for_a_handshake(tmp_path: Path) -> None:
    with _through(tmp_path, delay_s=0.6) as (c2, hole, node):
        until(lambda: c2.totals["tracks"], lambda: turn(node, c2))
        assert node.counters()["bad_handshakes"] == 0
        assert hole.dialled > 1, "others were begun meanwhile, and let go"
        before = hole.dialled
        until(lambda: c2.totals["tracks"] > 5, lambda: turn(node, c2))
        assert hole.dialled == before


def test_a_handshake_that_was_swallowed_is_not_waited_for(tmp_path: Path) -> None:
    with _through(tmp_path) as (c2, hole, node):
        until(lambda: c2.totals["tracks"], lambda: turn(node, c2))
        hole.swallow(True)
        dialled = hole.dialled
        until(lambda: hole.dialled >= dialled + 3, lambda: turn(node, c2))
        before, begun_s = c2.totals["tracks"], time.monotonic()
        hole.swallow(False)
        until(lambda: c2.totals["tracks"] > before, lambda: turn(node, c2))
        assert time.monotonic() - begun_s < C2Table().handshake_s / 2
