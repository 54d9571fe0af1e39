from __future__ import annotations

import pytest

from tools.c2.clocks import MOST_NODES, UNVOUCHED_S, Clocks
from tools.c2.picture import Event


def said(node8: str, utc_s: float, sigma_s: float | None = 0.002) -> Event:
    return {"node8": node8, "t_utc_ms": round(utc_s * 1000), "clock_sigma_s": sigma_s}


def test_messages_that_are_late_are_of_when_they_were_sent() -> None:
    clocks = Clocks()
    clocks.sent_s(said("west", 1_000.0), 50.0)
    clocks.sent_s(said("east", 1_000.1), 50.1)
    sent_s, sigma_s = clocks.sent_s(said("west", 1_001.0), 51.7)
    assert sent_s == pytest.approx(51.0)
    assert sigma_s == 0.002


@pytest.mark.parametrize("sigma_s", [None, 3.0])
def test_a_clock_that_is_not_vouched_for_says_nothing(sigma_s: float | None) -> None:
    clocks = Clocks()
    clocks.sent_s(said("west", 1_000.0), 50.0)
    assert clocks.sent_s(said("east", 5_000.0, sigma_s), 50.5) == (50.5, UNVOUCHED_S)
    assert clocks.sent_s(said("west", 1_001.0), 51.2)[0] == pytest.approx(51.0)


@pytest.mark.parametrize("off_s", [-4_000.0, 30.0, 4_000.0])
def test_a_clock_that_is_wrong_is_not_believed_though_it_is_vouched_for(off_s: float) -> None:
    clocks = Clocks()
    for turn in range(5):
        clocks.sent_s(said("west", 1_000.0 + turn), 50.0 + turn)
        clocks.sent_s(said("north", 1_000.0 + turn), 50.0 + turn)
        wrong = clocks.sent_s(said("east", 1_000.0 + turn + off_s), 50.0 + turn)
    assert wrong == (54.0, UNVOUCHED_S)
    assert clocks.sent_s(said("west", 1_005.0), 55.3)[0] == pytest.approx(55.0)


def test_no_more_nodes_are_remembered_than_the_most() -> None:
    clocks = Clocks()
    for number in range(MOST_NODES + 50):
        clocks.sent_s(said(f"{number}", 1_000.0), 50.0)
    assert len(clocks._late_s) == MOST_NODES
