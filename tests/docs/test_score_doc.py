"""docs/score.md says of every figure what it is and by what word of CWA 18150, and every bound is on a figure that there is."""

from __future__ import annotations

import re
from pathlib import Path

from tools.score.budget import BUDGET, BY_SCENE
from tools.score.catalogue import CATALOGUE
from tools.score.matching import EVERY_S, GATE_DEG, GATE_M, HOLDS_S
from tools.score.sensed import REACH_M

PAGE = (Path(__file__).parents[2] / "docs" / "score.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_figure_has_a_row_with_its_term() -> None:
    for name, kind in CATALOGUE.items():
        row = [line for line in ROWS if f"`{name}`" in line.split("|")[1]]
        assert len(row) == 1, name
        assert kind.term in row[0].split("|")[-2], name


def test_every_row_is_of_a_figure_that_there_is() -> None:
    named = {name for line in ROWS for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == set(CATALOGUE)


def test_bounds_are_on_figures() -> None:
    assert set(BUDGET) <= set(CATALOGUE)
    assert all(set(goals) <= set(CATALOGUE) for goals in BY_SCENE.values())


def test_the_page_has_the_constants() -> None:
    words = " ".join(PAGE.split())
    assert f"Every {EVERY_S:g} s" in words
    assert f"at most {HOLDS_S:g} s old" in words
    assert f"{GATE_M:g} m where a track has a place, else {GATE_DEG:g} degrees" in words
    for sense, said in (("sound", "by ear"), ("sight", "by eye"), ("remote_id", "by Remote ID")):
        assert re.search(rf"{REACH_M[sense]:g} m {said}", words)
