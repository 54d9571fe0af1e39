from __future__ import annotations

from io import StringIO
from random import Random
from typing import Any

from msgspec.structs import replace
from rich.console import Console

from edge_node.messages import Fact, Sight, Sound, Suspicion, Track
from edge_node.publish import wire
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track, link_track
from tools.c2.fused import Fused
from tools.c2.picture import FORGET_LIVE_S, MOST_LOGGED, TRAIL_S, Picture
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


def test_the_table_says_what_it_sounds_like() -> None:
    picture = Picture()
    heard = replace(bearing_track(8, Random(2)), sound=Sound(label="multirotor", probability=0.874, level_db=-40.0, snr_db=6.0))
    unsure = replace(heard, number=9, bearing=None, sound=Sound(label="none", probability=0.1, level_db=-40.0, snr_db=6.0))
    picture.take(event(heard, unsure), 10.0)
    text = shown(picture, 10.5)
    assert "multirotor heard, 87 %" in text
    assert "something heard, 10 %" in text
    assert text.count("towards") == 1


def test_the_table_says_what_it_looks_like_and_about_how_far_it_is() -> None:
    picture = Picture()
    drone = Sight(label="drone", probability=0.934, label_probability=0.934, snr=8.0, range_m=312.0, sigma_range_m=90.0)
    bird = Sight(label="bird", probability=0.02, label_probability=0.9, snr=8.0)
    unsure = Sight(label="unknown", probability=0.4, snr=8.0)
    track = bearing_track(8, Random(2))
    picture.take(event(*(replace(track, number=8 + n, sight=sight) for n, sight in enumerate((drone, bird, unsure)))), 10.0)
    text = shown(picture, 10.5)
    assert "drone seen, 93 %, ~312 m" in text
    assert "bird seen, 90 %" in text
    assert "something seen, drone 40 %" in text
    assert text.count("towards") == 3


def test_the_table_says_which_link_it_sends() -> None:
    picture = Picture()
    picture.take(event(link_track(8)), 10.0)
    assert "ELRS 900 link 866.4 MHz, 50 packets/s" in shown(picture, 10.5)


def test_the_table_says_what_several_nodes_follow_together() -> None:
    picture = Picture()
    picture.take(event(bearing_track(8, Random(2))), 10.0)
    one = Fused(
        number=3,
        keys=(("01234567", 1, 8), ("89abcdef", 1, 2)),
        ambiguous=True,
        age_s=0.4,
        latitude_deg=56.95123,
        longitude_deg=24.1,
        altitude_wgs84_m=87.4,
        sigma_altitude_m=4.0,
        sigma_major_m=12.2,
        sigma_minor_m=5.0,
        major_axis_deg=30.0,
        velocity_east_mps=3.0,
        velocity_north_mps=-4.0,
        velocity_up_mps=None,
        sigma_velocity_mps=1.0,
    )
    paper = StringIO()
    Console(width=220, file=paper).print(draw(picture, 10.5, [one]))
    row = next(line for line in paper.getvalue().splitlines() if "56.95123" in line)
    assert row.split() == ["3", "ghost?", "56.95123", "24.10000", "24", "87", "8", "5.0", "143", "0.4", "roof", "8,", "89abcdef", "2"]
    assert "object" not in shown(picture, 10.5), "nor anything of it where there is none"


def test_the_words_of_an_enrolment_are_shown() -> None:
    picture = Picture()
    said = {"kind": "enrolled", "node": "roof", "node8": "01234567", "state": "pending", "fingerprint": "0123", "words": "acorn actor"}
    picture.take(said, 1.0)
    picture.take({"kind": "desk_closed", "why": "10 wrong secrets"}, 1.0)
    assert "roof is pending: acorn actor; if it shows other words, revoke roof at once" in shown(picture, 1.0)
    assert "10 wrong secrets" in shown(picture, 1.0)


def test_a_reason_stands_until_another_is_said() -> None:
    picture = Picture()
    track = replace(full_track(7, Random(1)), cooperation_reason="in zone Harbour (prohibited)")
    picture.take(event(track), 10.0)
    picture.take(event(replace(track, cooperation_reason=None, suspicions=(Suspicion("frozen", 0.4, ""),))), 10.2)
    text = shown(picture, 10.5)
    assert "7: in zone Harbour (prohibited)" in text
    assert "in zone" in text
    assert "40 %" in text
    picture.take(event(replace(track, cooperation="unknown", cooperation_reason=None)), 10.4)
    assert "Harbour" not in shown(picture, 10.5)


def test_the_table_says_what_all_make_of_it_and_why_it_is_told_to_come_near() -> None:
    picture = Picture()
    near = Fact("approaches", 74.0, "s", "in 74 ± 5 s 30 ± 20 m from reactor", "reactor")
    track = replace(full_track(7, Random(1)), label="multirotor", label_probability=0.93, existence=0.99, behaviour=(near,))
    maybe = replace(bearing_track(8, Random(2)), existence=0.41)
    picture.take(event(track, maybe), 10.0)
    picture.take(event(replace(track, behaviour=(replace(near, value=73.0, reason=""),))), 10.2)
    text = shown(picture, 10.5)
    assert "multirotor 93 %, approaches reactor in 73 s" in text
    assert "there 41 %" in text
    assert "7: approaches: in 74 ± 5 s 30 ± 20 m from reactor" in text
    picture.take(event(replace(track, behaviour=())), 10.4)
    assert "reactor" not in shown(picture, 10.5)


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


def test_a_trail_is_a_place_a_second_for_a_minute() -> None:
    picture = Picture()
    for turn in range(400):
        picture.take(event(full_track(7, Random(turn)), bearing_track(8, Random(turn))), turn / 5)
    ((key, trail),) = picture.trails.items()
    assert key[2] == 7
    assert len(trail) == TRAIL_S
    assert trail[-1][0] == 79.0
    picture.take(event(), 200.0)
    assert picture.trails == {}


def test_what_happens_again_and_again_takes_one_row_of_a_bounded_log() -> None:
    picture = Picture()
    for turn in range(50):
        picture.take({"kind": "malformed", "node": "roof", "why": "half a message"}, turn)
    picture.take({"kind": "event", "node": "roof", "event": "confirmed", "number": 7}, 50.0)
    assert [(row["number"], row["event"], row["times"]) for row in picture.log] == [(1, "malformed", 50), (2, "confirmed", 1)]
    assert picture.log[-1]["about"] == 7
    for number in range(2 * MOST_LOGGED):
        picture.take({"kind": "event", "node": "roof", "event": "new", "words": str(number)}, 60.0)
    assert len(picture.log) == MOST_LOGGED
