from __future__ import annotations

from io import StringIO
from random import Random
from typing import Any

from rich.console import Console

from edge_node.messages import Track
from edge_node.publish import wire
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track
from tools.c2.picture import FORGET_LIVE_S, Picture
from tools.c2.table import draw


def event(*tracks: Track) -> dict[str, Any]:
    payload = wire.encode_tracks(tracks, CLOCK, 1, 1, NOW_NS)
    return {"node": "roof", "node8": "01234567"} | wire.decode(b"t/01234567", payload)


def shown(picture: Picture, now_s: float) -> str:
    paper = StringIO()
    Console(width=220, file=paper).print(draw(picture, now_s))
    return paper.getvalue()


def test_the_table_shows_who_and_where() -> None:
    picture = Picture()
    picture.take(event(full_track(7, Random(1)), bearing_track(8, Random(2))), 10.0)
    picture.take({"kind": "gap", "node": "roof", "node8": "01234567", "missing": 4}, 10.0)
    text = shown(picture, 10.5)
    assert "1588E040445AC0000007" in text
    assert "towards" in text
    assert "±4 ms" in text
    assert picture.nodes["01234567"]["missing"] == 4


def test_what_a_node_says_cannot_steer_the_terminal() -> None:
    picture = Picture()
    picture.take({"kind": "malformed", "node": "roof", "why": "\x1b[2J[bold]x"}, 0.0)
    text = shown(picture, 0.0)
    assert "\x1b" not in text
    assert "[bold]x" in text


def test_tracks_that_nobody_speaks_of_are_forgotten() -> None:
    picture = Picture()
    picture.take(event(full_track(7, Random(1))), 0.0)
    picture.take(event(full_track(8, Random(1))), FORGET_LIVE_S + 1)
    assert [number for _, _, number in picture.tracks] == [8]
