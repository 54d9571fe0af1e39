"""Every peer follows a blob that anyone would find, and one number stays with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tools.bench.camera_clips import Label
from tools.bench.camera_peers import MOST_BOXES, PEERS, Detector, MotionGate, Peer, TopHat
from tools.bench.camera_run import run
from tools.bench.camera_tracker import Tracker

FRAMES, ROWS, COLUMNS = 60, 200, 240
BLOB_PX, GREY = 8, 80


def _middle(frame: int) -> tuple[float, float]:
    return 20.0 + 2.5 * frame, 60.0 + 0.5 * frame


def _pictures(*, seed: int = 1) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    ramp = np.linspace(60, 150, ROWS)[:, None] * np.ones((1, COLUMNS))
    for frame in range(FRAMES):
        picture = ramp + rng.normal(0, 2, ramp.shape)
        cv2.circle(picture, tuple(round(part) for part in _middle(frame)), BLOB_PX // 2, 240.0, -1)
        yield np.clip(picture, 0, 255).astype(np.uint8)


def _label(frame: int) -> Label:
    x, y = _middle(frame)
    return Label("drone", (x - BLOB_PX / 2, y - BLOB_PX / 2, BLOB_PX, BLOB_PX))


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_follows_an_easy_blob(name: str) -> None:
    made = run(_pictures(), {name: Peer(PEERS[name][1]())})[name]
    on_it = [seen for seen in made.seen if _label(seen.frame).holds(seen.box)]
    assert made.frames == FRAMES
    assert {seen.frame for seen in on_it} >= set(range(20, FRAMES))
    assert max(Counter(seen.track for seen in on_it).values()) > FRAMES / 2


@pytest.mark.parametrize("make", [MotionGate, TopHat])
def test_nothing_is_found_where_nothing_is(make: type[Detector]) -> None:
    detector, even = make(), np.full((ROWS, COLUMNS), 90, np.uint8)
    assert all(len(detector.boxes(even)) == 0 for _ in range(5))


def test_a_gate_does_not_take_lightning_for_motion() -> None:
    gate = MotionGate()
    pictures = [np.asarray(np.add.outer(np.arange(ROWS), np.arange(COLUMNS)) // 2, np.uint8) for _ in range(2)]
    gate.boxes(pictures[0])
    assert len(gate.boxes(255 - pictures[1])) == 0


def test_a_track_is_told_when_it_was_seen_five_times_and_kept_over_a_gap() -> None:
    tracker = Tracker()
    told = [tracker.step(np.array([[10.0 + 2 * k, 20.0, 4.0, 4.0]]))[0].tolist() for k in range(6)]
    assert told == [[], [], [], [], [0], [0]]
    for gap in range(3):
        numbers, boxes = tracker.step(np.zeros((0, 4)))
        assert numbers.tolist() == [0]
        assert boxes[0, 0] == pytest.approx(22.0 + 2 * gap, abs=0.5)
    for _ in range(10):
        numbers, _ = tracker.step(np.zeros((0, 4)))
    assert len(numbers) == 0


def test_two_tracks_that_pass_each_other_keep_their_numbers() -> None:
    tracker = Tracker()
    for k in range(40):
        numbers, boxes = tracker.step(np.array([[3.0 * k, 20.0, 4.0, 4.0], [120.0 - 3 * k, 26.0, 4.0, 4.0]]))
    assert dict(zip(numbers.tolist(), (boxes[:, 1] > 23).tolist(), strict=True)) == {0: False, 1: True}
    assert boxes[:, 0] == pytest.approx([117.0, 3.0], abs=1)


class Crowd:
    """Boxes of 2 x 2 px down the diagonal, one every 8 px."""

    def boxes(self, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        places = np.arange(picture.shape[0] // 8, dtype=np.float64) * 8
        return np.stack([places, places, *np.full((2, len(places)), 2.0)], axis=1)


def test_a_crowd_is_cut_to_those_of_the_most_contrast() -> None:
    peer, picture = Peer(Crowd()), np.zeros((800, 800), np.uint8)
    for k in range(100):
        picture[8 * k : 8 * k + 2, 8 * k : 8 * k + 2] = 100 + k
    seen = [peer.step(frame, picture) for frame in range(10)][-1]
    assert sorted(round(one.box[0]) for one in seen) == [8 * k for k in range(100 - MOST_BOXES, 100)]
