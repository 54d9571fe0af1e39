"""A clip that a head turns over: labels go with what they lie on, letters stay, and the same clip turns the same way."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from tools.bench.camera_clips import clips
from tools.sight_scenery import scenery
from tools.sight_turned import FASTEST_PX, SLOWER, WINDOW, turned, way


def test_labels_go_with_what_they_lie_on(shared_data: Path) -> None:
    assert shared_data.is_dir()
    clip = next(clip for clip in clips("thermal") if "DRONE_014" in clip.path.stem)
    head = turned(clip)
    assert head.rate_hz == clip.rate_hz / SLOWER
    for frame, picture in enumerate(islice(head.pictures(), 0, 60)):
        assert picture.shape == WINDOW[::-1]
        for label in head.labels.get(frame, ()):
            x, y, width, height = (round(value) for value in label.box)
            inside = picture[max(y, 0) : y + height, max(x, 0) : x + width]
            assert inside.max() > np.median(picture[max(y - 20, 0) : y + 20, max(x - 20, 0) : x + 20]) + 40
    assert sum(map(len, head.labels.values())) > 40


def test_a_head_stands_slews_and_stays_within(shared_data: Path) -> None:
    assert shared_data.is_dir()
    clip = clips("thermal")[0]
    steps = np.hypot(*np.diff(way(clip), axis=0).T)
    assert np.array_equal(way(clip), way(clip))
    assert steps.max() < FASTEST_PX + 2
    assert 0.2 < np.mean(steps < 1.5) < 0.9


def test_scenery_shows_bodies_and_what_is_none() -> None:
    known = scenery("thermal", 1, [3], 1)
    assert {one.fold for one in known} == {3}
    assert not any(one.recorded for one in known)
    assert {one.label for one in known} > {"clutter"}
    assert all(len(one.seen) >= 5 for one in known)
