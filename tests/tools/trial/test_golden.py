"""Golden scenes: short, offline and so the same on every machine; what a node makes of them stays within its budget."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tools.trial.__main__ import main

GOLDEN = {"hover": 10, "remote-id": 12, "night": 12, "no-drone": 8}
"""Each with its first seconds; `python -m tools.trial all` plays all scenes, whole."""


@pytest.mark.parametrize("scene", GOLDEN)
def test_a_golden_scene_is_within_its_budget(scene: str, tmp_path: Path) -> None:
    assert main([scene, "--offline", "--seconds", str(GOLDEN[scene]), "--out", str(tmp_path)]) == 0
    told = msgspec.json.decode((tmp_path / "score.json").read_bytes())
    assert told["verdict"] in ("green", "amber"), told["sentence"]
    assert len(told["budget"]) >= 4
