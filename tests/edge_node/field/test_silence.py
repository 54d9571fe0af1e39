"""How long silence is usual, learnt of the place."""

from __future__ import annotations

import numpy as np

from edge_node.field.silence import BUSY_FOR_S, BUSY_LEAST_S, LEAST_S, NEVER_S, TIMES, Silence, UsualSilence

NS = 1_000_000_000


def names(silence: Silence, now_s: float) -> list[str]:
    return [one.name for one in silence.look(round(now_s * NS))]


def test_a_busy_place_that_falls_silent_is_said_after_a_minute_and_over_at_the_first_frame() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    for second in range(600):
        silence.took(second * NS)
        assert names(silence, second + 0.5) == []
    assert names(silence, 599 + LEAST_S) == []
    (finding,) = silence.look(round((600 + LEAST_S) * NS))
    assert (finding.name, finding.words) == ("fallen_silent", "no frame of anybody for 61 s, and the longest silence here was 1 s")
    silence.took(700 * NS)
    assert names(silence, 701) == []


def heard(silence: Silence, seconds: float, rate_hz: int) -> float:
    """Frames one after the other; when the last came."""
    for frame in range(round(seconds * rate_hz)):
        silence.took(frame * NS // rate_hz)
    return (round(seconds * rate_hz) - 1) / rate_hz


def test_where_many_send_a_silence_of_seconds_is_said_at_once_and_over_at_the_first_frame() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    last_s = heard(silence, BUSY_FOR_S + 5, 30)
    assert names(silence, last_s + BUSY_LEAST_S - 0.1) == []
    assert names(silence, last_s + BUSY_LEAST_S + 0.1) == ["fallen_silent"]
    silence.took(round((last_s + 20) * NS))
    assert names(silence, last_s + 20.5) == []


def test_few_frames_a_second_or_a_short_while_of_many_prove_nothing_within_seconds() -> None:
    for seconds, rate_hz in ((300.0, 15), (BUSY_FOR_S - 5, 100)):
        silence = Silence("wifi", UsualSilence(), 0)
        assert names(silence, heard(silence, seconds, rate_hz) + LEAST_S - 1) == []


def test_a_hopping_receiver_that_hears_nothing_on_some_channels_is_given_three_times_that() -> None:
    silence = Silence("wifi", UsualSilence(), 0)
    now_s = 0.0
    for _ in range(20):
        for _ in range(80):
            silence.took(round(now_s * NS))
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
    assert names(Silence("wifi", usual, 200 * NS), 200 + LEAST_S + 1) == ["fallen_silent"]


def test_a_long_deafness_is_not_learnt_as_usual() -> None:
    usual = UsualSilence()
    silence = Silence("wifi", usual, 0)
    for second in (*range(100), 36_000, *range(36_001, 36_100)):
        silence.took(second * NS)
    assert usual.longest_s is not None
    assert usual.longest_s <= LEAST_S


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
