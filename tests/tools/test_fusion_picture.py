"""The picture of docs/fusion.md shows what that page says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.fusion_picture import drawn, written
from tools.fusion_scene import GHOST_FROM_S, SAYS_FROM_S, flown

PNG = b"\x89PNG\r\n"
MOST_BYTES = 150_000


def test_a_drone_has_a_place_once_its_claim_agrees_and_a_ghost_is_flagged(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the picture is drawn by the extra `plot`")
    told = flown()
    located_s = [t_s for t_s, track in told.of(1) if track.kinematics]
    ghost_s = [t_s for t_s, track in told.of(2) if "claim_without_body" in track.flags]
    assert SAYS_FROM_S <= located_s[0] <= SAYS_FROM_S + 5
    assert set(told.tracks[-1][1][0].sensors) == {"camera", "mast", "wifi"}
    assert ghost_s[0] - GHOST_FROM_S <= 10
    written(drawn(told), tmp_path / "scene.png")
    picture = (tmp_path / "scene.png").read_bytes()
    assert picture.startswith(PNG)
    assert len(picture) < MOST_BYTES
