"""Motions in a plane as complex numbers do what matrices do."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_node.camera.scene.similarity import Similarity

ONE = Similarity(0.99 + 0.02j, 5.0 - 3.0j)
OTHER = Similarity(1.02 - 0.05j, -40.0 + 7.5j)
POINTS = np.random.default_rng(1).uniform(0, 300, (30, 2))


def test_points_go_where_the_matrix_leads_them() -> None:
    assert ONE.of_points(POINTS) == pytest.approx(cv2.transform(POINTS[:, None], ONE.matrix)[:, 0])
    assert Similarity.of(ONE.matrix) == ONE


def test_one_after_the_other_and_back() -> None:
    assert OTHER.after(ONE).of_points(POINTS) == pytest.approx(OTHER.of_points(ONE.of_points(POINTS)))
    assert ONE.back().of_points(ONE.of_points(POINTS)) == pytest.approx(POINTS)


@pytest.mark.parametrize(
    "points",
    [POINTS.astype(np.intp), POINTS.astype(np.float32), POINTS.repeat(2, axis=1)[:, ::2], POINTS[0], POINTS[:0]],
    ids=["whole", "single", "strided", "one", "none"],
)
def test_points_of_any_kind_are_taken(points: np.ndarray) -> None:
    turned = ONE.of_points(points)
    assert turned.shape == points.shape
    assert turned == pytest.approx(points @ ONE.matrix[:, :2].T + ONE.matrix[:, 2])


def test_a_fit_has_the_least_squares() -> None:
    rng = np.random.default_rng(2)
    there = OTHER.of_points(POINTS) + rng.normal(0, 0.2, POINTS.shape)
    x, y = POINTS.T
    zeros, ones = np.zeros(len(x)), np.ones(len(x))
    equations = np.vstack([np.stack([x, -y, ones, zeros], axis=1), np.stack([y, x, zeros, ones], axis=1)])
    a, b, right, down = np.linalg.lstsq(equations, np.concatenate(there.T), rcond=None)[0]
    fitted = Similarity.fitted(POINTS.view(np.complex128)[:, 0], there.view(np.complex128)[:, 0])
    assert (fitted.turn, fitted.shift) == (pytest.approx(complex(a, b)), pytest.approx(complex(right, down)))
