"""What somebody on the node asks the hub to record."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge_node.messages import BusMessage, RemoteIdDetection
from edge_node.node.asked_recording import FILE, MOST_S, Asked, AskedRecording, ask, recorded, withdraw
from tests.small_disk import fill, small_disk

HEARD = RemoteIdDetection(t_mono_ns=5, sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01")
S = 1_000_000_000


def lines(path: Path) -> list[BusMessage]:
    return [msgspec.json.decode(line, type=BusMessage) for line in path.read_bytes().splitlines()]


def test_it_records_from_when_it_sees_the_file_until_the_file_is_gone(tmp_path: Path) -> None:
    asking = AskedRecording(tmp_path, tmp_path)
    asked = Asked("flight-1", 60 * S)
    asking.take(HEARD)
    ask(tmp_path, asked)
    asking.look(1 * S)
    assert str(recorded(tmp_path, asked)) in asking.words()
    asking.take(HEARD)
    asking.look(2 * S)
    assert lines(recorded(tmp_path, asked)) == [HEARD]  # whoever follows it need not wait for the end
    withdraw(tmp_path)
    asking.look(3 * S)
    asking.take(HEARD)
    asking.end()
    assert asking.words() == ""
    assert lines(recorded(tmp_path, asked)) == [HEARD]


def test_it_ends_with_its_time_and_does_not_begin_again(tmp_path: Path) -> None:
    asking = AskedRecording(tmp_path, tmp_path)
    asked = Asked("flight-1", 10 * S)
    ask(tmp_path, asked)
    asking.look(1 * S)
    asking.take(HEARD)
    for t_s in (10, 11, 12):
        asking.look(t_s * S)
        asking.take(HEARD)
    assert asking.words() == ""
    assert lines(recorded(tmp_path, asked)) == [HEARD]


def test_another_wish_takes_the_place_of_the_first(tmp_path: Path) -> None:
    asking = AskedRecording(tmp_path, tmp_path)
    for name in ("one", "two"):
        ask(tmp_path, Asked(name, 10 * S))
        asking.look(1 * S)
        asking.take(HEARD)
    asking.end()
    assert all(lines(recorded(tmp_path, Asked(name, 0))) == [HEARD] for name in ("one", "two"))


def test_what_an_earlier_hub_was_asked_is_over(tmp_path: Path) -> None:
    ask(tmp_path, Asked("one", 10 * S))
    asking = AskedRecording(tmp_path, tmp_path)
    asking.look(1 * S)
    assert asking.words() == ""
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"name": "../../etc/x", "until_mono_ns": 9000000000}', '{"name": "a", "until_mono_ns": 9, "b": 1}', "9" * 100_000],
    ids=["empty", "cut", "list", "elsewhere", "more", "large"],
)
def test_a_wish_that_is_none_is_passed_over(tmp_path: Path, text: str) -> None:
    asking = AskedRecording(tmp_path / "run", tmp_path / "state")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / FILE).write_text(text)
    asking.look(1 * S)
    assert (asking.words(), asking.problem) == ("", "")
    assert not (tmp_path / "state").exists()


def test_nobody_may_record_for_longer_than_is_allowed(tmp_path: Path) -> None:
    asking = AskedRecording(tmp_path, tmp_path)
    ask(tmp_path, Asked("one", 10**18))
    asking.look(1 * S)
    assert asking.words()
    asking.look((MOST_S + 1) * S)
    assert asking.words() == ""


def test_a_full_disk_ends_it_and_is_said(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        asking = AskedRecording(tmp_path, disk)
        ask(tmp_path, Asked("one", 10 * S))
        asking.look(1 * S)
        fill(disk)
        for _ in range(2_000):
            asking.take(HEARD)
        asking.look(2 * S)
        assert "No space left" in asking.problem
        assert asking.words() == ""
