"""A computer that is looked at beside the supervisor: what hangs is named and holds up nobody."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

from drivers.board import Board, Memory
from edge_node.config import Config, HealthTable, NodeTable
from edge_node.node.board_watch import EVERY_S, HANGS_AFTER_S, BoardWatch
from tests.drivers.board.trees import FIRMWARE, PI_5, write
from tests.running import wait_for


class Hanging(Board):
    """A computer whose card answers no longer, until it does."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, programs=False)
        self.answers = Event()
        self.answers.set()

    def memory(self) -> Memory:
        self.answers.wait()
        return super().memory()


def config(root: Path) -> Config:
    return Config(node=NodeTable(name="mast", state_dir=root, run_dir=root), health=HealthTable(system_root=root))


def names(watch: BoardWatch) -> set[str]:
    watch.look(time.monotonic())
    return {one.name for one in watch.findings() if one.grade != "ok"}


def test_what_it_sees_is_told_and_seen_again(tmp_path: Path) -> None:
    watch = BoardWatch(config(write(tmp_path, PI_5)))
    assert watch.findings() == (), "nobody has waited for it"
    wait_for(lambda: "supply_weak" in names(watch), 5, "it has looked")
    write(tmp_path, {FIRMWARE: "1"})
    wait_for(lambda: "under_voltage" in names(watch), 2 * EVERY_S + 3, "it looks again")
    watch.close()


def test_a_card_that_hangs_is_named_and_holds_up_nobody(tmp_path: Path) -> None:
    board = Hanging(write(tmp_path, PI_5))
    watch = BoardWatch(config(tmp_path), board)
    wait_for(lambda: "supply_weak" in names(watch), 5, "it has looked")
    board.answers.clear()
    slowest_s = 0.0

    def hung() -> bool:
        nonlocal slowest_s
        began_s = time.thread_time()
        found = names(watch)
        slowest_s = max(slowest_s, time.thread_time() - began_s)
        return found >= {"storage_hung", "supply_weak"}

    wait_for(hung, HANGS_AFTER_S + 8, "it is named, beside what was known before")
    assert slowest_s < 0.1
    board.answers.set()
    wait_for(lambda: "storage_hung" not in names(watch), 5, "it is over")
    watch.close()


def test_an_upgrade_that_was_taken_back_is_told(tmp_path: Path) -> None:
    write(tmp_path, PI_5 | {"opt/edge-node/rolled-back": "rolled back from 2 to 1: its service failed"})
    watch = BoardWatch(config(tmp_path))
    wait_for(lambda: watch.look(time.monotonic()) or "rolled_back" in {one.name for one in watch.findings()}, 10.0, "it is told")
    watch.close()
