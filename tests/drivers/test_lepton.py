"""The Lepton's telemetry rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.lepton import Telemetry, read


def rows(
    *, t_ms: int = 70_000, frame: int = 70_001, status: int = 0, last_ffc_ms: int = 60_000, fine: int = 1, linear: int = 1
) -> NDArray[np.uint16]:
    """Two rows of 160 words as a Lepton 3.5 writes them."""
    words = np.zeros(320, np.uint16)
    words[0] = 0x0E0D
    for at, value in ((1, t_ms), (3, status), (20, frame), (30, last_ffc_ms)):
        words[at : at + 2] = value & 0xFFFF, value >> 16
    words[208:210] = linear, fine
    return words.reshape(2, 160)


def test_words_come_low_half_first() -> None:
    assert read(rows()) == Telemetry(70_000_000_000, 70_001, shutter=False, kelvin_per_count=0.01)


@pytest.mark.parametrize(("state", "shutter"), [(0, False), (1, False), (2, True), (3, False)])
def test_the_shutter_is_closed_while_a_correction_is_in_progress(state: int, shutter: bool) -> None:
    told = read(rows(status=state << 4 | 1 << 3 | 1 << 20))
    assert told is not None
    assert told.shutter == shutter


@pytest.mark.parametrize(("linear", "fine", "scale"), [(1, 1, 0.01), (1, 0, 0.1), (0, 1, 0.0)])
def test_the_scale_of_the_counts(linear: int, fine: int, scale: float) -> None:
    told = read(rows(linear=linear, fine=fine))
    assert told is not None
    assert told.kelvin_per_count == scale


def test_rows_of_a_lepton_2_5_and_rows_without_the_scale() -> None:
    assert read(rows().ravel()[:240].reshape(3, 80)) == read(rows())
    told = read(rows()[:1])
    assert told is not None
    assert told.kelvin_per_count is None


@pytest.mark.parametrize("picture", [np.full((2, 160), 29_500, np.uint16), np.zeros((2, 160), np.uint16), np.zeros((1, 8), np.uint16)])
def test_rows_of_a_picture_are_no_telemetry(picture: NDArray[np.uint16]) -> None:
    assert read(picture) is None
