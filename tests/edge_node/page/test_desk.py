"""What is read for the page: silence is never well, and persons are nobody's business."""

from __future__ import annotations

import time
from math import inf
from pathlib import Path
from random import Random

import msgspec
from msgspec.structs import replace

from edge_node.messages import Suspicion, Track
from edge_node.node import log_file, tracks_file
from edge_node.page.desk import MOST_MARKS, Desk
from tests.edge_node.page.served import config, fill, served, told
from tests.edge_node.publish.scene import full_track


def piloted(number: int = 1) -> Track:
    """A track with all that an aircraft may say of who flies it."""
    track = full_track(number, Random(number))
    assert track.identity is not None
    doubts = (Suspicion("operator_far", 0.7, "operator LVA0000000000001 is 90 km away"), Suspicion("position_jump", 0.5, "400 m"))
    return replace(track, identity=replace(track.identity, self_id="Anna's roof"), suspicions=doubts)


def test_a_node_that_never_ran_is_red(tmp_path: Path) -> None:
    said = Desk(config(tmp_path)).told()
    assert (said.verdict, said.age_s, said.tracks_age_s, said.node) == ("red", None, None, None)
    assert "no node runs" in said.sentence
    assert Desk(config(tmp_path)).tracks() == (inf, ())


def test_a_node_that_has_fallen_silent_is_red_whatever_it_said(tmp_path: Path) -> None:
    fill(tmp_path, told(t_mono_ns=time.monotonic_ns() - 60 * 10**9))
    said = Desk(config(tmp_path)).told()
    assert (said.verdict, round(said.age_s or 0)) == ("red", 60)
    assert "said nothing for 60 s" in said.sentence


def test_tracks_of_a_hub_that_has_fallen_silent_are_not_in_the_sky(tmp_path: Path) -> None:
    fill(tmp_path, tracks=(piloted(),))
    desk = Desk(config(tmp_path))
    assert len(desk.marks(desk.told())) == 1
    tracks_file.write(tmp_path, (piloted(),), time.monotonic_ns() - 20 * 10**9)
    assert desk.marks(desk.told()) == []


def test_persons_are_left_out_unless_the_configuration_says_so(tmp_path: Path) -> None:
    fill(tmp_path, tracks=(piloted(),))
    for page, there in (({}, False), ({"personal": True}, True)):
        with served(tmp_path, **page) as visitor:
            text = visitor.ask("/tracks.json")[1] + visitor.ask("/metrics")[1]
            assert (b"LVA" in text, b"Anna" in text) == (there, there)
            assert (b'"operator_latitude_deg":null' in text) is not there
            assert b"400 m" in text


def test_lost_tracks_are_left_out_and_the_sky_is_bounded(tmp_path: Path) -> None:
    many = tuple(full_track(number, Random(number)) for number in range(MOST_MARKS + 20))
    fill(tmp_path, tracks=(replace(many[0], state="lost"), *(replace(one, state="tentative") for one in many[1:-1]), many[-1]))
    desk = Desk(config(tmp_path))
    marks = desk.marks(desk.told())
    assert len(marks) == MOST_MARKS
    assert marks[0].number == many[-1].number
    assert msgspec.json.encode(marks)


def test_files_that_are_not_whole_are_as_none(tmp_path: Path) -> None:
    fill(tmp_path)
    for name in ("status.json", "tracks.json", "figures.json"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-20])
    said = Desk(config(tmp_path)).told()
    assert (said.verdict, said.node, said.figures) == ("red", None, None)


def test_the_log_is_the_newest_lines(tmp_path: Path) -> None:
    assert Desk(config(tmp_path)).log() == []
    (tmp_path / log_file.FILE).write_text("".join(f"line {k}\n" for k in range(100)))
    assert Desk(config(tmp_path)).log()[-1] == "line 99"
