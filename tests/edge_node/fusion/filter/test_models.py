"""What models make of a state over a time."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.fusion.filter.models import HOVERS, STRAIGHT, TURNS_LEFT, TURNS_RIGHT, Models

FOUR = Models(HOVERS, STRAIGHT, TURNS_RIGHT, TURNS_LEFT)
FIRST, THEN = 0.7, 1.9


def test_two_steps_are_one() -> None:
    times = np.array([[FIRST], [THEN], [FIRST + THEN], [0.0]])
    first, then, both, none = FOUR.steps(times)[0]
    assert then @ first == pytest.approx(both)
    assert none == pytest.approx(np.broadcast_to(np.eye(6), none.shape))


def test_the_noise_of_two_steps_straight_on_is_that_of_one() -> None:
    moves, noises = Models(STRAIGHT).steps(np.array([[FIRST], [THEN], [FIRST + THEN]]))
    assert moves[1, 0] @ noises[0, 0] @ moves[1, 0].T + noises[1, 0] == pytest.approx(noises[2, 0])


def test_who_hovers_slows_and_who_turns_keeps_its_speed_and_goes_clockwise() -> None:
    north = np.array([0.0, 0.0, 0.0, 0.0, 10.0, 1.0])
    hovers, straight, right, left = FOUR.steps(np.array([[np.pi]]))[0][0] @ north
    assert hovers[3:] == pytest.approx(np.exp(-np.pi) * north[3:])
    assert straight == pytest.approx([0.0, 10 * np.pi, np.pi, 0.0, 10.0, 1.0])
    assert right == pytest.approx([20.0, 20.0, np.pi, 10.0, 0.0, 1.0])
    assert left == pytest.approx([-20.0, 20.0, np.pi, -10.0, 0.0, 1.0])


def test_the_way_back_undoes_a_turn_and_gives_nobody_more_speed() -> None:
    back, noise = FOUR.back(np.array([[THEN]]))
    ahead, grown = FOUR.steps(np.array([[THEN]]))
    assert back[0, 1:] @ ahead[0, 1:] == pytest.approx(np.broadcast_to(np.eye(6), (3, 6, 6)))
    assert back[0, 0] == pytest.approx(back[0, 1])
    assert noise[..., :3, :3] == pytest.approx(grown[..., :3, :3])
    assert noise[..., :3, 3:] == pytest.approx(-grown[..., :3, 3:])


def test_one_model_steps_over_as_many_times_as_it_is_asked() -> None:
    times = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    moves, noises = Models(STRAIGHT).back(times)
    assert moves.shape == noises.shape == (2, 3, 6, 6)
    assert moves[..., 0, 3] == pytest.approx(-times)
