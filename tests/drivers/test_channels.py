"""Channel plans and the hopper, with a tuner and a clock made for the test."""

from __future__ import annotations

import pytest

from drivers.channels import PLANS, RETRY_S, Hopper, Plan, Stop, channel_name
from drivers.tuning import ChannelRefused

PLAN: Plan = (Stop(2412, 0.25), Stop(2437, 1.1), Stop(2467, 0.25))


class FakeTuner:
    """Tunes nothing, refuses some channels and remembers what it was asked."""

    def __init__(self, *refused: int) -> None:
        self.refused = set(refused)
        self.asked: list[int] = []

    def __call__(self, interface: str, center_mhz: int) -> None:
        assert interface == "mon0"
        self.asked.append(center_mhz)
        if center_mhz in self.refused:
            raise ChannelRefused("Invalid argument (-22)")


def walk(hopper: Hopper, seconds: float, start_s: float = 0.0) -> float:
    """Step on a clock of its own; the time at the end."""
    now_s = start_s
    while now_s < start_s + seconds:
        now_s += hopper.step(now_s)
    return now_s


def test_the_named_plans() -> None:
    dwell_s = {stop.center_mhz: stop.dwell_s for stop in PLANS["default"]}
    assert len(PLANS["default"]) == len(dwell_s) == 22
    assert [mhz for mhz, dwell in dwell_s.items() if dwell > 1] == [2437, 5745]
    assert PLANS["2.4ghz"] + PLANS["5ghz"] == PLANS["default"]
    assert (min(dwell_s), max(dwell_s)) == (2412, 5825)
    assert sum(dwell_s.values()) == pytest.approx(7.2)
    assert [stop.center_mhz for stop in PLANS["channel6"]] == [2437]
    assert PLANS["none"] == ()


@pytest.mark.parametrize(
    ("mhz", "name"),
    [
        *((2412, "channel 1 (2412 MHz)"), (2472, "channel 13 (2472 MHz)"), (2484, "channel 14 (2484 MHz)")),
        *((5180, "channel 36 (5180 MHz)"), (5825, "channel 165 (5825 MHz)"), (5955, "channel 1 (5955 MHz)")),
        *((1, "1 MHz"), (2413, "2413 MHz"), (65_535, "65535 MHz")),
    ],
)
def test_names_channels(mhz: int, name: str) -> None:
    assert channel_name(mhz) == name


def test_hops_in_turn_and_stays_as_planned() -> None:
    tuner = FakeTuner()
    hopper = Hopper("mon0", PLAN, tuner)
    assert (hopper.center_mhz, hopper.words()) == (None, "")
    assert [hopper.step(0.0) for _ in range(4)] == [0.25, 1.1, 0.25, 0.25]
    assert tuner.asked == [2412, 2437, 2467, 2412]
    assert hopper.words() == "channel 1 (2412 MHz)"


def test_one_channel_is_tuned_once() -> None:
    tuner = FakeTuner()
    walk(Hopper("mon0", PLANS["channel6"], tuner), 300)
    assert tuner.asked == [2437]


def test_skips_and_names_a_refused_channel_and_tries_it_again() -> None:
    tuner = FakeTuner(2467)
    hopper = Hopper("mon0", PLAN, tuner)
    now_s = walk(hopper, RETRY_S - 2)
    assert tuner.asked.count(2467) == 1
    assert "refused channel 12 (2467 MHz): Invalid argument (-22)" in hopper.words()
    assert hopper.limits()[0].startswith("it cannot be tuned to channel 12 (2467 MHz) (Invalid argument (-22)): set the country")
    tuner.refused.clear()
    walk(hopper, 10, now_s)
    assert tuner.asked.count(2467) > 1
    assert "refused" not in hopper.words()
    assert hopper.limits() == ()


def test_stays_where_it_is_while_nothing_can_be_tuned() -> None:
    tuner = FakeTuner(2412, 2437, 2467)
    hopper = Hopper("mon0", PLAN, tuner)
    assert [hopper.step(5.0) for _ in range(4)] == [0, 0, 0, RETRY_S]
    assert hopper.words() == "cannot tune, stays where it is: Invalid argument (-22)"
    assert hopper.limits()[0].startswith("it cannot be tuned to any channel")
    tuner.refused.clear()
    assert hopper.step(5.0 + RETRY_S) == 0.25
    assert hopper.center_mhz == 2412


def test_says_where_it_stays_when_tuning_fails_later() -> None:
    tuner = FakeTuner()
    hopper = Hopper("mon0", PLAN, tuner)
    hopper.step(0.0)
    tuner.refused.update((2437, 2467))
    for _ in range(3):
        hopper.step(0.0)
    assert hopper.words().startswith("channel 1 (2412 MHz), refused channel 6 (2437 MHz), channel 12 (2467 MHz): ")


def test_the_empty_plan_moves_nothing() -> None:
    assert Hopper("mon0", (), FakeTuner()).step(9.0) > 0
