"""Whether a scene fits into real time, and in what words that is said."""

from __future__ import annotations

import os
from pathlib import Path

from tests.tools.trial.scenes import SMALL
from tools.simulate.world import World
from tools.trial.load import Load, load
from tools.trial.played import Played


def test_each_maker_of_a_scene_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    found = load(Played(path, "small", World.load(path, 1), 5.0))
    assert set(found.cores) == {"air", "the node", "sound"}
    assert all(cores > 0 for cores in found.cores.values())


def test_what_needs_more_than_a_core_or_than_there_is_does_not_fit() -> None:
    usable = 0.85 * (os.cpu_count() or 1)
    assert Load({"sound": 0.2, "the node": 0.1}).fits
    assert not Load({"pictures": 1.1}).fits
    assert not Load({f"sound {n}": 0.5 for n in range(2 * (os.cpu_count() or 1))}).fits
    said = Load({"the node": 0.1, "sound": 0.2, "air": 0.001}).words()
    assert said == f"needs 0.30 of {usable:.2f} cores (sound 0.20, the node 0.10): it is played at real time"
