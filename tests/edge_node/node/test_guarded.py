"""A detector of another package may fail and may say anything: what is sound of it gets through, and the rest is counted and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers.blocks import GnssFix
from edge_node.messages import Coverage, PositionDetection, PositionFix
from edge_node.node.guarded import FAILURES_IN_A_ROW, MOST_MESSAGES, DetectorBroken, Guarded

BLOCK = GnssFix(t_mono_ns=0, sequence=0, lost=0, source="nmea", has_fix=False)
FIX = PositionFix(t_mono_ns=1, has_fix=False)
WRONG: Any = "north"


def guarded(step: Callable[[int], Any]) -> Guarded:
    """A detector whose step is told how often it was called."""
    calls = iter(range(1_000_000))

    class Foreign:
        def step(self, _block: GnssFix) -> Any:
            return step(next(calls))

        def words(self) -> str:
            return "own words"

    return Guarded("Ping", Foreign)


def test_what_a_detector_covers_is_a_message_like_any_other() -> None:
    covered = Coverage(t_mono_ns=1, sense="other", reach_m=2_000.0, probability=0.9, latency_s=2.0)
    assert guarded(lambda _: [FIX, covered]).step(BLOCK) == [FIX, covered]
    unheard_of: Any = Coverage(t_mono_ns=1, sense=WRONG, reach_m=2_000.0, probability=0.9, latency_s=2.0)
    assert guarded(lambda _: [FIX, unheard_of]).step(BLOCK) == [FIX]


def test_what_is_sound_gets_through_and_junk_is_counted_and_named() -> None:
    junk = PositionDetection(t_mono_ns=1, latitude_deg=WRONG, longitude_deg=0.0, sigma_horizontal_m=1.0)
    long = PositionDetection(t_mono_ns=1, latitude_deg=1.0, longitude_deg=0.0, sigma_horizontal_m=1.0, notes=("x" * 20_000,))
    detector = guarded(lambda _: [FIX, junk, object(), None, {"kind": "position"}, long, FIX])
    assert detector.step(BLOCK) == [FIX, FIX]
    assert detector.junk == 5
    assert detector.words().startswith("own words; the detector of Ping said 5 things that are no message (a message of 20")


def test_endless_messages_are_cut() -> None:
    def endless(_: int) -> Iterator[PositionFix]:
        while True:
            yield FIX

    detector = guarded(endless)
    assert len(detector.step(BLOCK)) == MOST_MESSAGES
    assert f"more than {MOST_MESSAGES} in one block" in detector.words()


def test_one_that_fails_now_and_then_lives_on() -> None:
    detector = guarded(lambda call: [FIX][: 1 // (call % 2)])
    found = [message for _ in range(100) for message in detector.step(BLOCK)]
    assert (len(found), detector.failures) == (50, 50)
    assert "the detector of Ping failed 50 times (ZeroDivisionError: " in detector.words()


def test_one_that_fails_always_is_broken() -> None:
    detector = guarded(lambda _: None)
    for _ in range(FAILURES_IN_A_ROW - 1):
        assert detector.step(BLOCK) == []
    with pytest.raises(DetectorBroken, match="failed at 10 blocks in a row: TypeError"):
        detector.step(BLOCK)


class Ailing:
    problem = "the antenna is bent: straighten it"

    def step(self, _: object) -> list[object]:
        return []

    def words(self) -> str:
        return ""


class Telling(Ailing):
    def findings(self) -> list[tuple[str, str]]:
        return [("deaf", "it hears nothing")] * 99


class Failing(Ailing):
    def findings(self) -> list[tuple[str, str]]:
        raise KeyError("antenna")


def test_what_it_finds_is_handed_on_bounded_and_what_fails_is_said() -> None:
    assert Guarded("Plot", Ailing).findings() == [("sensor_problem", "the antenna is bent: straighten it")]
    assert Guarded("Plot", Telling).findings() == [("deaf", "it hears nothing")] * 8
    ((name, words),) = Guarded("Plot", Failing).findings()
    assert (name, "KeyError" in words) == ("sensor_problem", True)
