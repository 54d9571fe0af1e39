"""A waterfall of any length fits, and what is short in it stays to be seen."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.picture.waterfall import BINS, MOST_COLUMNS, Waterfall

RATE_HZ = 2_400_000.0


def tone(offset_hz: float, count: int) -> np.ndarray:
    return np.exp(2j * np.pi * offset_hz / RATE_HZ * np.arange(count)).astype(np.complex64)


@pytest.mark.parametrize("offset_hz", [-1.0e6, 0.0, 0.6e6])
def test_a_tone_of_full_scale_is_where_it_belongs(offset_hz: float) -> None:
    waterfall = Waterfall(RATE_HZ)
    waterfall.add(tone(offset_hz, 100 * BINS), 0)
    level_db = waterfall.decibels()
    assert level_db.shape == (BINS, 100)
    assert level_db.max() == pytest.approx(0.0, abs=2.0)
    assert (level_db.argmax(axis=0) / BINS - 0.5) * RATE_HZ == pytest.approx(offset_hz, abs=RATE_HZ / BINS)
    assert waterfall.seconds == pytest.approx(100 * BINS / RATE_HZ)


def test_a_long_recording_fits_and_keeps_its_short_bursts() -> None:
    waterfall = Waterfall(RATE_HZ)
    quiet = np.full(BINS * 64, 1e-4, np.complex64)
    for k in range(200):
        waterfall.add(tone(0.6e6, len(quiet)) if k == 130 else quiet, k * len(quiet))
    level_db = waterfall.decibels()
    assert level_db.shape[1] <= MOST_COLUMNS
    assert waterfall.seconds == pytest.approx(200 * len(quiet) / RATE_HZ, rel=0.01)
    assert level_db.max() > -2
    assert level_db[BINS * 3 // 4].argmax() / level_db.shape[1] == pytest.approx(130 / 200, abs=0.01)


def test_what_was_lost_leaves_a_gap() -> None:
    waterfall = Waterfall(RATE_HZ)
    waterfall.add(tone(0.0, 10 * BINS), 0)
    waterfall.add(tone(0.0, 10 * BINS), 30 * BINS)
    heard = waterfall.decibels().max(axis=0) > -20
    assert heard.tolist() == [True] * 10 + [False] * 20 + [True] * 10


SENSELESS = {"none": np.zeros(0), "few": np.zeros(7), "no_number": np.full(5 * BINS, np.nan), "huge": np.full(5 * BINS, 1e30)}


@pytest.mark.parametrize("name", SENSELESS)
def test_senseless_samples_do_no_harm(name: str) -> None:
    waterfall = Waterfall(RATE_HZ)
    with np.errstate(all="ignore"):
        waterfall.add(SENSELESS[name].astype(np.complex64), 0)
    waterfall.add(tone(0.0, BINS), 1 << 50)
    assert np.isfinite(waterfall.decibels()).all()
    assert waterfall.decibels().shape[1] <= MOST_COLUMNS
