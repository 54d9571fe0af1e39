from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zmq
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.messages import RemoteIdDetection
from edge_node.node.obeying import MOST_POINTS, POINTS_FILE, Obeying, Outcome
from edge_node.publish import orders
from edge_node.publish.live import LivePublisher
from edge_node.publish.reliable_schema import Command
from tests.small_disk import fill, small_disk
from tests.tools.c2.helpers import CLOCK, new_keys, tracks_at

SECOND_NS = 1_000_000_000
HEARD = RemoteIdDetection(t_mono_ns=5, sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01")


def frozen(order: orders.Freeze, now_ns: int) -> Outcome:
    return "done", f"kept at {now_ns} for {order.seconds} s: {order.words}"


class Node:
    """What obeys, and how often somebody was asked to reload."""

    def __init__(self, folder: Path, live: LivePublisher) -> None:
        self.live, self.reloads, self.hears = live, 0, True
        self.run_dir = folder
        table = C2Table(rate_hz=1, confirmed_rate_hz=5)
        self.obeying = Obeying(table, live, state_dir=folder, run_dir=folder, reload=self.reload, freeze=frozen)

    def reload(self) -> bool:
        self.reloads += 1
        return self.hears

    def obey(self, name: str, now_ns: int = 0, command_id: str = "c1", **arguments: Any) -> Outcome:
        command = Command(1, 0, 5, command_id, name, arguments, 1000, 0)
        return self.obeying.obey(command, orders.read(name, arguments), now_ns)

    def ended(self, now_ns: int) -> list[tuple[str, str]]:
        return [(command.id, outcome[0]) for command, outcome in self.obeying.advance(now_ns)]

    def points(self) -> list[dict[str, Any]]:
        return list(msgspec.json.decode((self.run_dir / POINTS_FILE).read_bytes()))


@pytest.fixture
def live() -> Iterator[LivePublisher]:
    """The live plane of a node without C2."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    publisher = LivePublisher(C2Table(rate_hz=1, confirmed_rate_hz=5), new_keys(), context)
    yield publisher
    publisher.close()
    context.term()


@pytest.fixture
def node(tmp_path: Path, live: LivePublisher) -> Node:
    """A node in a folder."""
    return Node(tmp_path, live)


def said_a_second(live: LivePublisher, from_ns: int) -> int:
    track = tracks_at(from_ns)[0]
    ticks = [from_ns + tick * SECOND_NS // 20 for tick in range(20)]
    return sum(live.publish_tracks([replace(track, last_seen_mono_ns=now_ns)], CLOCK, now_ns) for now_ns in ticks)


def test_report_says_everything_again(node: Node) -> None:
    tracks = tracks_at(0)
    assert node.live.publish_tracks(tracks, CLOCK, SECOND_NS) == 2
    assert node.live.publish_tracks(tracks, CLOCK, SECOND_NS + 1) == 0
    assert node.obey("report")[0] == "done"
    assert node.live.publish_tracks(tracks, CLOCK, SECOND_NS + 2) == 2


def test_a_recording_starts_and_ends_with_what_it_holds(node: Node, tmp_path: Path) -> None:
    outcome, words = node.obey("record", seconds=5)
    assert outcome == "started"
    path = tmp_path / "recordings" / "c1.jsonl"
    assert str(path) in words
    assert str(path) in node.obeying.words()
    node.obeying.take(HEARD)
    assert node.ended(5 * SECOND_NS - 1) == []
    ((command, (outcome, words)),) = node.obeying.advance(5 * SECOND_NS)
    assert (command.id, outcome) == ("c1", "done")
    assert words.startswith(f"1 messages, {path.stat().st_size} bytes")
    assert msgspec.json.decode(path.read_bytes(), type=RemoteIdDetection) == HEARD
    node.obeying.take(HEARD)
    assert node.ended(9 * SECOND_NS) == []
    assert node.obeying.words() == ""


def test_a_second_recording_ends_the_first_and_both_are_answered(node: Node) -> None:
    node.obey("record", seconds=50)
    assert node.obey("record", command_id="c2", seconds=5)[0] == "started"
    assert node.ended(1) == [("c1", "done")]
    assert node.ended(5 * SECOND_NS) == [("c2", "done")]


def test_a_recording_that_runs_is_answered_when_the_hub_ends(node: Node) -> None:
    node.obey("record", seconds=50)
    assert [(command.id, outcome[0]) for command, outcome in node.obeying.end()] == [("c1", "done")]
    assert node.obeying.end() == []


@pytest.mark.parametrize("command_id", ["../../etc/x", "a/b", "\x00", "é" * 64, ".", "x" * 64])
def test_a_commands_id_names_a_file_of_its_folder_whatever_it_is(command_id: str, node: Node, tmp_path: Path) -> None:
    assert node.obey("record", command_id=command_id, seconds=5)[0] == "started"
    node.obeying.end()
    assert len(list((tmp_path / "recordings").glob("*.jsonl"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["recordings"]


def test_a_full_disk_fails_the_recording_and_nothing_else(tmp_path: Path, live: LivePublisher) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        node = Node(disk, live)
        assert node.obey("record", seconds=500)[0] == "started"
        ballast = fill(disk)
        for _ in range(1000):
            node.obeying.take(HEARD)
        ((command, (outcome, words)),) = node.obeying.advance(1)
        assert (command.id, outcome) == ("c1", "failed")
        assert "No space left" in words
        outcome, words = node.obey("point", azimuth_deg=5)
        assert outcome == "failed"
        assert "No space left" in words
        ballast.unlink()
        assert node.obey("record", seconds=5)[0] == "started"
        assert node.obey("point", azimuth_deg=5)[0] == "done"
        assert node.ended(100 * SECOND_NS) == [("c1", "done")]


def test_the_live_rate_goes_back_when_its_time_is_over(node: Node) -> None:
    assert node.obeying.rate_hz == 5
    assert said_a_second(node.live, 0) in (5, 6)
    assert node.obey("live_rate", rate_hz=1, confirmed_rate_hz=20, seconds=10)[0] == "done"
    assert node.obeying.rate_hz == 20
    assert said_a_second(node.live, 2 * SECOND_NS) == 20
    node.ended(10 * SECOND_NS - 1)
    assert node.obeying.rate_hz == 20
    node.ended(10 * SECOND_NS)
    assert node.obeying.rate_hz == 5
    assert said_a_second(node.live, 12 * SECOND_NS) in (5, 6)


def test_the_live_rate_stays_where_no_time_is_said_and_the_newest_holds(node: Node) -> None:
    node.obey("live_rate", rate_hz=2, confirmed_rate_hz=2, seconds=1)
    node.obey("live_rate", rate_hz=0.5, confirmed_rate_hz=0.1)
    node.ended(10**6 * SECOND_NS)
    assert node.obeying.rate_hz == 0.5


def test_the_tick_follows_the_higher_rate_from_the_beginning(live: LivePublisher, tmp_path: Path) -> None:
    table = C2Table(rate_hz=10, confirmed_rate_hz=2)
    obeying = Obeying(table, live, state_dir=tmp_path, run_dir=tmp_path, reload=lambda: True, freeze=frozen)
    assert obeying.rate_hz == 10


def test_the_black_box_is_frozen_as_the_order_says(node: Node) -> None:
    assert node.obey("freeze", 7, seconds=3, words="look") == ("done", "kept at 7 for 3.0 s: look")


def test_points_are_held_bounded_and_expire(node: Node) -> None:
    for number in range(MOST_POINTS + 2):
        assert node.obey("point", command_id=f"p{number}", azimuth_deg=number, seconds=number + 1)[0] == "done"
    assert [point["id"] for point in node.points()] == [f"p{number}" for number in range(2, MOST_POINTS + 2)]
    assert node.points()[0] == {"id": "p2", "until_mono_ns": 3 * SECOND_NS, "point": {**node.points()[0]["point"], "azimuth_deg": 2}}
    assert f"{MOST_POINTS} points of interest" in node.obeying.words()
    node.ended(4 * SECOND_NS)
    assert node.points()[0]["id"] == "p4"
    node.ended(99 * SECOND_NS)
    assert node.points() == []


def test_points_of_an_earlier_hub_are_not_left_lying(tmp_path: Path, live: LivePublisher) -> None:
    (tmp_path / POINTS_FILE).write_text("[{}]")
    Node(tmp_path, live)
    assert not (tmp_path / POINTS_FILE).exists()


def test_reload_is_done_only_where_somebody_heard_it(node: Node) -> None:
    assert node.obey("reload")[0] == "done"
    node.hears = False
    assert node.obey("reload")[0] == "failed"
    assert node.reloads == 2
