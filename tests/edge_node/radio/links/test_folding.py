"""Prefixes are found where they are, and what comes again everywhere is none."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.folding import NOTHING, again, boxed, folded

USEFUL, WIDTH = 64, 16
PERIOD = USEFUL + WIDTH


def noise(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, 2), dtype=np.float32).view(np.complex64)[:, 0]


def prefixed(symbols: int) -> np.ndarray:
    rows = noise(symbols * USEFUL).reshape(symbols, USEFUL)
    return np.concatenate((rows[:, -WIDTH:], rows), axis=1).ravel()


@pytest.mark.parametrize("begin", [0, 23, 79])
@pytest.mark.parametrize("offset", [0.0, 0.3, -0.45])
def test_place_and_turn(begin: int, offset: float) -> None:
    """The turn is the frequency's part of a carrier's spacing."""
    samples = np.concatenate((noise(begin, 2), prefixed(50)))
    samples *= np.exp(2j * np.pi * offset / USEFUL * np.arange(len(samples)))
    found = folded(samples.astype(np.complex64), USEFUL, WIDTH, PERIOD)
    assert found.at == begin % PERIOD
    assert found.peak > 0.95
    assert found.contrast > 8
    assert found.turn == pytest.approx(offset, abs=0.02)


def test_places_within_a_period_add_up() -> None:
    samples = prefixed(40)
    alone, together = folded(samples, USEFUL, WIDTH, 4 * PERIOD), folded(samples, USEFUL, WIDTH, 4 * PERIOD, range(0, 4 * PERIOD, PERIOD))
    assert together.at % PERIOD == 0
    assert together.contrast > alone.contrast


def test_a_tone_comes_again_everywhere() -> None:
    tone = np.exp(2j * np.pi * 0.123 * np.arange(4000)).astype(np.complex64)
    assert folded(tone, USEFUL, WIDTH, PERIOD).contrast == pytest.approx(1.0, abs=0.01)
    assert np.allclose(np.abs(again(tone, USEFUL, WIDTH)), 1.0, atol=1e-3)


def test_too_few_are_nothing() -> None:
    assert folded(noise(100), USEFUL, WIDTH, PERIOD) == NOTHING
    assert not len(again(noise(70), USEFUL, WIDTH))


def test_level_does_not_matter() -> None:
    samples = prefixed(30)
    loud, faint = (folded((samples * scale).astype(np.complex64), USEFUL, WIDTH, PERIOD) for scale in (1.0, 1e-6))
    assert (faint.peak, faint.contrast) == (pytest.approx(loud.peak, rel=1e-3), pytest.approx(loud.contrast, rel=1e-3))


def test_boxes_are_exact_over_long_sums() -> None:
    values = np.ones(1_000_000, np.float32)
    values[0] = 1e7
    assert boxed(values, 3)[-1] == pytest.approx(3.0)
