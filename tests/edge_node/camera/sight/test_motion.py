"""Do features of motion say what a track does, whatever its units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.camera.observation import Observation
from edge_node.camera.sight.motion import ASPECT, CLEAR, COLUMNS, FEATURES, FRAME, MOVING, SIGN, SIZE, T, X, Y, features, row

Path = Callable[[np.ndarray], np.ndarray]


def _rows(x: Path, y: Path, side: float = 10.0, count: int = 60, jitter: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(3)
    rows = np.zeros((count, COLUMNS))
    rows[:, FRAME] = np.arange(count)
    t = rows[:, T] = rows[:, FRAME] / 30
    rows[:, X], rows[:, Y] = x(t) + jitter * rng.standard_normal(count), y(t) + jitter * rng.standard_normal(count)
    rows[:, SIZE], rows[:, CLEAR], rows[:, SIGN], rows[:, MOVING] = np.log(side), 3.0, 1.0, np.nan
    return rows


def _of(rows: np.ndarray) -> dict[str, float]:
    return dict(zip(FEATURES, features(rows).tolist(), strict=True))


def _still(t: np.ndarray) -> np.ndarray:
    return 0 * t


def test_speed_is_in_its_own_sizes() -> None:
    fast, near = _of(_rows(lambda t: 60 * t, _still)), _of(_rows(lambda t: 120 * t, _still, side=20.0))
    assert np.expm1(fast["speed"]) == pytest.approx(6, rel=0.05)
    assert near["speed"] == pytest.approx(fast["speed"], abs=0.05)


def test_a_straight_path_is_straighter_than_one_to_and_fro() -> None:
    straight = _of(_rows(lambda t: 60 * t, _still))
    swinging = _of(_rows(lambda t: 20 * np.sin(2 * np.pi * t), _still))
    assert straight["straight"] > 0.95
    assert swinging["straight"] < 0.5
    assert swinging["turning"] > straight["turning"] + 0.5
    assert swinging["off_path"] > straight["off_path"] + 2


@pytest.mark.parametrize(("beat_hz", "told"), [(1.0, False), (4.0, True), (10.0, True)])
def test_wings_that_beat_are_told(beat_hz: float, told: bool) -> None:
    rows = _rows(lambda t: 60 * t, _still)
    rows[:, SIZE] += 0.2 * np.sin(2 * np.pi * beat_hz * rows[:, T])
    assert (_of(rows)["size_beat"] > 0.6) == told


def test_what_grows_says_how_fast() -> None:
    rows = _rows(_still, _still)
    rows[:, SIZE] += 0.3 * rows[:, T]
    assert _of(rows)["growth"] == pytest.approx(0.3, abs=0.02)


def test_units_of_the_picture_do_not_matter() -> None:
    counts = Observation(3, 0.1, (50.0, 60.0, 12.0, 6.0), 56.0, 63.0, -400.0, 20.0, np.zeros((32, 32), np.float32), 5.0)
    kelvin = replace(counts, contrast=-4.0, noise=0.2)
    assert row(kelvin) == pytest.approx(row(counts))
    assert np.array(row(counts))[[SIZE, ASPECT, SIGN, MOVING]] == pytest.approx([np.log(72) / 2, np.log(2), -1, np.log(6)])


@pytest.mark.parametrize("count", [3, 5, 8])
def test_few_observations_at_one_place_and_time_are_finite(count: int) -> None:
    rows = _rows(_still, _still, count=count, jitter=0.0)
    rows[:, T] = rows[:, FRAME] = 7
    assert np.isfinite(features(rows)).all()
    assert len(features(rows)) == len(FEATURES)
