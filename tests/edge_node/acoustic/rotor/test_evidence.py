"""Does evidence gather over seconds, forget as slowly, and stay calm at single seconds."""

from __future__ import annotations

from math import tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from edge_node.acoustic.rotor.evidence import Evidence, Judgement
from edge_node.acoustic.rotor.model import RotorVerdict


def _verdict(drone: float) -> RotorVerdict:
    return RotorVerdict(
        probabilities=(drone, 0.0, 0.0, 1 - drone, 0.0),
        drone_probability=drone,
        label="multirotor" if drone > 0.5 else "machine",
        blade_pass_hz=None,
        blade_pass_rate_hz_s=None,
        comb_score=0.0,
        tonality=0.0,
    )


def _propeller(pitch_hz: float | None) -> RotorVerdict:
    return structs.replace(_verdict(0.0), probabilities=(0.02, 0.96, 0.0, 0.02, 0.0), drone_probability=0.98, blade_pass_hz=pitch_hz)


def _present(pitches_hz: list[float | None], hop_s: float = 0.5) -> list[bool]:
    evidence = Evidence()
    return [evidence.update(k * hop_s, _propeller(hz)).present for k, hz in enumerate(pitches_hz)]


def test_a_single_propeller_is_present_once_its_pitch_has_been_steady() -> None:
    flying_past = [190 * (1 + 0.02 * tanh(k / 2 - 3)) for k in range(16)]
    present = _present([*flying_past])
    assert not any(present[:3])
    assert all(present[10:])


@pytest.mark.parametrize("pitches_hz", [[150.0, 190.0, 170.0, 210.0] * 5, [None] * 20, [120 * 1.04**k for k in range(20)]])
def test_a_single_shaft_that_revs_or_has_no_pitch_is_no_aircraft(pitches_hz: list[float | None]) -> None:
    assert not any(_present(pitches_hz))


def test_octaves_apart_are_one_pitch() -> None:
    assert _present([190.0, 95.0] * 8)[-1]


def _heard(evidence: Evidence, drone: float, from_s: float, to_s: float, hop_s: float = 0.25) -> list[tuple[float, Judgement]]:
    count = round((to_s - from_s) / hop_s)
    return [(t_s, evidence.update(t_s, _verdict(drone))) for t_s in (from_s + hop_s * (k + 1) for k in range(count))]


@pytest.mark.parametrize("hop_s", [0.2, 0.25, 0.5])
def test_a_clear_drone_is_present_within_three_seconds(hop_s: float) -> None:
    evidence = Evidence()
    _heard(evidence, 0.02, 0.0, 10.0, hop_s)
    assert min(t_s for t_s, judged in _heard(evidence, 0.97, 10.0, 16.0, hop_s) if judged.present) <= 13.0


def test_a_single_second_makes_no_event() -> None:
    evidence = Evidence()
    _heard(evidence, 0.05, 0.0, 10.0)
    assert not any(judged.present for _, judged in _heard(evidence, 0.99, 10.0, 10.75))


def test_a_drone_that_pauses_for_half_a_second_stays_one_event() -> None:
    evidence = Evidence()
    _heard(evidence, 0.98, 0.0, 10.0)
    assert all(judged.present for _, judged in _heard(evidence, 0.3, 10.0, 10.5))


def test_what_has_ended_is_given_up_within_three_seconds() -> None:
    evidence = Evidence()
    _heard(evidence, 0.98, 0.0, 10.0)
    assert not _heard(evidence, 0.02, 10.0, 13.0)[-1][1].present


def test_label_is_of_a_drone_exactly_when_one_is_present() -> None:
    evidence = Evidence()
    judged = _heard(evidence, 0.98, 0.0, 6.0) + _heard(evidence, 0.02, 6.0, 12.0)
    assert all((now.label in {"multirotor", "fixed_wing"}) == now.present for _, now in judged)
    assert {now.present for _, now in judged} == {False, True}


def test_the_same_moment_twice_counts_once() -> None:
    evidence = Evidence()
    once = evidence.update(1.0, _verdict(0.9))
    assert evidence.update(1.0, _verdict(0.9)).probability == pytest.approx(once.probability)
    assert evidence.update(0.5, _verdict(0.9)).probability == pytest.approx(once.probability)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1)), max_size=30))
def test_probability_is_one_whatever_the_times(said: list[tuple[float, float]]) -> None:
    evidence = Evidence()
    for t_s, drone in said:
        judged = evidence.update(t_s, _verdict(drone))
        assert 0 <= judged.probability <= 1
        assert judged.lag_s > 0
