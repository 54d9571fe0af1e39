"""Raw pictures of every format, as OpenCV's versions give them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.picture_formats import WrongPicture, grey, is_flat

WIDTH, HEIGHT = 40, 30
LUMA = np.arange(WIDTH * HEIGHT, dtype=np.uint32).reshape(HEIGHT, WIDTH).astype(np.uint8)
COUNTS = (np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 37 + 20_000).astype(np.uint16)


def yuyv(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As a webcam sends it."""
    return np.stack([luma, np.full_like(luma, 128)], axis=2)


@pytest.mark.parametrize(
    "raw",
    [COUNTS, COUNTS.view(np.uint8).reshape(1, -1), COUNTS.view(np.uint8).reshape(HEIGHT, 2 * WIDTH), COUNTS.reshape(1, -1)],
    ids=["4.12", "4.11", "rows of bytes", "one row"],
)
def test_16_bit_pictures_however_they_are_shaped(raw: NDArray[np.generic]) -> None:
    found = grey(raw, "Y16", WIDTH, HEIGHT)
    assert found.dtype == np.uint16
    assert np.array_equal(found, COUNTS)


def test_a_flat_one_is_told() -> None:
    assert is_flat(COUNTS.view(np.uint8).reshape(1, -1), WIDTH, HEIGHT)
    assert not is_flat(COUNTS, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("raw", "pixel_format"),
    [
        (LUMA, "GREY"),
        (yuyv(LUMA), "YUYV"),
        (yuyv(LUMA).reshape(1, -1), "YUYV"),
        (np.vstack([LUMA, np.full((HEIGHT // 2, WIDTH), 128, np.uint8)]), "I420"),
        (np.vstack([LUMA, np.full((HEIGHT // 2, WIDTH), 128, np.uint8)]), "NV12"),
    ],
)
def test_grey_is_the_first_plane(raw: NDArray[np.uint8], pixel_format: str) -> None:
    assert np.array_equal(grey(raw, pixel_format, WIDTH, HEIGHT), LUMA)


def test_a_jpeg_is_decoded_and_must_have_the_size() -> None:
    smooth = np.full((HEIGHT, WIDTH), 77, np.uint8)
    raw = np.asarray(cv2.imencode(".jpg", smooth)[1], np.uint8).reshape(1, -1)
    assert np.abs(grey(raw, "MJPG", WIDTH, HEIGHT).astype(int) - 77).max() <= 1
    with pytest.raises(WrongPicture, match="a JPEG of 40x30, not 80x60"):
        grey(raw, "MJPG", 80, 60)
    with pytest.raises(WrongPicture, match="a damaged JPEG"):
        grey(raw[:, : raw.size // 9] * 0, "MJPG", WIDTH, HEIGHT)


def test_stacked_counts_are_the_lower_half() -> None:
    raw = np.vstack([yuyv(LUMA), COUNTS.view(np.uint8).reshape(HEIGHT, WIDTH, 2)])
    for shaped in (raw, raw.reshape(1, -1)):
        found = grey(shaped, "YUYV", WIDTH, 2 * HEIGHT, stacked_counts=True)
        assert np.array_equal(found, COUNTS)


@pytest.mark.parametrize("pixel_format", ["Y16", "GREY", "YUYV", "I420", "MJPG"])
def test_what_is_no_such_picture_is_refused_in_words(pixel_format: str) -> None:
    with pytest.raises(WrongPicture):
        grey(np.zeros((7, 5, 3), np.uint8), pixel_format, WIDTH, HEIGHT)
    with pytest.raises(WrongPicture, match="3x5x7 uint8, not 16-bit pictures of 40x30"):
        grey(np.zeros((7, 5, 3), np.uint8), "Y16", WIDTH, HEIGHT)
