"""A gateway beside C2 hears the same, and C2 hears all whether it is there or not."""

from __future__ import annotations

from pathlib import Path

import pytest
import zmq

from edge_node.config import C2Table, GatewayTable
from edge_node.publish.live_to_all import LiveToAll
from tests.tools.c2.helpers import new_keys, serving, turn, until
from tools.c2.enrolment import Enrolment
from tools.c2.news import Event
from tools.c2.station import Station

NODE, C2, GATEWAY = new_keys(), new_keys(), new_keys()


def tracks_of(events: list[Event]) -> list[Event]:
    return [event for event in events if event["kind"] == "tracks"]


def publisher(context: zmq.Context[zmq.Socket[bytes]], c2: Station, gateway: str) -> LiveToAll:
    table = C2Table(live=c2.endpoint, server_key=C2.public, rate_hz=10, confirmed_rate_hz=20, heartbeat_s=0.2, handshake_s=1)
    return LiveToAll(table, NODE, context, gateways=[GatewayTable(live=gateway, server_key=GATEWAY.public)])


def test_both_hear_all(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("c2", "gateway")]
    for folder in folders:
        folder.mkdir()
        Enrolment(folder).enrol("roof", NODE.public)
    heard: list[list[Event]] = [[], []]
    with serving(folders[0], C2) as c2, serving(folders[1], GATEWAY) as beside, zmq.Context() as context:
        node = publisher(context, c2, beside.endpoint)

        def step() -> None:
            heard[0].extend(turn(node, c2))
            heard[1].extend(beside.events(0.005))

        until(lambda: min(len(tracks_of(one)) for one in heard) >= 5, step)
        node.close()
    first, second = (tracks_of(one)[0] for one in heard)
    assert [track["number"] for track in first["tracks"]] == [track["number"] for track in second["tracks"]] == [1, 2]


@pytest.mark.parametrize("gateway", ["tcp://127.0.0.1:9", "tcp://no-such-host.invalid:5571"])
def test_c2_hears_all_while_the_gateway_is_away(tmp_path: Path, gateway: str) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    heard: list[Event] = []
    with serving(tmp_path, C2) as c2, zmq.Context() as context:
        node = publisher(context, c2, gateway)
        until(lambda: len(tracks_of(heard)) >= 10, lambda: heard.extend(turn(node, c2)))
        assert node.connected
        assert "connected" in node.link_words()
        assert c2.totals["missing"] == 0
        node.close()
