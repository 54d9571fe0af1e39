"""Are judges scored by clip and by track as it is said."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.sight.knowledge import LABELS, SUMMARY
from tools.sight_learn import Summaries
from tools.sight_score import Asked, among_flying, calibration_errors, drones_by_clip, real_after

ROWS = (
    # label, track, observations, probability of a drone
    ("drone", 0, 15, 0.1),
    ("drone", 0, 30, 0.2),
    ("drone", 0, 60, 0.9),
    ("drone", 1, 30, 0.3),
    ("bird", 2, 15, 0.6),
    ("bird", 2, 30, 0.5),
    ("clutter", 3, 15, 0.05),
    ("clutter", 3, 30, 0.99),
)
CLIPS = np.array(["a", "a", "a", "a", "b", "b", "b", "b"])


@pytest.fixture
def known() -> Summaries:
    labels, tracks, counts, _ = zip(*ROWS, strict=True)
    n = len(ROWS)
    return Summaries(
        np.zeros((n, SUMMARY), np.float32),
        np.array([LABELS.index(label) for label in labels]),
        np.array(tracks),
        np.unique(CLIPS, return_inverse=True)[1],
        np.array(counts),
        np.zeros(n, dtype=np.intp),
        np.ones(n, dtype=bool),
        np.ones(n, np.float32),
    )


def _drone() -> np.ndarray:
    return np.array([row[-1] for row in ROWS])


def test_a_clip_counts_what_its_tracks_were_in_the_end_by_how_long_they_are(known: Summaries) -> None:
    asked = drones_by_clip(known, CLIPS, _drone())
    assert asked.truth.tolist() == [True, False]
    assert asked.scores == pytest.approx([(60 * 0.9 + 30 * 0.3) / 90, 0.5])
    assert asked.auc == 1


def test_tracks_are_asked_after_so_many_observations(known: Summaries) -> None:
    asked = real_after(known, CLIPS, _drone())
    assert asked.truth.tolist() == [True, True, False]
    assert asked.scores == pytest.approx([0.1, 0.6, 0.05])
    assert np.isnan(real_after(known, CLIPS, _drone(), 60).auc)


def test_an_interval_holds_the_figure_and_narrows_with_clips() -> None:
    rng = np.random.default_rng(4)

    def width(clips: int) -> float:
        truth = np.arange(20 * clips) % 2 == 0
        scores = rng.normal(truth, 1.0)
        asked = Asked(scores, truth, np.repeat(np.arange(clips), 20).astype(str))
        low, high = asked.interval()
        assert low < asked.auc < high
        return high - low

    assert width(64) < 0.7 * width(8)


def test_probabilities_that_are_right_have_no_error(known: Summaries) -> None:
    sure = np.eye(len(LABELS))[known.labels]
    assert calibration_errors(known, sure) == pytest.approx((0, 0))
    assert among_flying(sure) == pytest.approx([1, 1, 1, 1, 0, 0, 0, 0])
    assert calibration_errors(known, np.full((8, len(LABELS)), 0.5))[0] == pytest.approx(0, abs=1e-9)
