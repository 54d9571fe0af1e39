"""Corners found again: by a fit to those that agreed before as well as by a search at random, and not where all fell together."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.scene.features import Features
from edge_node.camera.scene.similarity import Similarity
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, Grey, panorama, seen, with_blob

STILL = Similarity()
MIDDLE = complex(WIDTH, HEIGHT) / 2


def moved(found: Similarity | None) -> complex:
    assert found is not None
    return found.turn * MIDDLE + found.shift - MIDDLE


def crossed(right: float, seed: int) -> Grey:
    """Something bright that flies before the trees takes features with it."""
    return with_blob(seen(panorama(), right, seed=seed), 100 + 20 * seed, 215, 30, 80)


def test_a_fit_to_those_that_agreed_is_what_a_search_at_random_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, searched = Features(crossed(0, 1), None), Features(crossed(0, 1), None)
    monkeypatch.setattr(searched, "_as_before", lambda *_: None)
    for seed, right in ((2, 0.3), (3, 0.7), (4, 1.4)):
        (one, share), (other, _) = (features.found_in(crossed(right, seed), STILL) for features in (fitted, searched))
        assert share > 0.7
        assert moved(one) == pytest.approx(moved(other), abs=0.03)
        assert moved(one) == pytest.approx(-right, abs=0.2)


def test_a_sudden_turn_is_found_at_coarser_levels() -> None:
    found, share = Features(seen(panorama()), None).found_in(seen(panorama(), 14.0, seed=2), STILL)
    assert moved(found) == pytest.approx(-14, abs=0.2)
    assert share > 0.4


def test_another_picture_is_not_found() -> None:
    found, share = Features(seen(panorama(1)), None).found_in(seen(panorama(2)), STILL)
    assert found is None
    assert share < 0.5


def test_features_that_fall_together_are_no_motion() -> None:
    picture = seen(panorama())
    features, nowhere = Features(picture, None), Similarity(1e-9 + 0j, MIDDLE)
    found, _ = features.found_in(picture, nowhere)
    assert found is None or 0.5 < abs(found.turn) < 2


def test_nothing_is_taken_where_nothing_is_to_be_seen() -> None:
    assert not len(Features(seen(panorama()), np.zeros((HEIGHT, WIDTH), np.uint8)))
