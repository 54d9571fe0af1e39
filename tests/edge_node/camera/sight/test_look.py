"""Is what networks are shown free of units, and do networks in numpy say what they should."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.sight.look import INPUTS, Networks, scaled

ROWS, COLUMNS = np.mgrid[:32, :32]


def _spot(level: float = 100.0, height: float = 40.0, noise: float = 1.0) -> np.ndarray:
    far = (ROWS - 15.5) ** 2 + (COLUMNS - 15.5) ** 2
    grain = np.random.default_rng(2).standard_normal((32, 32))
    return np.asarray(level + height * np.exp(-far / 20) + noise * grain, np.float32)


def test_gain_and_level_do_not_matter() -> None:
    one = scaled(_spot()[None])
    other = scaled((_spot() * 37 + 9000)[None])
    assert one.shape == (1, INPUTS)
    assert other == pytest.approx(one, abs=1e-2)


def test_a_cold_spot_looks_like_a_hot_one_but_for_its_sign() -> None:
    hot, cold = scaled(_spot()[None])[0], scaled((200 - _spot())[None])[0]
    assert cold[:-1] == pytest.approx(hot[:-1], abs=0.05)
    assert (hot[-1], cold[-1]) == (1, -1)


def test_many_at_once_are_as_one_by_one() -> None:
    patches = np.stack([_spot(height=height) for height in (5, -20, 60)])
    assert scaled(patches) == pytest.approx(np.concatenate([scaled(patch[None]) for patch in patches]))


def test_a_patch_of_one_grey_is_finite() -> None:
    assert np.isfinite(scaled(np.full((1, 32, 32), 7, np.float32))).all()


def test_networks_give_logarithms_of_probabilities() -> None:
    rng = np.random.default_rng(1)
    shapes = (2, INPUTS, 4), (2, 4), (2, 4, 3), (2, 3), (2, 3, 5), (2, 5)
    networks = Networks(*(rng.standard_normal(shape).astype(np.float32) * 0.1 for shape in shapes))
    assert networks.fits(5)
    assert not networks.fits(6)
    said = networks.log_probabilities(scaled(_spot()[None]))
    assert said.shape == (1, 5)
    assert 0.9 < np.exp(said).sum() <= 1.0001
