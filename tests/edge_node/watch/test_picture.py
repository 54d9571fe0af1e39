"""The parts of the picture, without a terminal."""

from __future__ import annotations

import time
from math import cos, nan, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.geometry import LocalFrame
from edge_node.messages import Bearing, Kinematics
from edge_node.watch import sky
from edge_node.watch.cells import COLOURED, Line, changes, row, text_of
from edge_node.watch.directions import direction
from edge_node.watch.picture import share
from edge_node.watch.plain import ascii_only, plain, visible
from edge_node.watch.tracks import ORDERS, sorted_by
from edge_node.watch.widths import cut, fill, width, wrap
from tests.edge_node.watch.glass import Glass
from tests.edge_node.watch.made import HERE, covering, track

COLUMNS = 20
texts = st.text(st.sampled_from("ab 中é░\x1b\u202e\u0301🛩⣿"), max_size=30)
lines = st.lists(st.tuples(texts, st.sampled_from(sorted(COLOURED))), max_size=4).map(tuple)
screens = st.lists(lines, min_size=3, max_size=3)


@given(st.lists(screens, min_size=1, max_size=4))
def test_what_is_written_for_a_change_shows_what_writing_all_shows(pictures: list[list[Line]]) -> None:
    changed, shown = Glass(COLUMNS, 3), None
    for picture in pictures:
        rows = [row(line, COLUMNS) for line in picture]
        assert all(len(cells) == COLUMNS for cells in rows)
        data = changes(shown or [], rows, COLOURED)
        changed.feed(data.encode())
        whole = Glass(COLUMNS, 3)
        whole.feed(changes([], rows, COLOURED).encode())
        assert changed.lines == whole.lines == [text_of(cells) for cells in rows]
        assert changes(rows, rows, COLOURED) == ""
        shown = rows


@given(st.text(max_size=60), st.integers(1, 30), st.integers(1, 4))
def test_texts_have_the_width_that_is_wanted(text: str, cells: int, most: int) -> None:
    clean = plain(text)
    assert width(cut(clean, cells)) <= cells
    assert width(fill(clean, cells)) == cells
    wrapped = list(wrap(clean, max(cells, 2), most))
    assert len(wrapped) <= most
    assert all(width(line) <= max(cells, 2) for line in wrapped)
    assert ascii_only(clean).isascii()
    assert clean.isprintable()


def test_json_that_is_made_visible_says_the_same() -> None:
    assert visible('{"a": "\x9b\U000e0001\u202e°"}') == '{"a": "\\u009b\\udb40\\udc01\\u202e°"}'


def _placed(azimuth_deg: float, range_m: float, up_m: float, sigma_m: float, altitude: bool = True) -> Kinematics:
    angle = radians(azimuth_deg)
    here = LocalFrame(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m or 0.0)
    latitude_deg, longitude_deg, altitude_m = here.to_geodetic(range_m * sin(angle), range_m * cos(angle), up_m)
    covariance = [0.0] * 36
    covariance[0] = covariance[7] = covariance[14] = sigma_m**2
    return Kinematics(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_wgs84_m=altitude_m if altitude else None,
        velocity_east_mps=0.0,
        velocity_north_mps=0.0,
        velocity_up_mps=0.0,
        covariance=tuple(covariance),
    )


@pytest.mark.parametrize("azimuth_deg", [0.5, 123.0, 290.0])
def test_a_place_is_seen_in_its_direction_with_its_error(azimuth_deg: float) -> None:
    seen = direction(track(kinematics=_placed(azimuth_deg, 300.0, 300.0, 10.0), bearing=None), HERE)
    assert seen is not None
    assert seen.azimuth_deg == pytest.approx(azimuth_deg, abs=0.01)
    assert seen.elevation_deg == pytest.approx(45.0, abs=0.01)
    assert seen.range_m == pytest.approx(424.26, abs=0.1)
    assert seen.sigma_azimuth_deg == pytest.approx(1.909, abs=0.01)
    assert seen.sigma_elevation_deg == pytest.approx(1.35, abs=0.01)


def test_who_does_not_know_where_he_is_has_a_bearing_or_nothing() -> None:
    placed = track(kinematics=_placed(10.0, 300.0, 50.0, 10.0))
    seen = direction(placed, None)
    assert seen is not None
    assert (seen.azimuth_deg, seen.range_m) == (45.0, None)
    near = direction(placed, HERE)
    assert near is not None
    assert near.azimuth_deg == 45.0, "a bearing says where"
    assert near.range_m == pytest.approx(304.1, abs=0.1), "and a place how far"
    assert direction(track(bearing=None), None) is None
    assert direction(track(bearing=Bearing(azimuth_deg=nan, elevation_deg=None, sigma_azimuth_deg=1.0)), None) is None
    level = direction(track(kinematics=_placed(10.0, 300.0, 50.0, 10.0, altitude=False), bearing=None), HERE)
    assert level is not None
    assert level.elevation_deg is None


def test_the_error_of_a_mounting_is_one_of_a_direction() -> None:
    seen = direction(track(bearing=Bearing(azimuth_deg=1.0, elevation_deg=None, sigma_azimuth_deg=3.0, sigma_pose_deg=4.0)), None)
    assert seen is not None
    assert (seen.sigma_azimuth_deg, seen.sigma_elevation_deg) == (5.0, None)


def test_a_direction_without_a_height_is_two_lines_and_a_known_one_an_outline() -> None:
    for elevation_deg, reaches_the_top in ((None, True), (20.0, False)):
        bearing = Bearing(azimuth_deg=180.0, elevation_deg=elevation_deg, sigma_azimuth_deg=10.0, sigma_elevation_deg=5.0)
        seen, drawn = direction(track(bearing=bearing), None), sky.Panorama(80, 8)
        assert seen is not None
        drawn.see("5", seen, "")
        rows = [text_of(row(line, 80)) for line in drawn.lines()]
        assert any(sign >= "\u2800" for sign in rows[0]) == reaches_the_top
        dotted = {k for text in rows for k, sign in enumerate(text) if sign >= "\u2800"}
        assert min(dotted) == int(160 / 360 * 80)
        assert max(dotted) == int(200 / 360 * 80)


@pytest.mark.parametrize("azimuth_deg", [-720.0, 359.999_999, 1e6])
def test_no_direction_is_drawn_outside(azimuth_deg: float) -> None:
    bearing = Bearing(azimuth_deg=azimuth_deg, elevation_deg=-89.0, sigma_azimuth_deg=1e9, sigma_elevation_deg=1e9)
    seen, drawn = direction(track(bearing=bearing), None), sky.Panorama(24, 4)
    assert seen is not None
    drawn.see("999", seen, "bad")
    assert len(list(drawn.lines())) == 4


def test_where_no_sensor_looks_is_hatched() -> None:
    camera = covering("camera", sense="sight", azimuth_deg=0.0, width_deg=90.0)
    line = text_of(row(sky.horizon(72, [camera], front=False, fresh=True), 72))
    covered = [k for k, sign in enumerate(line) if sign == "─"]
    assert [k for k in range(1, 72) if k not in covered and line[k] not in "ES W"] == list(range(9, 18)) + list(range(19, 36)) + list(
        range(37, 54)
    ) + list(range(55, 63))
    for blind in (covering("camera", reach_m=0.0), covering("camera", probability=0.0), covering("x", reference="vehicle", width_deg=90.0)):
        assert "─" not in text_of(row(sky.horizon(72, [blind], front=False, fresh=True), 72))
    assert "─" not in text_of(row(sky.horizon(72, [camera], front=False, fresh=False), 72))
    front = text_of(row(sky.horizon(72, [covering("x", reference="vehicle", width_deg=90.0)], front=True, fresh=True), 72))
    assert front.startswith("front─")


@given(st.integers(8, 200), st.integers(0, 500), st.integers(0, 64), st.integers(0, 40))
def test_nothing_gets_more_room_than_there_is(rows: int, tracks: int, sensors: int, events: int) -> None:
    rooms = share(rows, tracks, sensors, events)
    assert sum(rooms) <= rows
    assert min(rooms) >= 0
    assert rooms[1] >= 1


def test_what_concerns_most_comes_first() -> None:
    now_ns = time.monotonic_ns()
    tracks = [
        track(1, state="lost"),
        track(2, state="tentative"),
        track(3, cooperation="authorised"),
        track(4, probabilities={"bird": 0.9}),
        track(5, probabilities={"multirotor": 0.9}, last_seen_mono_ns=now_ns - 10**9),
    ]
    assert [seen.number for seen, _ in sorted_by("concern", tracks, None)] == [5, 4, 3, 2, 1]
    assert [seen.number for seen, _ in sorted_by("last heard", tracks, None)][-1] == 5
    for order in ORDERS:
        assert len(sorted_by(order, tracks, HERE)) == 5
