"""How long silence is usual, learnt of the place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from drivers.blocks import RadioFrame
from drivers.hush import box_of
from edge_node.field.silence import DEAF_LEAST_S, LEAST_S, NEVER_S, TIMES, Silence, UsualSilence

NS = 1_000_000_000


def names(silence: Silence, now_s: float) -> list[str]:
    return [one.name for one in silence.look(round(now_s * NS))]


def boxes(seconds: float, rates_hz: Sequence[float], silence: Silence, from_s: float = 0.0) -> float:
    """Frames of several, each at its own steady rate; when the last came."""
    times = [(from_s + k / rate_hz + 0.01 * who, who) for who, rate_hz in enumerate(rates_hz) for k in range(int(seconds * rate_hz))]
    for t_s, who in sorted(times):
        silence.took(round(t_s * NS), bytes([who]) * 4)
    return max(times)[0]


@pytest.mark.parametrize("rates_hz", [(5.0,) * 6, (10.0, 10.0, 10.0, 10.0), (100.0, 10.0, 5.0, 4.0)])
def test_where_many_send_a_silence_of_seconds_is_said_at_once_and_over_at_the_first_frame(rates_hz: Sequence[float]) -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    last_s = boxes(40.0, rates_hz, silence)
    assert names(silence, last_s + DEAF_LEAST_S - 0.1) == []
    (finding,) = silence.look(round((last_s + DEAF_LEAST_S + 0.1) * NS))
    assert finding.name == "fallen_silent"
    assert finding.words.startswith("no frame of anybody for 3 s, and the longest silence here was 0.")
    assert names(silence, last_s + 300) == ["fallen_silent"]
    silence.took(round((last_s + 300) * NS))
    assert names(silence, last_s + 301) == []


@pytest.mark.parametrize("rates_hz", [(20.0,), (200.0,), (20.0, 30.0)])
def test_a_station_or_two_that_leave_are_no_deafness(rates_hz: Sequence[float]) -> None:
    """However many frames they sent; after ten minutes nobody knows any more whether it hears."""
    silence = Silence("wifi", UsualSilence(), 0)
    last_s = boxes(600.0, rates_hz, silence)
    assert all(names(silence, last_s + after_s) == [] for after_s in (3, 10, 30, 59, 61, 300, 595))
    assert names(silence, last_s + LEAST_S + 1) == ["fallen_silent"]


def test_whoever_speaks_seldom_is_not_missed_when_those_who_speak_much_leave() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    last_s = boxes(600.0, (100.0, 100.0, 0.05), silence)
    for k in range(1, 30):
        assert names(silence, last_s + 20.0 * k - 0.5) == []
        silence.took(round((last_s + 20.0 * k) * NS), bytes([2]) * 4)


def test_one_box_of_many_networks_and_made_up_addresses_are_not_several() -> None:
    silence, rng = Silence("wifi", UsualSilence(), 0), np.random.default_rng(8)
    for k in range(20 * 120):
        network = bytes([k % 8, 1, 2, 3, 4, k % 8])
        frame = RadioFrame(0, k, 0, "wifi", bytes(10) + (network if k % 2 else rng.bytes(6)) + bytes(20))
        silence.took(k * NS // 20, box_of(frame))
    assert names(silence, 120 + 60) == []


def test_those_who_left_before_do_not_count() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    boxes(60.0, (10.0,) * 5, silence)
    last_s = boxes(10.0, (10.0, 10.0), silence, 60.0)
    assert names(silence, last_s + 50) == []


def test_few_frames_a_second_take_longer_and_a_short_while_of_many_proves_nothing() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    last_s = boxes(300.0, (0.5,) * 5, silence)
    assert names(silence, last_s + 6) == []
    assert names(silence, last_s + 10) == ["fallen_silent"]
    silence = Silence("wifi", UsualSilence(), 0)
    assert names(silence, boxes(25.0, (10.0,) * 6, silence) + 59) == []


def test_a_hopping_receiver_that_hears_nothing_on_some_channels_is_given_three_times_that() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    now_s = 0.0
    for _ in range(20):
        for k in range(80):
            silence.took(round(now_s * NS), bytes([k % 6]) * 4)
            now_s += 0.01
        now_s += 2.0
        assert names(silence, now_s) == []
    assert names(silence, now_s + TIMES * 2.0 - 2.1) == []
    assert names(silence, now_s + TIMES * 2.0) == ["fallen_silent"]


def test_a_quiet_place_is_given_three_times_its_longest_silence() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    for hour in range(5):
        silence.took(hour * 600 * NS)
    assert names(silence, 4 * 600 + TIMES * 600 - 10) == []
    assert names(silence, 4 * 600 + TIMES * 600 + 10) == ["fallen_silent"]


def test_what_never_heard_anything_proves_nothing() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    assert names(silence, NEVER_S) == []
    assert names(silence, NEVER_S + 1) == ["never_heard"]


def test_a_receiver_that_went_deaf_overnight_is_known_after_a_restart() -> None:
    usual = UsualSilence()
    before = Silence("wifi", usual, 0)
    for second in range(100):
        before.took(second * NS)
    assert names(Silence("wifi", usual, 200 * NS), 200 + NEVER_S + 1) == ["fallen_silent"]


def test_a_long_deafness_is_not_learnt_as_usual() -> None:
    for rates_hz, most_s in (((10.0,) * 4, DEAF_LEAST_S), ((1.0,), LEAST_S)):
        usual = UsualSilence()
        silence = Silence("wifi", usual, 0)
        boxes(100.0, rates_hz, silence)
        boxes(100.0, rates_hz, silence, 36_000.0)
        assert usual.longest_s is not None
        assert usual.longest_s <= most_s


def test_random_traffic_raises_nothing_in_a_week() -> None:
    """Phones that pass by, a frame in a minute on average."""
    rng = np.random.default_rng(3)
    silence, wrong = Silence("wifi", UsualSilence(), 0), 0
    now_s = 0.0
    for gap_s in rng.exponential(60.0, 10_000):
        wrong += now_s > 86_400 and bool(silence.look(round((now_s + gap_s) * NS)))
        now_s += gap_s
        silence.took(round(now_s * NS))
    assert wrong == 0
