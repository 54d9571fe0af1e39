"""A driver and a detector from another package, found by entry points, in an unchanged node."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import running_node

MODULE = """
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

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


class TickerOptions(Struct, frozen=True):
    every_s: Annotated[float, Meta(gt=0, description="seconds above 0")]
    log: Path = Path("ticks.log")


class Strict(Ticker):
    def __init__(self, every_s: float, log: Path) -> None:
        super().__init__(every_s)
        self.log = log

    def words(self) -> str:
        return f"logs to {self.log}"


class Faulty(Ticker):
    def blocks(self) -> Iterator[Reading]:
        yield from ()
        raise LookupError("the antenna fell off")


class Odd(Struct, frozen=True):
    t_mono_ns: int
    sequence: int
    lost: int


class OddTicker(Ticker):
    def blocks(self) -> Iterator[Odd]:
        for one in super().blocks():
            yield Odd(one.t_mono_ns, one.sequence, 0)


class Failing:
    def step(self, block: Odd) -> list[PositionFix]:
        raise ZeroDivisionError("no denominator")

    def words(self) -> str:
        return ""


class Counter:
    count = 0

    def step(self, block: Reading) -> list[PositionFix]:
        self.count += 1
        return [PositionFix(t_mono_ns=block.t_mono_ns, has_fix=False)]

    def words(self) -> str:
        return f"{self.count} readings taken"
"""
ENTRY_POINTS = """
[edge_node.drivers]
ticker = ticking:Ticker
strict = ticking:Strict
faulty = ticking:Faulty
odd = ticking:OddTicker
missing = a_module_that_is_not_there:Driver
untyped = ticking:TickerOptions
[edge_node.detectors]
Reading = ticking:Counter
Odd = ticking:Failing
[edge_node.options]
strict = ticking:TickerOptions
"""


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


@pytest.mark.usefixtures("package")
def test_broken_plugins_are_named_and_cost_nobody_else_anything(tmp_path: Path) -> None:
    drivers = {"ticker": "every_s = 0.05", "missing": "", "untyped": "", "faulty": "every_s = 1", "odd": "every_s = 0.01"}
    tables = [f'[[sensor]]\nname = "{name}"\ndriver = "{name}"\n{options}\n' for name, options in drivers.items()]
    named = {
        "missing": "ticking 1.0 (a_module_that_is_not_there:Driver), cannot be imported: ModuleNotFoundError",
        "untyped": "is no class of drivers.source.Source",
        "faulty": "driver 'faulty' failed: LookupError: the antenna fell off",
        "odd": "the detector of Odd failed at 10 blocks in a row: ZeroDivisionError: no denominator",
    }
    with running_node(tmp_path, "".join(tables)) as node:
        for name, words in named.items():
            node.wait_for(name, lambda part, words=words: words in part.sentence, 40, f"{name} is named")  # type: ignore[misc]
        node.wait_for("ticker", lambda part: part.state == "running" and "readings taken" in part.sentence, 20, "the sound one runs")
        status = node.status()
        assert status is not None
        assert status.verdict == "amber"


@pytest.mark.usefixtures("package")
def test_a_plugins_options_are_read_as_strictly_as_the_nodes_own(tmp_path: Path) -> None:
    good = '[[sensor]]\nname = "good"\ndriver = "strict"\nevery_s = 0.05\n'
    wrong = '[[sensor]]\nname = "wrong"\ndriver = "strict"\nevery = 0.05\n'
    outside = '[[sensor]]\nname = "outside"\ndriver = "strict"\nevery_s = 0\n'
    with running_node(tmp_path, good + wrong + outside) as node:
        node.wait_for("good", lambda part: f"logs to {tmp_path / 'ticks.log'}" in part.sentence, 20, "paths start at node.toml's folder")
        named = node.wait_for("wrong", lambda part: part.state == "off", 20, "a wrong key turns it off")
        assert "unknown key 'every' in sensor: did you mean 'every_s'?" in named.sentence
        named = node.wait_for("outside", lambda part: part.state == "off", 20, "a wrong value turns it off")
        assert "sensor.every_s = 0: must be seconds above 0" in named.sentence
    command = [sys.executable, "-m", "edge_node", "check-config", "-c", str(tmp_path / "node.toml")]
    checked = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (checked.returncode, "good: strict" in checked.stdout) == (os.EX_CONFIG, True)
    assert "wrong: unknown key 'every' in sensor: did you mean 'every_s'?" in checked.stderr
