"""systemd's notify protocol, both ends, over a real datagram socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_node.notify import Listener, Notifier


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path / "notify")
    yield listener
    listener.close()


def test_what_is_said_is_heard_in_order(listener: Listener) -> None:
    notifier = Notifier(str(listener.path))
    assert notifier.say(ready=1, status="two\nlines")
    assert notifier.say(watchdog=1)
    assert listener.heard() == [{"READY": "1", "STATUS": "two lines"}, {"WATCHDOG": "1"}]
    assert listener.heard() == []
    notifier.close()


def test_a_long_sentence_is_cut_and_not_refused(listener: Listener) -> None:
    notifier = Notifier(str(listener.path))
    assert notifier.say(status="é" * 10_000)
    (said,) = listener.heard()
    assert said["STATUS"].startswith("éé")
    notifier.close()


def test_a_listener_that_does_not_listen_stops_nobody(listener: Listener) -> None:
    notifier = Notifier(str(listener.path))
    assert not all(notifier.say(watchdog=1) for _ in range(100_000))
    notifier.close()


def test_where_nobody_asked_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notifier = Notifier()
    assert not notifier.say(ready=1)
    notifier.close()


def test_a_parent_that_is_gone_is_noticed(tmp_path: Path) -> None:
    listener = Listener(tmp_path / "notify")
    notifier = Notifier(str(tmp_path / "notify"))
    listener.close()
    with pytest.raises(ConnectionError):
        notifier.say(watchdog=1)
    notifier.close()


def test_a_parent_that_was_killed_is_noticed(tmp_path: Path) -> None:
    listener = Listener(tmp_path / "notify")
    notifier = Notifier(str(tmp_path / "notify"))
    listener._socket.close()  # what kill -9 does: the name stays, nobody reads
    with pytest.raises(ConnectionError):
        notifier.say(watchdog=1)
    notifier.close()


def test_another_parent_at_the_same_place_is_not_taken_for_the_first(tmp_path: Path) -> None:
    first = Listener(tmp_path / "notify")
    notifier = Notifier(str(tmp_path / "notify"))
    assert notifier.say(ready=1)
    first._socket.close()  # killed, and at once started anew
    second = Listener(tmp_path / "notify")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            notifier.say(watchdog=1)
    assert second.heard() == []
    notifier.close()
    second.close()
