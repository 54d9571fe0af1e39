"""Filters and pairs: errors as large as they say, each candidate to one track, and none across a gap that nobody flies."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_node.camera.tracks.association import Places, pairs
from edge_node.camera.tracks.motion import Motion

RATE_HZ = 30.0


def test_the_filter_is_as_sure_as_it_may_be() -> None:
    rng, motion = np.random.default_rng(4), Motion(320)
    truth = rng.uniform(0, 300, (200, 2))
    velocity = rng.normal(0, 40, (200, 2))
    motion.add(truth + rng.normal(0, 1, truth.shape), np.ones(200))
    every = np.arange(200)
    for _ in range(40):
        velocity += rng.normal(0, 0.5 * 320 / RATE_HZ, velocity.shape)
        truth = truth + velocity / RATE_HZ
        motion.predict(1 / RATE_HZ)
        motion.update(every, truth + rng.normal(0, 1, truth.shape), np.ones(200))
    errors = np.sum((motion.place - truth) ** 2, axis=1) / motion.covariance[:, 0, 0]
    assert 1.5 < errors.mean() < 2.6


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_no_track_and_no_candidate_is_taken_twice(tracks: int, candidates: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def places(many: int) -> Places:
        return Places(
            rng.uniform(0, 40, (many, 2)), rng.uniform(0.5, 9, many), rng.uniform(2, 20, many), rng.choice([-30.0, 20.0, 90.0], many)
        )

    rows, which = pairs(places(tracks), places(candidates))
    assert len(rows) == len(which)
    assert len(set(rows.tolist())) == len(rows)
    assert len(set(which.tolist())) == len(which)


def test_two_that_cross_keep_their_own_by_size() -> None:
    here = Places(np.array([[10.0, 10.0], [11.0, 10.0]]), np.ones(2), np.array([4.0, 14.0]), np.full(2, 30.0))
    there = Places(np.array([[11.0, 10.0], [10.0, 10.0]]), np.ones(2), np.array([4.0, 14.0]), np.full(2, 30.0))
    rows, which = pairs(here, there)
    assert dict(zip(rows.tolist(), which.tolist(), strict=True)) == {0: 0, 1: 1}


def test_what_is_too_far_or_another_size_is_another_object() -> None:
    def alone(x: float, size: float, contrast: float) -> Places:
        return Places(np.array([[x, 10.0]]), np.ones(1), np.array([size]), np.array([contrast]))

    one = alone(10.0, 5.0, 60.0)
    assert len(pairs(one, alone(11.0, 6.0, 40.0))[0])
    assert len(pairs(one, alone(11.0, 6.0, -40.0))[0])
    assert not len(pairs(one, alone(20.0, 5.0, 60.0))[0])
    assert not len(pairs(one, alone(10.0, 50.0, 60.0))[0])
    assert not len(pairs(one, alone(10.0, 5.0, 8.0))[0])


def test_what_stood_out_from_its_scene_is_not_found_where_the_scene_is_as_ever() -> None:
    def alone(change: float | None) -> Places:
        changes = None if change is None else np.array([change])
        return Places(np.array([[10.0, 10.0]]), np.ones(1), np.array([5.0]), np.array([60.0]), changes)

    assert len(pairs(alone(30.0), alone(12.0))[0])
    assert not len(pairs(alone(30.0), alone(1.0))[0])
    assert len(pairs(alone(30.0), alone(None))[0]), "nobody knows what is usual there"
    assert len(pairs(alone(5.0), alone(1.0))[0]), "it never stood out much"
