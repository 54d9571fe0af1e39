from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import Track, TrackState
from edge_node.publish.rates import LOST_SAID_FOR_S, Allowance, Rates
from tests.edge_node.publish.scene import full_track

TRACK = full_track(1, Random(1))
SECOND_NS = 1_000_000_000


def track(state: TrackState, heard_ns: int) -> Track:
    return replace(TRACK, state=state, last_seen_mono_ns=heard_ns)


def times_said(rates: Rates, ticks_ns: list[int], state: TrackState, heard_every_ns: int) -> list[int]:
    return [now for now in ticks_ns if rates.due([track(state, now - now % heard_every_ns)], now)]


jitter = st.lists(st.integers(-20_000_000, 20_000_000), min_size=300, max_size=300)


@given(jitter)
def test_a_confirmed_track_that_is_heard_is_said_five_times_a_second_on_a_jittering_tick(jitter: list[int]) -> None:
    ticks = [SECOND_NS + place * 200_000_000 + late for place, late in enumerate(jitter)]
    assert len(times_said(Rates(1, 5), ticks, "confirmed", 10_000_000)) >= 295


@given(jitter)
def test_never_above_the_highest_rate(jitter: list[int]) -> None:
    ticks = sorted(SECOND_NS + place * 30_000_000 + late for place, late in enumerate(jitter))
    said = times_said(Rates(1, 5), ticks, "confirmed", 1)
    for first in range(len(said) - 10):
        assert said[first + 10] - said[first] >= 1.8 * SECOND_NS


@given(jitter)
def test_what_is_not_heard_is_said_once_a_second(jitter: list[int]) -> None:
    ticks = [SECOND_NS + place * 200_000_000 + late for place, late in enumerate(jitter)]
    for state in ("tentative", "confirmed"):
        said = times_said(Rates(1, 5), ticks, state, 10**15)
        assert all(after - before <= 1.3 * SECOND_NS for before, after in pairwise(said))
        assert 57 <= len(said) <= 62


def test_a_tentative_track_is_not_said_faster_for_being_heard() -> None:
    ticks = [SECOND_NS + place * 100_000_000 for place in range(100)]
    assert len(times_said(Rates(1, 5), ticks, "tentative", 1)) <= 11


def test_a_change_of_state_is_said_at_once() -> None:
    rates = Rates(1, 5)
    assert rates.due([track("tentative", 0)], 0)
    assert not rates.due([track("tentative", 0)], 1_000)
    assert rates.due([track("confirmed", 0)], 2_000)
    assert rates.due([track("lost", 0)], 3_000)


def test_a_change_of_cooperation_is_said_at_once_and_its_reason_then_and_every_ten_seconds() -> None:
    rates = Rates(1, 5)
    known = replace(TRACK, cooperation="authorised", cooperation_reason="listed")
    said = [one.cooperation_reason for place in range(300) for one in rates.due([known], place * 200_000_000)]
    assert said[0] == "listed"
    assert 6 <= said.count("listed") <= 7
    (changed,) = rates.due([replace(known, cooperation="unknown", cooperation_reason="too high")], 60 * SECOND_NS + 1)
    assert changed.cooperation_reason == "too high"
    rates.forget()
    assert rates.due([known], 60 * SECOND_NS + 2)[0].cooperation_reason == "listed"


def test_a_lost_track_is_said_for_a_few_seconds_and_then_no_more() -> None:
    said = times_said(Rates(2, 5), [place * 100_000_000 for place in range(200)], "lost", 10**15)
    assert 6 <= len(said) <= 8
    assert said[-1] <= LOST_SAID_FOR_S * SECOND_NS


def test_tracks_that_are_gone_are_forgotten() -> None:
    rates = Rates(1, 5)
    rates.due([track("confirmed", 0)], 0)
    rates.due([], 1)
    assert rates.due([track("confirmed", 0)], 2)


def test_somebody_new_hears_everything() -> None:
    rates = Rates(1, 5)
    rates.due([track("confirmed", 0)], 0)
    rates.forget()
    assert rates.due([track("confirmed", 0)], 1)


@given(st.lists(st.integers(0, 3 * SECOND_NS), min_size=1, max_size=200))
def test_an_allowance_passes_so_many_at_once_and_so_many_a_second(apart_ns: list[int]) -> None:
    allowance, now_ns, passed = Allowance(2.0, 10.0), 5 * SECOND_NS, 0
    for wait_ns in apart_ns:
        now_ns += wait_ns
        passed += allowance.take(now_ns)
        assert passed <= 10 + 2 * (now_ns / SECOND_NS - 5) + 1e-6
    assert passed >= min(len(apart_ns), 10)
