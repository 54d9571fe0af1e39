"""One page of pictures: what is drawn of any camera and any number of objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_node.picture.page import MOST_NAMED
from edge_node.picture.plot import Plot
from edge_node.picture.sight import MOST_OBJECTS, SightPage
from edge_node.picture.tone import ToneMap
from tests.edge_node.picture.pictures import BEARING, RATE_HZ, frame, seen


def titles(page: SightPage) -> list[str]:
    return [axes.get_title(loc="left").split(",")[0] for axes in page.draw("x.avi").axes]


def test_bearings_are_drawn_where_they_are_known_and_pixels_where_not() -> None:
    posed, unposed = SightPage(), SightPage()
    for number in range(5):
        for page, fields in ((posed, BEARING | {"range_m": 300.0, "sigma_range_m": 90.0}), (unposed, {})):
            page.see(frame(number))
            page.take(seen(number, **fields), number / RATE_HZ)
    assert titles(posed)[1:] == ["Azimuth", "Elevation", "Range by its size alone", "Probability that it is a drone"]
    assert titles(unposed)[1:] == ["Pixels from the left", "Pixels from the top", "Probability that it is a drone"]
    assert posed._title("x.avi", list(posed._seen.values())) == (
        "x.avi: 5 detections of 1 object (1 drone), 0 s, 160 x 120 of lepton_3_5 at 25 Hz"
    )


def test_a_page_of_nothing_seen_and_one_of_nothing_recorded_are_drawn(tmp_path: Path) -> None:
    for blocks in ([], [frame()], [frame(0, np.zeros((4, 4), np.uint8))], [frame(0, np.full((9, 9), 65_535, np.uint16))]):
        page = SightPage()
        for block in blocks:
            page.see(block)
        page.draw("empty.avi").savefig(tmp_path / "page.png", dpi=40)
        assert (tmp_path / "page.png").stat().st_size > 5_000


def test_the_first_frame_says_which_page_it_is(tmp_path: Path) -> None:
    page = Plot(tmp_path / "page.png")
    page.see(frame())
    page.save("x.avi")
    assert type(page._sheet).__name__ == "SightPage"
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_the_way_of_an_object_is_drawn_on_the_last_picture() -> None:
    page = SightPage()
    for number in range(10):
        page.see(frame(number))
        page.take(seen(number), number / RATE_HZ)
    picture = page.draw("x.avi").axes[0]
    way, ring = picture.lines
    assert way.get_xdata()[[0, -1]].tolist() == [44, 53]
    assert (ring.get_xdata().tolist(), ring.get_ydata().tolist()) == ([53], [33])
    assert picture.get_ylim() == (119.5, -0.5)


def test_azimuths_about_north_are_drawn_in_one_piece() -> None:
    page = SightPage()
    for number in range(5):
        page.see(frame(number))
        page.take(seen(number, **(BEARING | {"azimuth_deg": (359.8 + number / 10) % 360})), number / RATE_HZ)
    (line,) = page.draw("x.avi").axes[1].lines
    assert np.ptp(line.get_ydata()) == pytest.approx(0.4)


def test_a_repeated_picture_and_one_with_the_shutter_down_are_not_shown() -> None:
    page = SightPage()
    page.see(frame(0, np.full((4, 4), 7, np.uint8)))
    page.see(frame(1, np.full((4, 4), 9, np.uint8), shutter=True))
    page.see(frame(2, np.full((4, 4), 9, np.uint8), repeated=True))
    assert page._picture is not None
    assert (page._picture == 7).all()


def test_objects_are_bounded_and_those_seen_longest_come_first() -> None:
    page = SightPage()
    page.see(frame())
    for track in range(MOST_OBJECTS + 5):
        page.take(seen(0, track), 0.0)
    for number in range(3):
        page.take(seen(number, 9, label="bird", probability=0.12), number / RATE_HZ)
    assert (len(page._seen), page.left_out) == (MOST_OBJECTS, 5)
    (legend,) = page.draw("x.avi").legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words[0] == "9  bird, drone at best 90 %, 0.0 to 0.1 s (4)"
    assert words[-1] == f"and {MOST_OBJECTS - MOST_NAMED} more"


def test_a_line_breaks_where_nothing_was_seen() -> None:
    page = SightPage()
    for t_s in (0.0, 0.5, 9.0):
        page.take(seen(), t_s)
    assert np.isnan(page._seen[1].rows()[1]).tolist() == [False, False, True, False]


def test_counts_become_greys_that_do_not_flicker() -> None:
    tone = ToneMap()
    ramp = np.linspace(20_000, 21_000, 160 * 120).reshape(120, 160).astype(np.uint16)
    grey = tone.grey(ramp)
    assert (grey.dtype, grey.min(), grey.max()) == (np.uint8, 0, 255)
    warmer = ramp + np.uint16(500)
    at_once, later = tone.grey(warmer), [tone.grey(warmer) for _ in range(80)][-1]
    assert at_once[60, 80] == pytest.approx(grey[60, 80] + 255 * 0.5 * 0.9, abs=6)
    assert later[60, 80] == pytest.approx(grey[60, 80], abs=2)
    plain = np.full((4, 4), 3, np.uint8)
    assert (tone.grey(plain) == 3).all()
