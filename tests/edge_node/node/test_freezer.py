"""Recordings of the hub's side alone, in made time: a node without sensors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_node.config import BlackBoxTable, Config, NodeTable, SensorTable
from edge_node.messages import RemoteIdDetection
from edge_node.node.freeze_order import FILE, OrderFile
from edge_node.node.freezer import Freezer
from edge_node.record.folder import RecordedFolder
from edge_node.timebase import Timebase
from tests.running import wait_for
from tests.small_disk import fill, set_writable, small_disk

S = 1_000_000_000
HEARD = RemoteIdDetection(t_mono_ns=5, sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01")
TABLE = BlackBoxTable(on=("track", "command"), seconds_before=2, seconds_after=2, longest_s=10, free_mb=0, an_hour=12)
SENSOR = SensorTable("cam", "camera", {"camera": "x", "url": "rtsp://me:hidden@there/a?token=hidden", "password": "hidden"})
Make = Callable[..., "Made"]


class Made:
    """A freezer whose time goes by as the test says; its thread is waited for."""

    def __init__(self, folder: Path, table: BlackBoxTable, sensors: tuple[SensorTable, ...] = ()) -> None:
        self.run_dir, self.root = folder / "run", folder / "state" / "recordings"
        self.run_dir.mkdir(exist_ok=True)
        node = NodeTable(name="here", state_dir=folder / "state", run_dir=self.run_dir)
        clock = Timebase(1_764_350_000 * S, "system", 0.001)
        self.freezer = Freezer(Config(node=node, black_box=table, sensor=sensors), lambda _t: (clock, None))
        self.now_ns = time.monotonic_ns()

    def go(self, seconds: float, step_s: float = 0.2) -> None:
        """So much time passes, with all that the disk has to do in it."""
        until_ns = self.now_ns + round(seconds * S)
        while self.now_ns < until_ns:
            self.now_ns += round(step_s * S)
            self.freezer.tell(HEARD, self.now_ns)
            self.freezer.advance(self.now_ns)
            self.settle()

    def settle(self) -> None:
        until_s = time.monotonic() + 10
        while self.freezer._aside.busy_s:
            assert time.monotonic() < until_s
            time.sleep(0.0005)

    def trigger(self, cause: str = "command", **said: object) -> bool:
        return self.freezer.trigger(cause, self.now_ns, **said)[0]  # type: ignore[arg-type]

    def folders(self) -> list[RecordedFolder]:
        return [RecordedFolder(path) for path in sorted(self.root.iterdir()) if not path.name.startswith(".")]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Made] = []

    def one(table: BlackBoxTable = TABLE, sensors: tuple[SensorTable, ...] = (), folder: Path = tmp_path) -> Made:
        made.append(Made(folder, table, sensors))
        return made[-1]

    yield one
    for each in made:
        each.freezer.end()


def test_what_was_told_before_and_after_is_kept(make: Make) -> None:
    made = make()
    made.go(5)
    assert made.trigger("track", track=7)
    at_ns = made.now_ns
    made.go(6)
    (folder,) = made.folders()
    assert (folder.head.finished, folder.cut, folder.head.node) == (True, None, "here")
    assert [(one.cause, one.track) for one in folder.head.triggers] == [("track", 7)]
    told = [one.t_mono_ns for one in folder.told()]
    assert (at_ns - 2 * S <= told[0] < at_ns - 1.7 * S, at_ns + 1.7 * S < told[-1] <= at_ns + 2.5 * S) == (True, True)
    assert len(made.freezer.news()) == 2


def test_more_triggers_put_the_end_off_but_not_for_ever(make: Make) -> None:
    made = make()
    made.trigger()
    began_ns = made.now_ns
    for _ in range(20):
        made.go(1)
        assert made.trigger()
    made.go(30)
    folders = made.folders()
    assert len(folders[0].head.triggers) >= 9
    assert all(one.head.until_mono_ns - one.head.triggers[0].t_mono_ns <= 10 * S for one in folders)
    assert folders[0].head.until_mono_ns - began_ns == 10 * S
    assert 2 <= len(folders) <= 4


def test_a_storm_of_a_thousand_triggers_keeps_number_and_quota(make: Make) -> None:
    made = make(replace(TABLE, quota_mb=1, an_hour=5, longest_s=2, seconds_before=1, seconds_after=1))
    most = 0
    for number in range(1_000):
        made.freezer.tell(replace(HEARD, operator_id="x" * 5_000), made.now_ns)
        made.trigger("track", track=number)
        made.go(0.6)
        most = max(most, sum(one.stat().st_size for one in made.root.glob("*/*")) if made.root.exists() else 0)
    made.go(60)
    folders = made.folders()
    assert made.freezer.recordings == 5
    assert made.freezer.refused > 100
    assert most < 1 << 20
    assert all(one.head.finished for one in folders)
    made.go(3_700, 10)
    assert made.trigger()
    made.go(20)
    assert made.freezer.recordings == 6


def test_the_oldest_go_first_and_what_is_too_old_goes(make: Make) -> None:
    made = make(replace(TABLE, quota_mb=1, an_hour=1_000, days=0.5))
    for number in range(12):
        for _ in range(40):
            made.freezer.tell(replace(HEARD, operator_id="x" * 5_000), made.now_ns)
        assert made.trigger(words=str(number))
        made.go(8)
    kept = [one.head.triggers[0].words for one in made.folders()]
    assert kept == [str(number) for number in range(12 - len(kept), 12)]
    assert 1 < len(kept) < 12
    made.go(90_000, 50)
    assert made.folders() == []


def test_what_is_secret_is_not_in_the_head_and_processes_hear_of_the_end(make: Make) -> None:
    made = make(sensors=(SENSOR,))
    orders = OrderFile(made.run_dir)
    assert not orders.look()
    made.trigger()
    made.go(1)
    assert orders.look()
    assert not orders.look()
    assert orders.order is not None
    assert orders.order.numbers == {"cam": 1}
    until_ns = orders.order.until_mono_ns
    made.trigger()
    assert orders.look()
    assert orders.order.until_mono_ns > until_ns
    made.go(20)
    assert (orders.look(), orders.order) == (True, None)
    (folder,) = made.folders()
    assert folder.head.finished
    text = (folder.path / "head.json").read_text()
    assert "hidden" not in text
    assert "rtsp://there/a" in text


def test_a_wrong_cause_is_refused_in_words(make: Make) -> None:
    made = make()
    assert made.freezer.trigger("button", 0) == (
        False,
        "the black box is not for a button: [black_box] on in node.toml says what it is for",
    )
    assert not made.root.exists()


def test_a_disk_that_cannot_be_written_is_told_and_found_again(make: Make, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        made = make(folder=disk)
        ballast = fill(disk)
        made.trigger()
        made.go(3)
        (finding,) = made.freezer.findings(made.now_ns)
        assert (finding.name, "No space left" in finding.words) == ("black_box_failed", True)
        ballast.unlink()
        made.trigger()
        made.go(10)
        assert made.freezer.findings(made.now_ns) == []
        assert any(one.head.finished and one.cut is None for one in made.folders())
        set_writable(disk, False)
        made.trigger()
        made.go(3)
        (finding,) = made.freezer.findings(made.now_ns)
        assert "Read-only" in finding.words
        set_writable(disk, True)
        made.trigger()
        made.go(20)
        assert made.freezer.findings(made.now_ns) == []


def test_a_disk_that_fills_while_it_is_written_ends_it_and_keeps_what_is_there(make: Make, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        made = make(replace(TABLE, seconds_after=8), folder=disk)
        made.trigger()
        made.go(3)
        ballast = fill(disk)
        for _ in range(40):
            made.freezer.tell(replace(HEARD, operator_id="x" * 5_000), made.now_ns)
        made.go(3)
        assert "No space left" in made.freezer.findings(made.now_ns)[0].words
        ballast.unlink()
        made.go(30)
        (folder,) = made.folders()
        assert folder.cut is not None
        assert len(list(folder.told())) > 5


def test_one_of_an_earlier_life_is_closed_and_its_order_withdrawn(make: Make) -> None:
    made = make(sensors=(SENSOR,))
    made.trigger()
    made.go(1)
    assert (made.run_dir / FILE).exists()
    again = make(sensors=(SENSOR,))
    assert not (made.run_dir / FILE).exists()
    again.go(15)
    wait_for(lambda: all(one.head.finished for one in again.folders()), 5, "it is closed")
    assert again.folders()[0].cut == "the node ended while it was written"


def test_who_asks_while_another_is_written_to_its_end_gets_the_seconds_that_were_promised(make: Make) -> None:
    made = make(sensors=(SENSOR,))
    assert made.trigger()
    made.go(3)
    assert made.trigger()
    made.go(1)
    assert made.trigger(seconds=8)
    asked_ns = made.now_ns
    made.go(40)
    assert made.folders()[-1].head.until_mono_ns == asked_ns + 8 * S
