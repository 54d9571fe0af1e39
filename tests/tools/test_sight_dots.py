"""Do lessons of dots come from afar as they should, count each kind alike at each size, and claim no more than they bear out?"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_node.camera.sight.dots import SHAPE_PX, SIZE, Dots
from edge_node.camera.sight.knowledge import LABELS, SUMMARY
from tools.bench.camera_clips import Clip, Label
from tools.sight_dots import KINDS, PRIOR, SHARES, SIZES_PX, even, fitted, small
from tools.sight_far import LEAST_SIDE_PX, far
from tools.sight_learn import Summaries
from tools.simulate.afar import PATHS
from tools.simulate.flyers import Kind
from tools.simulate.kinds import flyer
from tools.simulate.outdoors import Eye

TWO: tuple[Kind, ...] = ("drone", "bird")


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """Twelve grey pictures with a bird in them."""
    path = tmp_path / "IR_BIRD_1.mp4"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30.0, (320, 240), False)
    for _ in range(12):
        video.write(np.full((240, 320), 90, np.uint8))
    video.release()
    return Clip(path, {frame: [Label("bird", (30, 60, 12, 9))] for frame in range(12)})


def _lessons(tells: float, seed: int = 1) -> Summaries:
    """Summaries of flights of all kinds in four folds; one feature tells drones by so many sigmas."""
    rng, n = np.random.default_rng(seed), 600
    labels = rng.integers(0, len(KINDS) + 1, n)
    labels[labels == len(KINDS)] = LABELS.index("clutter")
    vectors = rng.normal(0, 1, (n, SUMMARY)).astype(np.float32)
    vectors[:, SIZE] = np.log(np.where(labels == 0, rng.uniform(4, 20, n), rng.uniform(1, 10, n)))
    vectors[:, 0] += tells * (labels == 0)
    tracks, recorded = np.arange(n), rng.uniform(size=n) < 0.5
    return Summaries(vectors, labels, tracks, tracks // 3, np.full(n, 12), tracks % 4, recorded, np.ones(n, np.float32))


def test_only_what_is_small_and_flies_is_a_lesson() -> None:
    some = small(_lessons(0.0))
    assert set(some.labels) == set(range(len(KINDS)))
    assert some.vectors[:, SIZE].max() < np.log(SHAPE_PX)


def test_at_every_size_each_kind_has_its_share() -> None:
    some = small(_lessons(0.0))
    weights, bins = even(some), np.digitize(some.vectors[:, SIZE], np.log(SIZES_PX))
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    for size in np.unique(bins):
        here = bins == size
        there = {name: share for kind, (name, share) in enumerate(SHARES.items()) if (here & (some.labels == kind)).any()}
        for kind, name in enumerate(KINDS):
            if name in there:
                told = weights[here & (some.labels == kind)].sum() / weights[here].sum()
                assert told == pytest.approx(there[name] / sum(there.values()), rel=0.01)


@pytest.mark.parametrize("tells", [0.0, 3.0], ids=["nothing tells", "one feature tells"])
def test_what_is_said_is_what_was_borne_out(tells: float) -> None:
    some, others = small(_lessons(tells)), small(_lessons(tells, 2))
    drone = np.exp(Dots(*fitted(some).values()).log_shares(others.vectors)[:, 0])
    prior = float(np.exp(PRIOR[0]))
    if not tells:
        assert np.abs(drone - prior).mean() < 0.1
    else:
        assert drone[others.labels == 0].mean() > prior + 0.2 > prior - 0.1 > drone[others.labels != 0].mean()


def test_a_kind_of_which_there_are_no_flights_is_missed() -> None:
    some = small(_lessons(0.0))
    with pytest.raises(ValueError, match="4 kinds, not of all 5"):
        fitted(some.of(some.labels != 1))


def test_a_clip_from_afar_is_smaller_and_slower_and_so_are_its_labels(clip: Clip) -> None:
    seen = far(clip, 3.0, 2)
    shown = list(seen.pictures())
    assert (len(shown), shown[0].shape, seen.rate_hz) == (6, (80, 107), 15.0)
    assert sorted(seen.labels) == [0, 1, 2, 3, 4, 5]
    assert seen.labels[3][0].box == pytest.approx((10, 20, 4, 3))
    assert np.std(shown[0]) > 0.5
    assert min(next(far(clip, 50.0, 1).pictures()).shape) == LEAST_SIDE_PX


def _speed_mps(kind: Kind, seed: int) -> float:
    one = flyer("one", kind, Eye(), 0.5, size_px=4.0, seed=str(seed), paths=PATHS)
    return float(np.linalg.norm(one.path.at(0.5)[1]))


def test_drones_from_afar_fly_as_fast_as_birds() -> None:
    """What people film crosses the picture slowly; what a drone can do, is not asked of films."""
    drones, birds = ([_speed_mps(kind, seed) for seed in range(120)] for kind in TWO)
    assert np.quantile(drones, 0.9) > np.median(birds)
    assert np.quantile(drones, 0.2) < 2 < np.quantile(birds, 0.2)
