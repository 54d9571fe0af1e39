"""Does a judge tell simulated flights apart, sharpen, stay bounded and bear what is hostile."""

from __future__ import annotations

import pickle
from typing import Literal

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.camera.observation import Observation
from edge_node.camera.sight import judge as judging
from edge_node.camera.sight.dots import DOT_PX, side_px
from edge_node.camera.sight.judge import Judge, look_all
from edge_node.camera.sight.knowledge import LABELS, Knowledge, knowledge
from edge_node.camera.sight.memory import KEPT
from tools.sight_made import made

BANDS: tuple[Literal["thermal", "visible"], ...] = ("thermal", "visible")


def _flight(kind: str, seed: int, band: str = "thermal", length: int = 40) -> list[Observation]:
    sky = np.random.default_rng(0).normal(90, 1.0, (200, 200)).astype(np.float32)
    return made(kind, [sky], band, np.random.default_rng(seed), length)


def _judged(band: Literal["thermal", "visible"], seen: list[Observation]) -> Judge:
    judge = Judge(band)
    for one in seen:
        judge.see(one)
    return judge


@pytest.mark.parametrize("band", BANDS)
def test_a_drone_is_likelier_one_than_a_bird_more_often_than_not(band: Literal["thermal", "visible"]) -> None:
    """Of those that are dots and of those that are not: that somebody is far off tells nothing."""
    drones, birds = ([_flight(kind, seed, band) for seed in range(16)] for kind in ("drone", "bird"))
    told = [[(_is_dot(seen), _drone(_judged(band, seen))) for seen in flights] for flights in (drones, birds)]
    pairs = [one > other for dot, one in told[0] for bird_is_dot, other in told[1] if dot is bird_is_dot]
    assert np.mean(pairs) > 0.6


def _drone(judge: Judge) -> float:
    """How probably, if it flies."""
    return judge.probabilities["drone"] / judge.real


def _is_dot(seen: list[Observation]) -> bool:
    return float(np.median([side_px(one.box) for one in seen])) < DOT_PX


@pytest.mark.parametrize("band", BANDS)
def test_probabilities_are_of_all_labels_from_the_start(band: Literal["thermal", "visible"]) -> None:
    judge = Judge(band)
    for one in (None, *_flight("drone", 1)):
        if one is not None:
            judge.see(one)
        said = judge.probabilities
        assert tuple(said) == LABELS
        assert sum(said.values()) == pytest.approx(1, abs=1e-5)
        assert judge.real == pytest.approx(1 - said["clutter"])


@pytest.mark.parametrize("band", BANDS)
def test_after_a_gap_what_was_seen_before_counts_little(band: Literal["thermal", "visible"]) -> None:
    """A drone for 40 observations, then a piece of bare sky for 20."""
    rng = np.random.default_rng(4)
    drone = _flight("drone", 2, band)
    bare = [replace(drone[-1], frame=60 + k, t_s=2 + k / 30, patch=rng.normal(90, 1, (32, 32)).astype(np.float32)) for k in range(20)]
    goes_on, anew = _judged(band, drone + bare), _judged(band, [*drone, replace(bare[0], missed=20), *bare[1:]])
    assert anew.real < goes_on.real


def test_asking_each_time_or_at_last_comes_to_the_same() -> None:
    """After 31 observations it is due to both: every second one until 15, and every eighth after."""
    seen, asked = _flight("drone", 3)[:31], Judge("thermal")
    for one in seen:
        asked.see(one)
        look_all((asked,))
    assert asked.probabilities == pytest.approx(_judged("thermal", seen).probabilities, abs=1e-5)


def test_several_are_looked_at_at_once() -> None:
    flights = [_flight(kind, 4)[:7] for kind in ("drone", "bird", "insect")]
    judges = [Judge("thermal") for _ in flights]
    for judge, seen in zip(judges, flights, strict=True):
        for one in seen:
            judge.see(one)
    look_all(judges)
    alone = [_judged("thermal", seen).probabilities for seen in flights]
    assert [judge.probabilities for judge in judges] == [pytest.approx(one, abs=1e-5) for one in alone]


def test_a_track_that_never_ends_takes_no_more_memory() -> None:
    judge, one = Judge("thermal"), _flight("drone", 5)[0]

    def size() -> int:
        return len(pickle.dumps((judge.memory, judge.waiting)))

    sizes = []
    for frame in range(6 * KEPT):
        judge.see(replace(one, frame=frame, t_s=frame / 30))
        if frame >= 2 * KEPT:
            sizes.append(size())
    assert max(sizes) - min(sizes) <= judging.HELD * (one.patch.nbytes + 500)
    assert judge.probabilities


def test_what_is_not_finite_or_of_another_size_is_passed_over() -> None:
    good = _flight("drone", 6)[:10]
    judge = _judged("thermal", good)
    before = judge.probabilities
    broken = good[-1].patch.copy()
    broken[3, 3] = np.nan
    judge.see(replace(good[-1], scene_x=float("nan")))
    judge.see(replace(good[-1], patch=good[-1].patch[:8]))
    judge.see(replace(good[-1], patch=np.full((32, 32), 3e38, np.float32)))
    for one in good:
        judge.see(replace(one, patch=broken))
    assert all(np.isfinite(list(judge.probabilities.values())))
    assert tuple(before) == LABELS


@pytest.mark.parametrize("band", BANDS)
def test_weights_of_another_schema_or_shape_are_refused(band: Literal["thermal", "visible"]) -> None:
    assert knowledge(band).networks.fits(len(LABELS))
    with pytest.raises(ValueError, match="schema"):
        Knowledge.of({"schema": np.array(99)})
