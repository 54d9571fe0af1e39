"""A target of another sensor on the wire: it comes back, it is small, and an older reader does not mind it."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import Target, TargetId, TargetIdKind, TargetLabel
from edge_node.publish import evidence_schema, wire
from tests.edge_node.publish.scene import CLOCK, NOW_NS
from tests.edge_node.publish.test_wire import TOPIC, numbers, sent, within
from tools.wire_example import target_track

targets = st.builds(
    Target,
    label=st.sampled_from(get_args(TargetLabel)),
    probability=st.none() | numbers(0, 1),
    label_probability=st.none() | numbers(0, 1),
    cooperative=st.booleans(),
    on_ground=st.none() | st.booleans(),
    ids=st.lists(st.builds(TargetId, st.sampled_from(get_args(TargetIdKind)), st.text(min_size=1, max_size=16)), max_size=4).map(tuple),
    category=st.none() | st.text(min_size=1, max_size=4),
    altitude_baro_m=st.none() | numbers(-2_000, 100_000),
    rcs_dbsm=st.none() | numbers(-100, 100),
    snr_db=st.none() | numbers(-100, 100),
)


@given(targets)
def test_a_target_comes_back_within_half_a_step(target: Target) -> None:
    said = sent(replace(target_track(), target=target))["tracks"][0]["target"]
    where = {None: None, True: "on_ground", False: "airborne"}[target.on_ground]
    surveillance = "cooperative" if target.cooperative else "non_cooperative"
    assert (said["label"], said["where"], said["surveillance"], said["category"]) == (target.label, where, surveillance, target.category)
    assert said["ids"] == [{"type": one.kind, "value": one.value} for one in target.ids]
    percents = (target.probability, said["probability_percent"]), (target.label_probability, said["label_probability_percent"])
    assert all(within(got, None if told is None else 100 * told, 0.5) for told, got in percents)
    assert within(said["altitude_baro_m"], target.altitude_baro_m, 0.05)
    assert within(said["rcs_dbsm"], target.rcs_dbsm, 0.5)
    assert within(said["snr_db"], target.snr_db, 0.5)


def test_names_of_the_wire_are_those_of_the_messages() -> None:
    assert (set(evidence_schema.TARGET_LABELS) - {None}, set(evidence_schema.TARGET_IDS) - {None}) == (
        set(get_args(TargetLabel)),
        set(get_args(TargetIdKind)),
    )


def test_all_that_is_said_of_an_aircraft_takes_at_most_80_bytes_and_claims_no_remote_id() -> None:
    told = [replace(target_track(), number=1000 + place) for place in range(10)]
    payload = wire.encode_tracks(told, CLOCK, 4_000_000_000, 100_000, NOW_NS)
    assert (len(TOPIC) + len(payload)) / 10 <= 80
    assert not any(track["rid_claimed"] for track in wire.decode_tracks(payload)["tracks"])
