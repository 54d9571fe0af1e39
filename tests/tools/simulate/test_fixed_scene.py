from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from tools.bench.camera_clips import Clip, Label
from tools.simulate.fixed_scene import LIVELY, RATE_HZ, looped, simulated
from tools.simulate.outdoors import Traffic

NOBODY = Traffic()


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """A spot that goes from left to right before hills, at 30 Hz."""
    (tmp_path / "thermal").mkdir()
    path = tmp_path / "thermal" / "IR_BIRD_900.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30.0, (160, 128), False)
    labels = {}
    for k in range(60):
        picture = np.full((128, 160), 90, np.uint8)
        picture[90:] = 210
        picture[40:44, 20 + 2 * k : 24 + 2 * k] = 230
        writer.write(picture)
        labels[k] = [Label("bird", (20.0 + 2 * k, 40.0, 4.0, 4.0))]
    writer.release()
    return Clip(path, labels)


def test_a_clip_goes_forth_and_back_with_its_labels(clip: Clip) -> None:
    shown = list(looped(clip, 5.0, traffic=NOBODY))
    assert len(shown) == 50
    left = [one.labels[0].box[0] for one in shown]
    assert left[0] == 20
    assert left[19] == 134
    assert left[20] == 128
    assert left[38] == left[0]
    assert [one.t_s for one in shown] == pytest.approx(np.arange(50) / RATE_HZ)
    for one in shown[::7]:
        row, column = np.unravel_index(int(one.picture[:85].argmax()), (85, 160))
        x, y, w, h = one.labels[0].box
        assert x - 3 <= column <= x + w + 3
        assert y - 3 <= row <= y + h + 3


def test_no_two_rounds_are_the_same_and_yet_they_come_again(clip: Clip) -> None:
    first, again = (list(looped(clip, 8.0, seed=3, traffic=LIVELY)) for _ in range(2))
    assert all(np.array_equal(a.picture, b.picture) and a.labels == b.labels for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].picture, first[38].picture)
    assert not np.array_equal(first[0].picture, next(iter(looped(clip, 1.0, seed=4))).picture)


def test_what_passes_is_labelled_and_there(clip: Clip) -> None:
    crowd = Traffic(birds=3600)
    with_it, without = (list(looped(clip, 10.0, seed=2, traffic=traffic)) for traffic in (crowd, NOBODY))
    changed = [
        (np.abs(a.picture.astype(int) - b.picture)[int(y) : int(y + h) + 1, int(x) : int(x + w) + 1]).max()
        for a, b in zip(with_it, without, strict=True)
        for x, y, w, h in (label.box for label in a.labels[1:])
    ]
    assert len(changed) > 20
    assert np.median(changed) > 8


def test_the_shutter_repeats_a_picture_and_says_so(clip: Clip) -> None:
    shown = list(looped(clip, 200.0, traffic=NOBODY))
    shut = [k for k, one in enumerate(shown) if one.shutter]
    assert 5 <= len(shut) <= 15
    assert all(np.array_equal(shown[k].picture, shown[k - 1].picture) for k in shut)


@pytest.mark.parametrize("band", ["thermal", "visible"])
def test_a_simulated_scene_stands_still_but_for_wind_and_clouds(band: str) -> None:
    shown = list(islice(simulated(60.0, band="thermal" if band == "thermal" else "visible", traffic=Traffic(birds=1800)), 40))
    assert shown[0].picture.dtype == np.uint8
    still = np.abs(np.diff(np.stack([one.picture for one in shown[:20]]).astype(float), axis=0))
    assert 0 < still.mean() < 4
    assert any(label.kind == "bird" for one in shown for label in one.labels)


def test_real_clips_are_looped_as_they_are(shared_data: Path) -> None:
    path = shared_data / "camera" / "thermal" / "IR_BIRD_009.mp4"
    shown = list(islice(looped(Clip(path, {0: [Label("bird", (1.0, 2.0, 3.0, 4.0))]}), 60.0, traffic=NOBODY), 3))
    first = next(iter(Clip(path, {}).pictures()))
    assert shown[0].labels == (Label("bird", (1.0, 2.0, 3.0, 4.0)),)
    change = shown[0].picture.astype(float) - first
    assert np.abs(change - np.median(change)).mean() < 2
