"""docs/benchmarks.md: written from figures; a figure that was not run keeps its last row."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from tools.bench.figure import COLUMNS, Figure
from tools.bench.goals import GOALS

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
NAMED = ("numpy", "msgspec", "pyzmq", "scapy")
HEAD = """# Benchmarks

Written by `python -m tools.bench --write`; a figure that was not run keeps its last row. Each stands beside a peer, or a bound, that
was measured in the same run on the same machine: the ratio is what carries over to another machine. Rates are per second of one
core's time.
"""
ROW = re.compile(r"^\| `(?P<name>[\w.]+)` \|.* (?P<run>\d{4}-\d\d-\d\d \d\d:\d\d) \|$")
RUN = re.compile(r"^- (?P<run>\d{4}-\d\d-\d\d \d\d:\d\d) UTC: ")


def machine() -> str:
    """The machine and the versions that a run's figures hold for, without its name."""
    kernel = ".".join(platform.release().split(".")[:2])
    versions = ", ".join(f"{name} {version(name)}" for name in NAMED)
    return f"{_processor()}, {os.cpu_count()} cores, Linux {kernel}, Python {platform.python_version()}, {versions}"


def _processor() -> str:
    told = re.search(r"^(?:model name|Model)\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return told[1].strip() if told else platform.machine()


def update(figures: Sequence[Figure], now: datetime, document: Path = DOCUMENT) -> None:
    """Put the rows of these figures in place of their last ones."""
    before = document.read_text(encoding="utf-8").splitlines() if document.exists() else []
    run = f"{now:%Y-%m-%d %H:%M}"
    rows = {row["name"]: line for line in before if (row := ROW.match(line)) and row["name"] in GOALS}
    rows |= {figure.name: _row([f"`{figure.name}`", *figure.cells()[1:], run]) for figure in figures}
    runs = {said["run"]: line for line in before if (said := RUN.match(line))} | {run: f"- {run} UTC: {machine()}"}
    document.write_text("\n".join(_lines(rows, runs)) + "\n", encoding="utf-8")


def _lines(rows: dict[str, str], runs: dict[str, str]) -> list[str]:
    table = [rows[name] for name in GOALS if name in rows]
    used = sorted({row["run"] for line in table if (row := ROW.match(line))})
    return [
        HEAD,
        _row([*COLUMNS, "run (UTC)"]),
        _row(["---"] * (len(COLUMNS) + 1)),
        *table,
        "",
        "## Runs",
        "",
        *(runs[run] for run in used if run in runs),
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
