"""Faults at their times, against real lines, a real clock file and a node of which little is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tools.bench.black_hole import BlackHole
from tools.bench.small_disk import SmallDisk
from tools.faults.plan import Plan, not_here, of_signals
from tools.simulate.faults import Fault
from tools.virtual_devices.bench import VirtualDevices


class Mast:
    """A node that runs nothing."""

    def __init__(self, name: str, line: BlackHole, folder: Path) -> None:
        self.name, self.lines = name, (line,)
        self.disk: SmallDisk | None = None
        self.devices = VirtualDevices([])
        self.time_file: Path | None = folder / "time"
        self.clock_s = 1.5

    def pid(self, process: str) -> int | None:
        """None runs."""
        self.asked = process
        return None


@pytest.fixture
def mast(tmp_path: Path) -> Iterator[Mast]:
    """With a line to nowhere."""
    with closing(BlackHole(9)) as line:
        yield Mast("west-quay", line, tmp_path)


def test_a_fault_begins_and_ends_at_its_times(mast: Mast) -> None:
    faults = (Fault("packet_loss", 2.0, 3.0, value=0.2), Fault("clock_step", 1.0, 2.0, value=30.0), Fault("c2_gone", 9.0, 1.0))
    plan = Plan(faults, [mast], 20.0)
    (line,) = mast.lines
    seen = []
    for t_s in (0.5, 1.2, 2.1, 3.5, 5.5):
        plan.tick(t_s)
        assert mast.time_file
        seen.append((line.loss, mast.time_file.read_text() if mast.time_file.exists() else ""))
    plan.end()
    assert [loss for loss, _ in seen] == [0.0, 0.0, 0.2, 0.2, 0.0]
    assert [float(text or 0) for _, text in seen] == [0.0, 31.5, 31.5, 1.5, 1.5]
    assert [(one.kind, one.target, one.from_s, one.to_s) for one in plan.struck] == [
        ("clock_step", "west-quay", 1.2, 3.0),
        ("packet_loss", "west-quay", 2.1, 5.0),
    ]


def test_what_cannot_strike_says_why(mast: Mast) -> None:
    mast.time_file = None
    faults = [Fault("kill", target="wifi"), Fault("unplug", target="wifi"), Fault("disk_full"), Fault("clock_step")]
    plan = Plan(faults, [mast], 20.0)
    plan.tick(0.0)
    assert [one.why_not for one in plan.struck] == [
        "no process of wifi runs",
        "the node has no wifi; it has ",
        "a disk of its own for the node needs root, to mount a tmpfs",
        "stepping a clock needs libfaketime (faketime)",
    ]


def test_a_fault_of_one_node_leaves_the_others_alone(mast: Mast) -> None:
    other = Mast("silo", mast.lines[0], Path())
    plan = Plan([Fault("kill", node="west-quay"), Fault("kill", node="dark")], [mast, other], 20.0)
    plan.tick(1.0)
    assert [one.target for one in plan.struck] == ["west-quay"]


def test_offline_only_signals_are_faulty() -> None:
    faults = [Fault("kill", 3.0, target="hub"), Fault("gnss_zero", 5.0, 100.0, target="gnss")]
    assert [one.kind for one in of_signals(faults, 20.0, ["a"])] == ["gnss_zero"]
    zero, kill = not_here(faults, 20.0, ["a"])
    assert (zero.to_s, zero.why_not, kill.why_not) == (20.0, "", "no node runs, for nothing is played")
