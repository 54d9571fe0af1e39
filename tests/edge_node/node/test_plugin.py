"""A driver and a detector from another package, found by entry points, in an unchanged node."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import running_node

MODULE = """
import time
from collections.abc import Iterator

from msgspec import Struct

from drivers.source import Source
from edge_node.messages import PositionFix


class Reading(Struct, frozen=True):
    t_mono_ns: int
    sequence: int
    lost: int


class Ticker(Source):
    def __init__(self, every_s: float) -> None:
        self.every_s = every_s

    def open(self) -> None: ...

    def close(self) -> None: ...

    def words(self) -> str:
        return f"ticks every {self.every_s} s"

    def blocks(self) -> Iterator[Reading]:
        sequence = 0
        while True:
            time.sleep(self.every_s)
            yield Reading(time.monotonic_ns(), sequence, 0)
            sequence += 1


class Counter:
    count = 0

    def step(self, block: Reading) -> list[PositionFix]:
        self.count += 1
        return [PositionFix(t_mono_ns=block.t_mono_ns, has_fix=False)]

    def words(self) -> str:
        return f"{self.count} readings taken"
"""
ENTRY_POINTS = "[edge_node.drivers]\nticker = ticking:Ticker\n[edge_node.detectors]\nReading = ticking:Counter\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package, as far as importlib.metadata can tell."""
    site = tmp_path / "site"
    (site / "ticking-1.0.dist-info").mkdir(parents=True)
    (site / "ticking-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: ticking\nVersion: 1.0\n")
    (site / "ticking-1.0.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "ticking.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(site))


@pytest.mark.usefixtures("package")
def test_a_plugin_runs_beside_the_built_in_and_its_wrong_options_are_named(tmp_path: Path) -> None:
    good = '[[sensor]]\nname = "clock"\ndriver = "ticker"\nevery_s = 0.05\n'
    wrong = '[[sensor]]\nname = "other"\ndriver = "ticker"\nevery = 0.05\n'
    with running_node(tmp_path, good + wrong) as node:
        node.wait_for("clock", lambda part: "readings taken" in part.sentence and "ticks every 0.05 s" in part.sentence, 20, "it ticks")
        named = node.wait_for("other", lambda part: part.state == "off", 20, "the wrong one is off")
        assert "driver 'ticker' cannot be used" in named.sentence
        assert "every" in named.sentence
