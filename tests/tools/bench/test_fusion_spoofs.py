"""The rows of ghosts and genuine ones; how well they are told apart is judged by the figures."""

from __future__ import annotations

import pytest

from tools.bench import fusion_spoofs
from tools.bench.fusion_spoofs import BEGINS_S, flown
from tools.bench.goals.by_fusion import GOALS


def test_all_rows_have_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FEW", "MANY", "LONG"):
        monkeypatch.setattr(fusion_spoofs, name, range(1, 2))
    monkeypatch.setattr(fusion_spoofs, "LONG_S", 10.0)
    assert {figure.name for figure in fusion_spoofs.figures()} == {name for name in GOALS if name.startswith("fusion.spoof.")}


def test_a_flag_that_stands_counts_once() -> None:
    made = flown(1, body=False, claim=True, lasts_s=BEGINS_S + 15)
    assert set(made.raised) == {fusion_spoofs.GHOST}
    assert made.flags == 1
