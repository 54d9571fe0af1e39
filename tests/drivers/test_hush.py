"""When silence after frames is more than chance."""

from __future__ import annotations

import numpy as np

from drivers.hush import FORGOTTEN_NS, REMEMBERED, Hush

NS = 1_000_000_000


def heard(times_s: np.ndarray) -> Hush:
    hush = Hush()
    for t_s in times_s:
        hush.hear(round(t_s * NS))
    return hush


def test_frames_that_came_steadily_and_fail_to_come_are_missed_within_four_seconds() -> None:
    hush = heard(np.arange(0, 10, 0.25))
    assert hush.lasts_s(12 * NS) is None
    assert hush.lasts_s(14 * NS) == 4.25
    assert hush.words(14 * NS) == "no data for 4 s, 4 frames/s before"
    hush.hear(14 * NS)
    assert hush.words(16 * NS) == ""


def test_frames_that_come_at_random_are_not_missed_by_chance() -> None:
    rng = np.random.default_rng(4)
    for rate_hz in (0.5, 3.0, 20.0):
        hush, t_s = Hush(), 0.0
        for gap_s in rng.exponential(1 / rate_hz, 4000):
            t_s += gap_s
            assert hush.lasts_s(round(t_s * NS)) is None
            hush.hear(round(t_s * NS))


def test_a_receiver_that_hops_hears_in_bursts_and_misses_nothing_between() -> None:
    bursts = np.concatenate([cycle * 4.0 + np.arange(0, 0.25, 0.02) for cycle in range(8)])
    hush = Hush()
    for t_s in bursts:
        assert hush.lasts_s(round(t_s * NS)) is None
        hush.hear(round(t_s * NS))
    assert hush.lasts_s(round((bursts[-1] + 14) * NS)) is not None


def test_few_frames_tell_nothing_and_what_is_long_ago_is_no_news() -> None:
    assert heard(np.arange(REMEMBERED - 1) * 0.1).lasts_s(30 * NS) is None
    hush = heard(np.arange(REMEMBERED) * 0.1)
    assert hush.lasts_s(30 * NS) is not None
    assert hush.lasts_s(round(3.1 * NS) + FORGOTTEN_NS + 1) is None
    hush.forget()
    assert hush.lasts_s(30 * NS) is None
    assert hush.rate_hz == 0.0
