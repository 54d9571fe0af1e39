"""A film of a recording: boxes, trails and labels where they belong, whatever the picture's depth and size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.blocks import AudioBlock, Frame
from edge_node.messages import CameraDetection
from edge_node.picture.film import Film
from edge_node.picture.page import PlotUnavailable
from edge_node.picture.plot import drawing
from edge_node.picture.sight_brush import COLOURS, LEAST_WIDTH, MOST_TRAILS, Brush, label_of
from tests.edge_node.picture.pictures import BEARING, RATE_HZ, frame, seen

GREY = np.full((120, 160), 90, np.uint8)


def shown(path: Path) -> tuple[list[NDArray[np.uint8]], float]:
    """All pictures of a film, and its rate."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(np.asarray(read[1], np.uint8))
    rate = float(capture.get(cv2.CAP_PROP_FPS))
    capture.release()
    return pictures, rate


def painted(*said: CameraDetection, block: Frame | None = None) -> NDArray[np.uint8]:
    return Brush().paint(block or frame(0, GREY), said, 0.0)


@pytest.mark.parametrize("pictures", [1, 3, 40])
def test_every_picture_is_in_the_film_at_its_rate(tmp_path: Path, pictures: int) -> None:
    film = drawing(tmp_path / "film.mp4")
    for number in range(pictures):
        film.see(frame(number))
        film.take(seen(number, **BEARING), number / RATE_HZ)
    film.save("x.avi")
    found, rate = shown(tmp_path / "film.mp4")
    assert (len(found), found[0].shape) == (pictures, (480, LEAST_WIDTH, 3))
    assert rate == pytest.approx(RATE_HZ, rel=0.01)


def test_an_object_is_boxed_in_its_colour_where_it_is() -> None:
    bare, canvas = painted(), painted(seen(label="bird"))
    changed = (canvas != bare).any(axis=2)
    rows, columns = np.nonzero(changed[60:])
    scale = LEAST_WIDTH // 160
    assert abs(columns.min() - 40 * scale) < 10
    blue, green, red = COLOURS["bird"]
    assert (canvas == (blue, green, red)).all(axis=2).sum() > 50
    assert not changed[30 * scale + 4 : 36 * scale - 4, 40 * scale + 4 : 48 * scale - 4].any(), "what is within the box is left as it is"
    assert rows.max() < 48 * scale


def test_what_is_only_predicted_is_drawn_darker() -> None:
    colour = COLOURS["drone"]
    assert not (painted(seen(predicted=True)) == colour).all(axis=2).any()
    assert (painted(seen()) == colour).all(axis=2).any()


def test_a_trail_follows_and_goes_when_its_object_is_gone() -> None:
    brush = Brush()
    for number in range(20):
        brush.paint(frame(number, GREY), [seen(number)], 0.0)
    assert len(brush._trails[1].points) == 20
    for number in range(20, 60):
        brush.paint(frame(number, GREY), [], 0.0)
    assert brush._trails == {}


def test_trails_are_bounded() -> None:
    brush = Brush()
    brush.paint(frame(0, GREY), [seen(0, track) for track in range(200)], 0.0)
    assert len(brush._trails) == MOST_TRAILS


def test_a_label_says_what_how_surely_where_and_about_how_far() -> None:
    assert label_of(seen()) == "1 drone 90%"
    assert label_of(seen(label="bird", **BEARING)) == "1 bird 10%  az 359.9 el 12.0"
    assert label_of(seen(label="unknown", range_m=312.4)) == "1 ?  ~312 m"


@pytest.mark.parametrize("box", [(float("nan"),) * 4, (1e30, -1e30, 1e30, 1e30), (-50.0, -50.0, 5.0, 5.0), (159.0, 119.0, 900.0, 900.0)])
def test_a_box_may_be_nonsense(box: tuple[float, float, float, float]) -> None:
    assert painted(seen(box=box)).shape == (480, LEAST_WIDTH, 3)


@pytest.mark.parametrize("shape", [(121, 163), (512, 641), (3, 2), (720, 1280)], ids=str)
def test_sides_are_even_whatever_the_picture(shape: tuple[int, int]) -> None:
    rows, columns, _ = painted(block=frame(0, np.zeros(shape, np.uint8))).shape
    assert rows % 2 == columns % 2 == 0
    assert columns >= min(LEAST_WIDTH, 640)


def test_a_picture_of_another_size_is_brought_to_the_films(tmp_path: Path) -> None:
    film = Film(tmp_path / "film.mp4")
    for number in range(8):
        film.see(frame(number, GREY if number < 6 else np.zeros((512, 640), np.uint8)))
    film.save("x.avi")
    assert len(shown(tmp_path / "film.mp4")[0]) == 8


def test_what_holds_no_picture_makes_no_film_and_the_folder_must_be_there(tmp_path: Path) -> None:
    film = Film(tmp_path / "film.mp4")
    with pytest.raises(PlotUnavailable, match=r"end it in \.png"):
        film.see(AudioBlock(t_mono_ns=0, sequence=0, lost=0, sample_rate_hz=16_000, samples=np.zeros((9, 1), np.float32)))
    with pytest.raises(OSError, match="no picture"):
        film.save("x.avi")
    with pytest.raises(OSError, match="no folder"):
        drawing(tmp_path / "nowhere" / "film.mp4")
