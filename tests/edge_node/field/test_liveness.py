"""Data against declared rates: too few, none, lost, and nothing new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drivers.blocks import AudioBlock, Frame, GnssFix, IqBlock, RadioFrame
from edge_node.field.liveness import Liveness

NS = 1_000_000_000
RATE_HZ, PIECE = 16_000, 1_600
SAID_WITHIN_S = 5.0


def sound(number: int, lost: int = 0) -> AudioBlock:
    return AudioBlock(0, number * PIECE, lost, RATE_HZ, np.zeros((PIECE, 1), np.float32))


def spectrum(number: int, lost: int = 0) -> IqBlock:
    return IqBlock(0, number, lost, 1e6, 868e6, np.zeros(100_000, np.complex64))


def picture(number: int, *, repeated: bool = False, shutter: bool = False) -> Frame:
    return Frame(0, number, 0, np.zeros((8, 8), np.uint8), repeated=repeated, shutter=shutter)


def fix(number: int) -> GnssFix:
    return GnssFix(0, number, 0, "nmea", has_fix=False)


def play(liveness: Liveness, make: Callable[[int], Any], a_second: float, seconds: float, begin_s: float = 0.0) -> list[tuple[float, str]]:
    """What is found each second, from `begin_s` on."""
    told, number, due = [], 0, begin_s
    for tick in range(1, round(seconds * 20) + 1):
        now_s = begin_s + tick / 20
        while a_second and due <= now_s:
            liveness.took(make(number), round(due * NS))
            number, due = number + 1, due + 1 / a_second
        if tick % 20 == 0:
            told += [(now_s - begin_s, one.name) for one in liveness.look(round(now_s * NS))]
    return told


KINDS = {
    "mic_array": (sound, 10.0, None),
    "rtl_sdr": (spectrum, 10.0, None),
    "camera": (picture, 9.0, 9.0),
    "gnss": (fix, 1.0, None),
}


@pytest.mark.parametrize("driver", KINDS)
def test_what_comes_as_declared_is_well_and_what_ends_is_said_in_time_and_over_at_once(driver: str) -> None:
    make, a_second, declared = KINDS[driver]
    liveness = Liveness("one", driver, declared, 0)
    assert play(liveness, make, a_second, 60.0) == []
    ended = play(liveness, make, 0.0, 10.0, 60.0)
    assert ended[0][0] <= SAID_WITHIN_S
    assert {name for seconds, name in ended if seconds >= SAID_WITHIN_S} == {"no_data"}
    assert all(seconds <= 4.0 for seconds, _ in play(liveness, make, a_second, 30.0, 70.0)), "over within 10 s"


@pytest.mark.parametrize(("driver", "share"), [("mic_array", 0.5), ("rtl_sdr", 0.1), ("camera", 0.2)])
def test_too_little_is_said_in_time_with_its_figures(driver: str, share: float) -> None:
    make, a_second, declared = KINDS[driver]
    liveness = Liveness("one", driver, declared, 0)
    assert play(liveness, make, a_second, 60.0) == []
    few = play(liveness, make, share * a_second, 20.0, 60.0)
    assert few[0][0] <= SAID_WITHIN_S
    assert {name for _, name in few} == {"too_little_data"}
    (finding,) = liveness.look(80 * NS)
    assert "a second instead of" in finding.words
    assert finding.touch


def test_a_computer_that_is_slower_than_a_fast_camera_is_quick_enough() -> None:
    liveness = Liveness("one", "camera", 60.0, 0)
    assert play(liveness, picture, 10.0, 30.0) == []
    assert {name for _, name in play(liveness, picture, 5.0, 20.0, 30.0)} == {"too_little_data"}


def test_pictures_of_which_nobody_says_how_many_are_held_against_the_most_that_came() -> None:
    liveness = Liveness("one", "recording", None, 0)
    assert play(liveness, picture, 25.0, 30.0) == []
    assert play(liveness, picture, 4.0, 20.0, 30.0)[0][1] == "too_little_data"


@pytest.mark.parametrize(("make", "lost"), [(sound, PIECE), (spectrum, 50_000)])
def test_what_is_lost_is_said(make: Callable[..., Any], lost: int) -> None:
    liveness = Liveness("one", "mic_array", None, 0)
    assert play(liveness, make, 10.0, 10.0) == []
    told = play(liveness, lambda number: make(number, lost if number % 2 else 0), 8.0, 20.0, 10.0)
    assert told[0][0] <= SAID_WITHIN_S
    assert "data_lost" in {name for _, name in told}


@pytest.mark.parametrize("hides", ["repeated", "shutter"])
def test_pictures_that_show_nothing_new_are_none(hides: str) -> None:
    liveness = Liveness("one", "camera", 9.0, 0)
    assert play(liveness, picture, 9.0, 10.0) == []
    assert play(liveness, lambda number: picture(number, **{hides: True}), 9.0, 10.0, 10.0)[-1] == (10.0, "no_data")


def test_what_never_handed_over_anything_is_named_unless_it_waits_for_what_is_on_the_air() -> None:
    assert play(Liveness("one", "recording", None, 0), sound, 0.0, 6.0)[0] == (4.0, "no_data")
    assert play(Liveness("one", "wifi_monitor", None, 0), sound, 0.0, 600.0) == []
    heard = Liveness("one", "recording", None, 0)
    heard.took(RadioFrame(0, 0, 0, "wifi", b"\x80"), NS)
    assert heard.is_rare
    assert heard.look(600 * NS) == ()
