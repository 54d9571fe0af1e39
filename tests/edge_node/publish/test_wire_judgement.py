"""What a node makes of an object on the wire: it comes back, it is small, and what is not said costs nothing."""

from __future__ import annotations

from random import Random
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import Fact, FactName, FactUnit, TargetLabel, Track
from edge_node.publish import wire
from edge_node.publish.evidence_schema import TARGET_LABELS
from edge_node.publish.journal import Journal
from edge_node.publish.judgement_schema import FACT_UNITS, FACTS
from edge_node.publish.rates import Rates
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track
from tests.edge_node.publish.test_wire import TOPIC, numbers, sent, within
from tools.wire_example import judged_track

PLAIN = full_track(1, Random(1))
SECOND_NS = 1_000_000_000
labels = tuple(name for name in get_args(TargetLabel) if name != "unknown")
shares = st.dictionaries(st.sampled_from(labels), numbers(0, 1), max_size=7).map(
    lambda told: {name: share / max(sum(told.values()), 1.0) for name, share in told.items()}
)
facts = st.builds(
    Fact,
    name=st.sampled_from(get_args(FactName)),
    value=st.none() | numbers(-1_000, 1_000),
    unit=st.none() | st.sampled_from(get_args(FactUnit)),
    reason=st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=128),
    about=st.none() | st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=64),
)


@given(st.none() | numbers(0, 1), st.none() | st.sampled_from(labels), numbers(0, 1), shares, st.none() | numbers(0, 1))
def test_what_is_thought_of_an_object_comes_back_within_half_a_percent(
    existence: float | None, label: TargetLabel | None, sure: float, probabilities: dict[str, float], claim: float | None
) -> None:
    told = replace(PLAIN, existence=existence, label=label, label_probability=sure, probabilities=probabilities, claim_probability=claim)
    said = sent(told)["tracks"][0]["judgement"]
    assert said["label"] == label
    for told_share, percent in ((existence, "existence"), (sure, "label_probability"), (claim, "claim")):
        assert within(said[f"{percent}_percent"], None if told_share is None else 100 * told_share, 0.5)
    assert all(abs(said["probabilities"].get(name, 0) - 100 * share) <= 0.500001 for name, share in probabilities.items())
    assert said["probabilities"].keys() <= probabilities.keys()


@given(st.lists(facts, max_size=8))
def test_what_it_does_comes_back(told: list[Fact]) -> None:
    said = sent(replace(PLAIN, existence=0.9, behaviour=tuple(told)))["tracks"][0]["judgement"]["behaviour"]
    assert [(one["name"], one["unit"], one["about"], one["reason"] or "") for one in said] == [
        (fact.name, fact.unit, fact.about, fact.reason) for fact in told
    ]
    assert all(within(one["value"], fact.value, 0.05) for one, fact in zip(said, told, strict=True))


def test_names_of_the_wire_are_those_of_the_messages() -> None:
    assert (FACTS[1:], FACT_UNITS[1:]) == (get_args(FactName), get_args(FactUnit))
    assert TARGET_LABELS[1:] == get_args(TargetLabel)


def test_facts_are_at_most_eight_and_their_reasons_128_bytes() -> None:
    told = tuple(Fact("climbs", float(place), "m/s", "é" * 100, "x" * 100) for place in range(30))
    said = sent(replace(PLAIN, behaviour=told))["tracks"][0]["judgement"]["behaviour"]
    assert (len(said), {len(one["reason"].encode()) for one in said}, {len(one["about"]) for one in said}) == (8, {128}, {64})


def size(track: Track) -> int:
    return len(wire.encode_tracks([track], CLOCK, 4_000_000_000, 100_000, NOW_NS))


def test_what_is_not_said_costs_nothing_and_what_is_costs_little() -> None:
    record = wire.track_record(PLAIN, NOW_NS, (), ())
    assert record is not None
    assert record.judgement is None
    judged = replace(PLAIN, existence=0.99, label="multirotor", label_probability=0.93, probabilities={"multirotor": 0.93, "bird": 0.02})
    assert size(judged) - size(PLAIN) <= 20
    assert size(replace(bearing_track(1, Random(1)), existence=0.99)) - size(bearing_track(1, Random(1))) <= 12
    ten = [replace(judged_track(), number=1000 + place) for place in range(10)]
    assert (len(TOPIC) + len(wire.encode_tracks(ten, CLOCK, 4_000_000_000, 100_000, NOW_NS))) / 10 <= 96


def test_reasons_are_told_when_facts_come_or_go_and_every_ten_seconds() -> None:
    rates = Rates(1, 5)
    climbs, nears = Fact("climbs", 2.0, "m/s", "2.0 m/s"), Fact("approaches", 70.0, "s", "in 70 s", "reactor")

    def reasons(track: Track, tick: int) -> list[str]:
        return [fact.reason for one in rates.due([track], tick * SECOND_NS // 5) for fact in one.behaviour]

    said = [reason for tick in range(300) for reason in reasons(replace(PLAIN, behaviour=(climbs,)), tick)]
    assert 6 <= said.count("2.0 m/s") <= 7
    assert said.count("") > 50
    assert reasons(replace(PLAIN, behaviour=(climbs, nears)), 305) == ["2.0 m/s", "in 70 s"]
    assert reasons(replace(PLAIN, behaviour=(climbs, nears)), 310) == ["", ""]


def test_history_keeps_numbers_alone() -> None:
    told = replace(PLAIN, behaviour=(Fact("climbs", 2.0, "m/s", "2.0 m/s, surely"),))
    (kept,) = Journal(1.0).look([told], NOW_NS)[1]
    assert kept.behaviour == (Fact("climbs", 2.0, "m/s"),)


def test_another_label_is_told_and_doubt_is_not() -> None:
    journal = Journal(1.0)

    def judged(second: int, label: TargetLabel | None) -> list[str | None]:
        now_ns = second * SECOND_NS
        track = replace(PLAIN, t_mono_ns=now_ns, last_seen_mono_ns=now_ns, label=label, label_probability=0.87)
        noted = journal.look([track], now_ns)[0]
        assert all((one.event, one.about) == ("reclassified", "label") for one in noted)
        return [one.words for one in noted]

    assert judged(0, None) == judged(15, "multirotor") == judged(30, "unknown") == judged(45, "multirotor") == []
    assert judged(60, "bird") == ["bird, 87% sure, was multirotor"]
    assert judged(61, "multirotor") == []
    assert judged(80, "multirotor") == ["multirotor, 87% sure, was bird"]
