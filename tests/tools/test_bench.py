"""The frame of the benches, and that both sides of a comparison do the same work; no figure is judged here."""

from __future__ import annotations

import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tools.bench import __main__ as bench
from tools.bench import captures, document, remote_id
from tools.bench.figure import Figure
from tools.bench.goal import Goal, number
from tools.bench.goals import GOALS

NAME, OTHER = "remote_id.frames", "remote_id.found"
EARLIER, LATER = datetime(2026, 1, 2, 3, 4, tzinfo=UTC), datetime(2026, 1, 3, 3, 4, tzinfo=UTC)


def test_every_bench_can_be_loaded_and_has_goals() -> None:
    benches = {name.partition(".")[0] for name in GOALS}
    assert benches == set(bench.BENCHES)
    assert all(callable(bench.load(name)) for name in bench.BENCHES)


def test_the_listing_names_all_and_runs_nothing() -> None:
    words = bench.listing().split()
    assert set(GOALS) <= set(words)


@pytest.mark.parametrize(
    ("goal", "met", "missed", "words"),
    [
        (Goal(at_least=100, of="ratio"), 100, 99.9, "at least 100 x"),
        (Goal(at_most=70), 70, 70.1, "at most 70"),
        (Goal(at_least=1, at_most=1, of="ratio"), 1, 0.999, "exactly 1 x"),
        (Goal(at_least=1, at_most=2000), 2, 0, "at least 1 and at most 2 000"),
        (Goal(at_most=5), -math.inf, math.nan, "at most 5"),
    ],
)
def test_a_goal_has_its_bounds_included(goal: Goal, met: float, missed: float, words: str) -> None:
    assert goal.met(met)
    assert not goal.met(missed)
    assert goal.words() == words


def test_a_figure_is_judged_by_its_ratio_to_the_peer() -> None:
    assert Figure(NAME, 1000.0, "frames/s", 10.0, "peer").ok
    assert not Figure(NAME, 999.0, "frames/s", 10.0, "peer").ok
    assert not Figure(NAME, 1000.0, "frames/s").ok
    assert Figure(NAME, 1000.0, "frames/s", 0.0).ratio is None


def test_a_figure_without_a_goal_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        _ = Figure("remote_id.nothing", 1.0, "frames").goal


def test_json_is_one_object_a_figure(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [Figure(NAME, 1000.0, "frames/s", 10.0, "peer"), Figure(OTHER, 2.0, "frames", 4.0, "peer")]
    assert bench.show(figures, Console(), as_json=True) == figures
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "name": NAME,
        "value": 1000.0,
        "unit": "frames/s",
        "goal": "at least 100 x",
        "peer": 10.0,
        "ratio": 100.0,
        "ok": True,
        "against": "peer",
    }
    assert not second["ok"]


def test_numbers_have_three_digits_and_thousands_apart() -> None:
    assert [number(value) for value in (181_856.4, 999.6, 12.345, 0.012345, 3662)] == ["181 856", "1e+03", "12.3", "0.0123", "3 662"]


def test_a_figure_that_was_not_run_keeps_its_last_row(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    document.update([Figure(NAME, 1000.0, "frames/s", 10.0, "old"), Figure(OTHER, 4.0, "frames", 4.0, "old")], EARLIER, page)
    document.update([Figure(OTHER, 3.0, "frames", 4.0, "new")], LATER, page)
    text = page.read_text(encoding="utf-8")
    assert f"| `{NAME}` | 1 000 frames/s | at least 100 x | old: 10 | 100 x | yes | 2026-01-02 03:04 |" in text
    assert f"| `{OTHER}` | 3 frames | exactly 1 x | new: 4 | 0.75 x | NO | 2026-01-03 03:04 |" in text
    assert text.count("\n- 2026-01-0") == 2


def test_a_run_of_which_nothing_is_left_is_forgotten(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    document.update([Figure(NAME, 1000.0, "frames/s", 10.0, "old")], EARLIER, page)
    page.write_text(page.read_text(encoding="utf-8") + "| `gone.figure` | 1 | | | | yes | 2026-01-02 03:04 |\n", encoding="utf-8")
    document.update([Figure(NAME, 2000.0, "frames/s", 10.0, "new")], LATER, page)
    assert "2026-01-02" not in page.read_text(encoding="utf-8")


def test_an_unknown_bench_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        bench.main()
    assert "there is no bench 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(("capture", "others"), [(captures.busy_site, True), (captures.aircraft_only, False)])
def test_node_and_peer_find_the_same_frames(tmp_path: Path, capture: object, others: bool) -> None:
    assert callable(capture)
    path = capture(tmp_path / "short.pcap", 1.0)
    frames, found = remote_id.walk_with_node(path)
    assert remote_id.walk_with_scapy(path) == (frames, found)
    assert found > 0
    assert (frames > found) == others


def test_the_reference_library_is_agreed_with(shared_data: Path) -> None:
    assert all(figure.ok for figure in remote_id.agreement(shared_data))
