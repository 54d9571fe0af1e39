"""What is usual at each pixel: what moves is new, what hovers stays new while held, and a brighter picture is not."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.scene.background import LEVELS_A_SIGMA, Background, middle_of
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, panorama, seen, with_blob

STILL = np.eye(3)[:2]


def learned(background: Background, pictures: int = 30) -> None:
    scene = panorama()
    for number in range(pictures):
        background.step(seen(scene, seed=number), STILL, number == 0, number / 30, None)


def test_what_comes_is_new_and_the_rest_is_not() -> None:
    background = Background()
    learned(background)
    told = background.step(with_blob(seen(panorama(), seed=99), 150, 80), STILL, False, 1.0, None)
    assert told is not None
    assert told[80, 150] > 10 * LEVELS_A_SIGMA
    assert np.mean(told > 4 * LEVELS_A_SIGMA) < 0.01


def test_nothing_is_told_before_it_knows() -> None:
    background = Background()
    assert background.step(seen(panorama()), STILL, True, 0.0, None) is None
    assert background.step(seen(panorama()), STILL, False, 0.1, None) is None


def test_what_hovers_stays_new_for_as_long_as_it_is_held() -> None:
    held, free = Background(), Background()
    learned(held)
    learned(free)
    hold = np.full((HEIGHT, WIDTH), 255, np.uint8)
    hold[60:100, 130:170] = 0
    for number in range(300):
        picture = with_blob(seen(panorama(), seed=number), 150, 80)
        kept = held.step(picture, STILL, False, 1 + number / 30, hold)
        forgotten = free.step(picture, STILL, False, 1 + number / 30, None)
    assert kept is not None
    assert forgotten is not None
    assert kept[80, 150] > 10 * LEVELS_A_SIGMA > 3 * forgotten[80, 150]


def test_a_picture_that_gets_brighter_as_a_whole_is_nothing_new() -> None:
    background = Background()
    learned(background)
    brighter = (seen(panorama(), seed=7).astype(np.int16) + 20).clip(0, 255).astype(np.uint8)
    told = background.step(brighter, STILL, False, 1.0, None)
    assert told is not None
    assert np.mean(told > 4 * LEVELS_A_SIGMA) < 0.02


def test_another_picture_is_learned_from_its_first_on() -> None:
    background = Background()
    learned(background)
    assert background.step(255 - seen(panorama(5)), STILL, False, 1.0, None) is None


def test_a_camera_that_moved_sees_the_same_scene() -> None:
    background, scene = Background(), panorama()
    learned(background)
    moved = np.array([[1.0, 0.0, -4.0], [0.0, 1.0, 0.0]])
    told = background.step(seen(scene, 4.0, seed=50), moved, False, 1.0, None)
    assert told is not None
    assert np.mean(told[:, :-8] > 4 * LEVELS_A_SIGMA) < 0.02
    told = background.step(seen(scene, 4.0, seed=51), moved, True, 1.03, None)
    assert told is not None
    assert np.mean(told[:, :-8] > 4 * LEVELS_A_SIGMA) < 0.03


@pytest.mark.parametrize("shape", [(1, 1), (4, 5), (7, 3)])
def test_the_middle_is_the_median(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    assert middle_of(values) == np.median(values)
