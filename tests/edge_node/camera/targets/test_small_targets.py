"""What stands out of a picture: specks and close ones, hot and cold, and not the texture that is everywhere."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_node.camera.targets.candidates import MOST_CANDIDATES, Candidates
from edge_node.camera.targets.small_targets import KERNEL, SmallTargets, mirrored
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, Grey, panorama, seen, with_blob


def find(picture: Grey, scales: int) -> Candidates:
    return SmallTargets(*picture.shape, scales).find(picture)


@pytest.mark.parametrize("side_px", [3, 8, 20, 40, 60])
@pytest.mark.parametrize("levels", [40.0, -40.0])
def test_a_spot_of_any_size_is_found_where_it_is(side_px: int, levels: float) -> None:
    found = find(with_blob(seen(panorama()), 150, 90, side_px, levels), 4)
    found = found.of(found.boxes[:, 1] < 150)
    assert len(found)
    best = int(found.ratio.argmax())
    x, y, width, height = found.boxes[best]
    assert (x + width / 2, y + height / 2) == pytest.approx((150, 90), abs=1.5 + side_px / 8)
    assert 0.5 * side_px < max(width, height) < 3 * side_px + 4
    assert found.contrast[best] * levels > 0


def test_noise_alone_makes_no_candidates() -> None:
    picture = np.random.default_rng(3).normal(120, 1.0, (HEIGHT, WIDTH)).astype(np.uint8)
    assert len(find(picture, 3)) <= 2


def test_what_lies_in_texture_must_stand_out_of_the_texture() -> None:
    """The same spot is three times as clear before the sky as anything is on the ground, and is not found there at all."""
    scene = panorama()
    sky, ground = find(with_blob(seen(scene), 150, 90, 6, 25), 3), find(with_blob(seen(scene), 152, 239, 6, 25), 3)
    over = max(float(ratio) for box, ratio in zip(sky.boxes, sky.ratio, strict=True) if abs(box[0] - 148) < 6 and abs(box[1] - 88) < 6)
    bare = find(seen(scene), 3)
    assert over > 2 * float(bare.ratio.max())
    assert len(ground) <= len(bare) + 1


def test_a_picture_full_of_spots_stays_bounded() -> None:
    picture = np.full((HEIGHT, WIDTH), 100, np.uint8)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        picture[row::18, column::18] = 250
    assert len(find(picture, 3)) == MOST_CANDIDATES


@pytest.mark.parametrize("shape", [(24, 24), (24, 4096), (100, 37)])
def test_odd_shapes_are_looked_at(shape: tuple[int, int]) -> None:
    assert len(find(np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8), 3)) <= MOST_CANDIDATES


def test_scales_side_by_side_know_nothing_of_each_other() -> None:
    """Each finds what it finds alone, and what one picture left in the planes does not show in the next."""
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    both = SmallTargets(HEIGHT, WIDTH, 4)
    both.find(np.random.default_rng(4).integers(0, 255, picture.shape).astype(np.uint8))
    assert not len(both.find(picture))
    picture[-4:, -4:] = picture[:4, :4] = picture[-4:, :4] = 200
    assert sorted(both.find(picture).boxes.tolist()) == [[0, 0, 4, 4], [0, HEIGHT - 4, 4, 4], [WIDTH - 4, HEIGHT - 4, 4, 4]]


def test_polarity_and_contrast_are_those_of_whole_planes() -> None:
    rng = np.random.default_rng(6)
    spots = cv2.resize(rng.choice([0.0, 0.0, 0.0, -60.0, 60.0], (24, 32)), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(rng.normal(120, 2, spots.shape) + np.where(np.abs(spots) > 40, spots, 0), 0, 255).astype(np.uint8)
    found = find(picture, 1)
    x, y = (found.boxes[:, :2] + found.boxes[:, 2:] // 2).astype(np.intp).T
    bright, dark = (cv2.morphologyEx(picture, kind, KERNEL) for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    assert len(found) > 20
    assert np.array_equal(found.contrast > 0, cv2.blur(bright, (5, 5))[y, x] >= cv2.blur(dark, (5, 5))[y, x])
    assert np.array_equal(np.abs(found.contrast), cv2.dilate(cv2.max(bright, dark), KERNEL)[y, x])


def test_beyond_an_edge_lies_what_its_mirror_shows() -> None:
    line = np.arange(6, dtype=np.uint8)[None]
    bordered = cv2.copyMakeBorder(line, 0, 0, 2, 2, cv2.BORDER_REFLECT_101)
    assert np.array_equal(mirrored(np.arange(-2, 8), np.array(6)), bordered[0])


def test_a_scale_too_small_for_a_pixel_is_left_out() -> None:
    assert not len(find(np.full((24, 4096), 90, np.uint8), 7))
