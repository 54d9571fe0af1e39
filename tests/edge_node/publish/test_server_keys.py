from __future__ import annotations

from pathlib import Path

import zmq

from edge_node.config import C2Table
from edge_node.publish.key_rotation import begin_rotation, finish_rotation
from edge_node.publish.keys import load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.server_keys import ServerKeys
from tests.tools.c2.helpers import new_keys, serving, turn, until
from tools.c2.enrolment import Enrolment

NODE = new_keys()


def test_one_key_is_kept_whatever_fails() -> None:
    keys = ServerKeys("one", None)
    for _ in range(3):
        keys.failed(keys.current())
        assert keys.current() == "one"
    keys.succeeded(keys.current())
    assert keys.words == ""
    assert ServerKeys(None, None).current() == ""


def test_two_keys_take_turns_until_one_works() -> None:
    keys = ServerKeys("one", "two")
    assert keys.current() == "one"
    keys.succeeded(keys.current())
    assert keys.words == ""
    keys.failed(keys.current())
    assert keys.current() == "two"
    keys.succeeded(keys.current())
    assert "let server_key in [c2] be what next_server_key is" in keys.words
    assert keys.current() == "two"
    keys.failed(keys.current())
    assert keys.current() == "one"


def test_a_node_that_knows_both_keys_goes_on_across_the_switch_of_c2(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    now, coming = load_or_make(tmp_path), begin_rotation(tmp_path)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with serving(tmp_path, now) as c2:
        endpoint = c2.endpoint
        times = {"rate_hz": 10, "confirmed_rate_hz": 20, "heartbeat_s": 0.2, "handshake_s": 1}
        table = C2Table(live=endpoint, server_key=now.public, next_server_key=coming.public, **times)
        node = LivePublisher(table, NODE, context)
        until(lambda: c2.totals["tracks"] >= 3, lambda: turn(node, c2))
        assert node.link_words() == f"connected to C2 at {endpoint}"
    with serving(tmp_path, finish_rotation(tmp_path), endpoint) as c2:
        until(lambda: c2.totals["tracks"] >= 3, lambda: turn(node, c2))
        assert "C2 has switched" in node.link_words()
        node.close()
    context.term()


def test_a_node_whose_c2_switches_back_follows(tmp_path: Path) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    one, other = new_keys(), new_keys()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with serving(tmp_path, other) as c2:
        endpoint = c2.endpoint
        table = C2Table(live=endpoint, server_key=one.public, next_server_key=other.public, heartbeat_s=0.2, handshake_s=1)
        node = LivePublisher(table, NODE, context)
        until(lambda: node.connected, lambda: turn(node, c2))
    with serving(tmp_path, one, endpoint) as c2:
        until(lambda: not node.connected, lambda: turn(node, c2))
        until(lambda: node.connected, lambda: turn(node, c2))
        assert node.link_words() == f"connected to C2 at {endpoint}"
        node.close()
    context.term()
