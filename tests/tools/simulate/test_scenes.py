"""The library of scenes: each can be used, says what it asks, and gives the same signals to the last bit in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.simulate.fingerprint import digests, main
from tools.simulate.scene import load
from tools.simulate.world import World

ROOT = Path(__file__).parents[3]
SCENES = sorted((ROOT / "tools/simulate/scenes").glob("*.toml"))
OLDER = {"demo", "harbour"}
each = pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)


@each
def test_a_scene_says_what_it_asks_and_is_short(path: Path) -> None:
    above = path.read_text(encoding="utf-8").split("\n\n")[0]
    scene = load(path)
    assert above.startswith("# ")
    if path.stem not in OLDER:
        assert "# Asks of " in above
        assert "# Sensors: " in above
        assert 20 <= scene.seconds <= 60
        assert all(fault.from_s < scene.seconds for fault in scene.fault)


@each
def test_two_processes_make_the_same_signals(path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tools.simulate.fingerprint", str(path), "--seed", "5"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    ).stdout
    here = digests(World.load(path, 5))
    assert dict(line.split(": ") for line in told.splitlines()) == here
    assert {name.rsplit(" ", 1)[1] for name in here} == {"sound", "pictures", "iq", "wifi", "bluetooth", "nmea"}


def test_another_seed_makes_other_signals() -> None:
    path = ROOT / "tools/simulate/scenes/hover.toml"
    one, other = (digests(World.load(path, seed)) for seed in (5, 6))
    assert {name for name in one if one[name] == other[name]} == {"node iq"}, "only what is not there is the same"


def test_a_scene_that_cannot_be_used_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().err
