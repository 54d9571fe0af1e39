"""Is what networks are shown free of units, and do networks in numpy say what they should."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.sight.look import Networks, pieces, scaled

ROWS, COLUMNS = np.mgrid[:32, :32]


def _spot(level: float = 100.0, height: float = 40.0, noise: float = 1.0) -> np.ndarray:
    far = (ROWS - 15.5) ** 2 + (COLUMNS - 15.5) ** 2
    grain = np.random.default_rng(2).standard_normal((32, 32))
    return np.asarray(level + height * np.exp(-far / 20) + noise * grain, np.float32)


def test_gain_and_level_do_not_matter() -> None:
    one = scaled(_spot()[None])
    other = scaled((_spot() * 37 + 9000)[None])
    assert one.planes.shape == (1, 32, 32, 2)
    assert other.planes == pytest.approx(one.planes, abs=1e-2)
    assert other.clear == pytest.approx(one.clear, abs=1e-2)


def test_a_cold_spot_is_a_hot_one_turned_round() -> None:
    hot, cold = scaled(_spot()[None]), scaled((200 - _spot())[None])
    assert cold.planes == pytest.approx(-hot.planes, abs=0.05)
    assert hot.planes[0, 16, 16, 0] > 0.9


def test_many_at_once_are_as_one_by_one() -> None:
    patches = np.stack([_spot(height=height) for height in (5, -20, 60)])
    assert scaled(patches).planes == pytest.approx(np.concatenate([scaled(patch[None]).planes for patch in patches]))


def test_a_patch_of_one_grey_is_finite() -> None:
    grey = scaled(np.full((1, 32, 32), 7, np.float32))
    assert np.isfinite(grey.planes).all()
    assert np.isfinite(grey.clear).all()


def test_a_kernel_sees_its_own_square() -> None:
    planes = np.arange(2 * 32 * 32 * 2, dtype=np.float32).reshape(2, 32, 32, 2)
    seen = pieces(planes)
    assert seen.shape == (2, 15, 15, 32)
    assert sorted(seen[1, 3, 5]) == sorted(planes[1, 6:10, 10:14].ravel())


def test_networks_give_logarithms_of_probabilities() -> None:
    rng = np.random.default_rng(1)
    shapes = (2, 32, 3), (2, 3), (2, 48, 4), (2, 4), (2, 64, 5), (2, 5), (2, 21, 6), (2, 6), (2, 6, 5), (2, 5)
    networks = Networks(*(rng.standard_normal(shape).astype(np.float32) * 0.1 for shape in shapes))
    assert networks.fits(5)
    assert not networks.fits(6)
    said = networks.log_probabilities(scaled(_spot()[None]))
    assert said.shape == (1, 5)
    assert 0.9 < np.exp(said).sum() <= 1.0001
