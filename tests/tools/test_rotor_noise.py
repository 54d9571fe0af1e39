"""Is steady noise over examples as loud as it says, without events, and the same for every class."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.rotor.features import WINDOW
from tools.rotor_data import Example
from tools.rotor_noise import DEEPEST_DB, DRAWS, SHALLOWEST_DB, in_noise, steady
from tools.simulate.sounds import RATE_HZ

TONE = np.sin(2 * np.pi * 1000 * np.arange(WINDOW) / RATE_HZ).astype(np.float32)


def _examples(label: str) -> list[Example]:
    clear = [Example(TONE * np.float32(level), label, "tone", -1, 20.0) for level in (0.001, 0.1, 3)]
    return list(in_noise(np.random.default_rng(5), iter(clear)))


def test_noise_is_as_loud_as_it_says() -> None:
    for one in _examples("multirotor"):
        tone = np.dot(one.window, TONE) / np.dot(TONE, TONE) * TONE
        ratio_db = 10 * np.log10(np.var(tone) / np.var(one.window - tone))
        assert DEEPEST_DB <= one.noise_db <= SHALLOWEST_DB
        assert ratio_db == pytest.approx(one.noise_db, abs=0.7)


def test_each_example_is_drawn_several_times_whatever_it_is() -> None:
    drones, others = _examples("multirotor"), _examples("none")
    assert len(drones) == len(others) == 3 * DRAWS
    assert {one.label for one in drones} == {"multirotor"}
    assert all(np.array_equal(a.window, b.window) for a, b in zip(drones, others, strict=True))
    assert not np.array_equal(drones[0].window, drones[1].window)


def test_noise_has_no_events() -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        frames = steady(rng, WINDOW).reshape(10, -1) * np.hanning(WINDOW // 10)
        assert np.ptp(np.log(np.abs(np.fft.rfft(frames)) ** 2).mean(axis=1)) < 0.5
