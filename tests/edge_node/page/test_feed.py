"""What open pages are told, and that nothing is looked at without them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EMFILE
from pathlib import Path
from typing import Any

import pytest

from edge_node.node.view import address
from edge_node.page import feed
from edge_node.page.views import Views
from tests.edge_node.page.served import Visitor, fill, served
from tests.running import wait_for


@contextmanager
def listening(visitor: Visitor, look: str = "") -> Iterator[Iterator[tuple[str, Any]]]:
    """The events of the stream, name and value."""
    connection = visitor.connect()
    connection.request("GET", f"/events?look={look}")
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()

    def events() -> Iterator[tuple[str, Any]]:
        name = ""
        for line in answer:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                yield name, json.loads(line[6:])

    try:
        yield events()
    finally:
        answer.close()
        connection.close()


def send(folder: Path, sensor: str, message: bytes) -> None:
    """As a sensor's process does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sensor_end:
        sensor_end.sendto(message, str(address(folder, sensor)))


def test_an_open_page_hears_at_once_and_then_every_second(tmp_path: Path) -> None:
    fill(tmp_path)
    with served(tmp_path) as visitor, listening(visitor) as events:
        assert next(events)[1]["told"]["verdict"] == "green"
        assert next(events) == ("log", [])
        (tmp_path / "status.json").unlink()
        assert next(one for name, one in events if name == "now" and one["told"]["verdict"] == "red")


def test_a_sensor_is_looked_at_while_a_page_wants_it_and_no_longer(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        with listening(visitor, "mic,nobody") as events:
            next(events)
            assert address(tmp_path, "mic").exists()
            assert not address(tmp_path, "nobody").exists()
            send(tmp_path, "mic", b'{"kind":"column","levels":"AAEC"}')
            send(tmp_path, "mic", b"no JSON")
            assert next(one for name, one in events if name == "view") == {"mic": [{"kind": "column", "levels": "AAEC"}]}
        wait_for(lambda: not address(tmp_path, "mic").exists(), 10, "nobody looks any more")


def test_no_more_pages_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_node.page.feed.MOST_CLIENTS", 1)
    with served(tmp_path) as visitor, listening(visitor) as events:
        next(events)
        assert visitor.ask("/events")[0].status == 503


def test_whoever_takes_nothing_is_let_go() -> None:
    client = feed.Client(frozenset())
    for _ in range(feed.WAITING + 1):
        client.put(b"message")
    assert client.behind


def test_two_who_look_at_one_sensor_share_it(tmp_path: Path) -> None:
    views = Views(tmp_path)
    views.look(["mic"])
    views.look(["mic", "cam"])
    views.leave(["mic", "cam"])
    assert address(tmp_path, "mic").exists()
    assert not address(tmp_path, "cam").exists()
    send(tmp_path, "mic", b'{"a":1}')
    assert {name: list(map(bytes, found)) for name, found in views.fresh().items()} == {"mic": [b'{"a":1}']}
    views.close()
    assert not address(tmp_path, "mic").exists()


def test_a_run_folder_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    views = Views(tmp_path / "gone")
    views.look(["mic"])
    assert views.fresh() == {}
    views.leave(["mic"])


def test_without_a_descriptor_nothing_is_seen_until_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: int) -> socket.socket:
        raise OSError(EMFILE, "Too many open files")

    views = Views(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("edge_node.page.views.socket.socket", none_left)
        views.look(["mic"])
    assert not address(tmp_path, "mic").exists()
    views.look(["mic"])
    assert address(tmp_path, "mic").exists()
    views.close()
