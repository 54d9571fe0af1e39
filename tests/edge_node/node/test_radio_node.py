"""A node with a software radio: what goes wrong is named and healed, and a find is told to the driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from drivers.blocks import Block, IqBlock
from drivers.source import Source
from edge_node.messages import BusMessage, LinkDetection, PositionFix
from edge_node.node.stop import StopFlag
from edge_node.node.worker import _Loop
from tests.running import running_node
from tools.simulate.rtl_tcp_server import RtlTcpServer, counted

DETECTOR = """
class Quiet:
    def step(self, block):
        return []

    def words(self):
        return ""
"""


@pytest.fixture
def quiet_detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector of IQ from another package, for what is tried here is the driver."""
    site = tmp_path / "site"
    (site / "quiet-1.0.dist-info").mkdir(parents=True)
    (site / "quiet-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: quiet\nVersion: 1.0\n")
    (site / "quiet-1.0.dist-info" / "entry_points.txt").write_text("[edge_node.detectors]\nIqBlock = quiet:Quiet\n")
    (site / "quiet.py").write_text(DETECTOR)
    monkeypatch.setenv("PYTHONPATH", str(site))


@pytest.mark.usefixtures("quiet_detector")
def test_a_server_that_stalls_dies_and_comes_back_is_named_and_heard_again(tmp_path: Path) -> None:
    server = RtlTcpServer(counted)
    table = f'[[sensor]]\nname = "mast"\ndriver = "rtl_tcp"\nport = {server.port}\ncenter_hz = 868e6\nrate_hz = 1e6\nsilent_after_s = 1.0\n'
    try:
        with running_node(tmp_path, f"[supervision]\nabsent_retry_s = 0.5\nbackoff_most_s = 1.0\n{table}") as node:
            first = node.wait_for("mast", lambda part: part.state == "running" and "868 MHz, 1 MS/s" in part.sentence, 20, "it hears")
            server.stall()
            node.wait_for("mast", lambda part: "gave no sample for 1 s" in part.sentence, 20, "the stall is named")
            server.stall(stalled=False)
            again = node.wait_for("mast", lambda part: part.state == "running" and part.pid != first.pid, 20, "it hears again")
            server.die()
            node.wait_for("mast", lambda part: "cannot be reached: Connection refused" in part.sentence, 20, "the death is named")
            with RtlTcpServer(counted, port=server.port):
                node.wait_for("mast", lambda part: part.state == "running" and part.pid != again.pid, 20, "it hears once more")
                node.wait_for("mast", lambda part: "868 MHz, 1 MS/s" in part.sentence, 20, "it says where")
    finally:
        server.die()


class Moving(Source):
    """Four blocks, and how often it was told of a find after each."""

    def __init__(self) -> None:
        self.finds: list[int] = []

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def blocks(self) -> Iterator[Block]:
        for number in range(4):
            yield IqBlock(number, number, 0, 1e6, 868e6, np.zeros(1, np.complex64))

    def found(self) -> None:
        self.finds.append(1)


class Scripted:
    """A pipeline, a bus, a notifier, health and memory that do what is enough here."""

    sensor = "mast"
    unsent = 0
    problem = ""

    def __init__(self, answers: list[list[BusMessage]]) -> None:
        self._answers = iter(answers)
        self.sent: list[BusMessage] = []

    def step(self, _: Block) -> list[BusMessage]:
        return next(self._answers)

    def words(self) -> str:
        return ""

    def send(self, messages: list[BusMessage]) -> None:
        self.sent += messages

    def findings(self) -> list[Any]:
        return []

    def levels(self) -> dict[str, float]:
        return {}

    def took(self, *_: object) -> None:
        """It is always well."""

    def look(self, *_: object) -> tuple[()]:
        return ()

    def saw(self, *_: object) -> None:
        """Nobody looks."""

    def keep(self, _: int) -> None:
        """Nothing was learnt."""

    def say(self, **_: Any) -> None:
        """Nobody listens."""


def link(*, alarm: bool) -> LinkDetection:
    """A drone's link, or a neighbour's."""
    said: dict[str, Any] = {"probability": 0.9, "center_hz": 868e6, "bandwidth_hz": 5e5, "snr_db": 10.0, "level_dbfs": -40.0}
    kind: Any = "elrs_900" if alarm else "lorawan"
    return LinkDetection(t_mono_ns=0, track=1, link=kind, alarm=alarm, first_mono_ns=0, bursts=5, **said)


def test_a_drones_link_is_told_to_the_driver_and_a_neighbours_is_not() -> None:
    source = Moving()
    parts = Scripted(
        [[link(alarm=True)], [link(alarm=False)], [PositionFix(t_mono_ns=0, has_fix=False)], [link(alarm=True), link(alarm=True)]]
    )
    scripted = cast("Any", parts)
    loop = _Loop(source, *([scripted] * 3), health=scripted, remembered=scripted, view=scripted, box=None, problem="")
    loop.run(StopFlag())
    assert len(source.finds) == 2
