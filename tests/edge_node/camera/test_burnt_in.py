"""Real cameras that say where they look: does a pixel bear what the picture itself says?

The numbers in FRAMES were read by eye: each frame was written as a PNG, its second line of text (azimuth, elevation, field of view)
cut out and enlarged twice, and the digits typed off; the clock beside them was read as well and goes with the frame's number. A landmark
is cut from one frame and found in the others by normalised correlation. The clips' mast was turned in azimuth while it stood there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import Camera
from edge_node.camera.lens import Lens, Sighted

WIDTH, HEIGHT = 640, 512
Grey = NDArray[np.uint8]


class Told(Struct, frozen=True):
    """What was read off one frame."""

    clip: str
    frame: int
    azimuth_deg: float
    elevation_deg: float
    field_deg: float


HUT = (
    Told("AU_4", 250, 18.08, 3.60, 1.24),
    Told("AU_4", 150, 17.73, 3.60, 1.24),
    Told("AU_4", 200, 17.84, 3.60, 1.24),
    Told("AU_4", 300, 18.33, 3.60, 1.24),
    Told("AU_4", 350, 18.56, 3.60, 1.24),
    Told("AU_4", 500, 18.56, 3.60, 1.24),
    Told("AU_5", 0, 18.56, 3.48, 1.24),
    Told("AU_5", 660, 18.34, 3.45, 1.24),
    Told("AU_5", 720, 17.87, 3.45, 1.24),
)
"""The front of a hut on a ridge, in all pictures read in which it is whole; the last rows are of another clip, which looks lower."""
HUT_IN_FIRST = (330, 385, 55, 55)
TOWER = (
    Told("AU_18", 245, 270.99, 1.76, 1.40),
    Told("AU_18", 140, 271.46, 1.76, 1.40),
    Told("AU_18", 175, 271.15, 1.76, 1.40),
    Told("AU_18", 210, 271.04, 1.76, 1.40),
    Told("AU_18", 280, 271.07, 1.76, 1.40),
    Told("AU_18", 420, 271.07, 1.81, 1.40),
)
"""The top of a mast of antennas."""
TOWER_IN_FIRST = (285, 120, 80, 150)
BELOW_TEXT_PX = 90


def test_the_middle_of_the_picture_bears_what_is_burnt_in(shared_data: Path) -> None:
    told = TOWER[0]
    frame = next(iter(_frames(shared_data, [told]).values()))
    x, y = _cross_hair(frame)
    sighted = _lens(told).bearing(x, y, 1.0)
    assert sighted is not None
    assert (sighted.azimuth_deg, sighted.elevation_deg) == pytest.approx((told.azimuth_deg, told.elevation_deg), abs=0.005)


@pytest.mark.parametrize(("rows", "box"), [(HUT, HUT_IN_FIRST), (TOWER, TOWER_IN_FIRST)], ids=["hut", "tower"])
def test_a_landmark_keeps_its_bearing_while_the_camera_turns(
    shared_data: Path, rows: tuple[Told, ...], box: tuple[int, int, int, int]
) -> None:
    sighted = _landmark(rows, _frames(shared_data, rows), box)
    azimuths, elevations = [one.azimuth_deg for one in sighted], [one.elevation_deg for one in sighted]
    assert max(told.azimuth_deg for told in rows) - min(told.azimuth_deg for told in rows) > 0.4
    assert max(azimuths) - min(azimuths) < 0.03
    assert max(elevations) - min(elevations) < 0.02


def _frames(shared_data: Path, rows: Iterable[Told]) -> dict[Told, Grey]:
    """Their pictures in grey."""
    wanted = {(told.clip, told.frame): told for told in rows}
    pictures: dict[Told, Grey] = {}
    for clip in {told.clip for told in wanted.values()}:
        capture = cv2.VideoCapture(str(shared_data / "camera" / "thermal640" / f"{clip}.avi"), cv2.CAP_FFMPEG)
        for number in range(max(told.frame for told in wanted.values() if told.clip == clip) + 1):
            good = capture.grab()
            assert good, f"{clip} ends at frame {number}"
            if told := wanted.get((clip, number)):
                pictures[told] = np.asarray(cv2.cvtColor(capture.retrieve()[1], cv2.COLOR_BGR2GRAY), np.uint8)
        capture.release()
    return pictures


def _lens(told: Told) -> Lens:
    """A pinhole of the field of view that is burnt in, across the picture's width."""
    focal_px = WIDTH / 2 / float(np.tan(np.radians(told.field_deg / 2)))
    centre = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    pose = {"azimuth_deg": told.azimuth_deg, "tilt_deg": told.elevation_deg}
    return Lens(Camera(told.clip, "thermal", WIDTH, HEIGHT, (focal_px, focal_px), centre, **pose), WIDTH, HEIGHT)


def _landmark(rows: tuple[Told, ...], pictures: dict[Told, Grey], box: tuple[int, int, int, int]) -> list[Sighted]:
    """Its bearing from every frame; `box` is where it lies in the first row's."""
    left, top, width, height = box
    template = pictures[rows[0]][top : top + height, left : left + width]
    sighted = []
    for told in rows:
        _, alike, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(pictures[told][BELOW_TEXT_PX:], template, cv2.TM_CCOEFF_NORMED))
        assert alike > 0.8
        one = _lens(told).bearing(x + (width - 1) / 2, y + BELOW_TEXT_PX + (height - 1) / 2, 1.0)
        assert one is not None
        sighted.append(one)
    return sighted


def _cross_hair(frame: Grey) -> tuple[float, float]:
    """Where the two burnt-in lines would meet: the column that is white under the text, and the row that is white beside the picture."""
    upright, level = frame[80:100, 300:340].astype(float), frame[240:270, 40:120].astype(float)
    return 300 + float(upright.mean(axis=0).argmax()), 240 + float(level.mean(axis=1).argmax())
