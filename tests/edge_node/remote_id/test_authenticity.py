"""What is suspected of whom: real captures, simulated flights genuine and false, and any detections at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.authenticity import MOST_NEWCOMERS, MOST_REGULARS, MOST_SUSPECTED, Authenticity
from edge_node.remote_id.judges.evidence import HELD_S, Evidence
from edge_node.remote_id.judges.heard import OwnPlace
from edge_node.suspicion import together
from tests.edge_node.remote_id.test_recordings import played
from tools.simulate.claims import HERE, genuine, in_order, utc_ns
from tools.simulate.false_claims import KINDS

FREE_OF_PLACE = sorted(KINDS.keys() - {"flat_strength", "far_but_loud"})


def suspected(detections: Iterable[RemoteIdDetection], here: OwnPlace | None = None, *, clock: bool = True) -> dict[str, set[str]]:
    """The names raised against each transmitter."""
    authenticity, names = Authenticity(), defaultdict[str, set[str]](set)
    for said in detections:
        judged = authenticity.judge(said, utc_ns(said) if clock else None, here)
        assert set(judged.flags) >= {suspicion.name for suspicion in judged.suspicions} | set(said.flags)
        assert all(0 < suspicion.score <= 1 and len(suspicion.evidence) > 10 for suspicion in judged.suspicions)
        names[said.transmitter] |= {suspicion.name for suspicion in judged.suspicions}
    return names


def of_capture(path: Path) -> dict[str, set[str]]:
    """The same of a capture; no clock is vouched for."""
    _, heard, _ = played(path)
    return suspected(heard, clock=False)


@pytest.mark.parametrize("name", ["parrot_anafi4_real.pcap", "odid_bt5_lr_sample.pcapng"])
def test_real_aircraft_are_not_suspected(shared_data: Path, name: str) -> None:
    assert [*of_capture(shared_data / "remote_id" / name).values()] == [set()]


def test_fifteen_invented_aircraft_share_one_radio(shared_data: Path) -> None:
    names = of_capture(shared_data / "remote_id" / "mavic_multiple_spoofed.pcapng")
    assert len(names) == 15
    assert all({"shared_sequence_counter", "operator_far"} <= own for own in names.values())
    assert sum(len(own) >= 3 for own in names.values()) >= 14


def test_a_replayed_frame_that_a_program_moves(shared_data: Path) -> None:
    names = of_capture(shared_data / "remote_id" / "parrot_anafi4_spoofed.pcap")
    assert [*names.values()] == [{"timestamp_frozen", "position_jump", "speed_mismatch", "operator_far", "message_counter_frozen"}]


@pytest.mark.parametrize("name", ["odid_wifi_sample.pcap", "odid_wifi_bcn_sample.pcap"])
def test_a_laboratory_board_never_set_its_clock(shared_data: Path, name: str) -> None:
    assert [*of_capture(shared_data / "remote_id" / name).values()] == [{"timestamp_never_set"}]


@pytest.mark.parametrize("seed", range(12))
def test_a_genuine_flight_is_not_suspected(seed: int) -> None:
    assert set().union(*suspected(genuine(seed), HERE if seed % 2 else None).values()) == set()


@pytest.mark.parametrize("fleet", [False, True])
def test_a_busy_site_is_not_suspected(fleet: bool) -> None:
    assert set().union(*suspected(genuine(1, 20, 25, fleet=fleet), HERE).values()) == set()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", FREE_OF_PLACE)
def test_what_is_false_is_found_out_wherever_the_node_is(kind: str, seed: int) -> None:
    names = suspected(KINDS[kind](seed))
    found = sum(bool(own) for own in names.values())
    assert found >= 0.9 * len(names)


def test_what_takes_the_place_of_the_node_to_find_out() -> None:
    assert [*suspected(KINDS["far_but_loud"](1), HERE).values()] == [{"rssi_too_strong"}]
    assert [*suspected(KINDS["far_but_loud"](1)).values()] == [set()]
    assert "rssi_flat" in suspected(KINDS["flat_strength"](1), HERE).popitem()[1]


def test_a_genuine_aircraft_amid_a_swarm_is_not_of_it() -> None:
    mine = [*genuine(3, 40, 4)]
    names = suspected(in_order((iter(mine), KINDS["swarm_of_one_radio"](3))), HERE)
    good = {said.transmitter for said in mine}
    assert set().union(*(names[transmitter] for transmitter in good)) == set()
    assert all("shared_sequence_counter" in own for transmitter, own in names.items() if transmitter not in good)


def test_two_addresses_of_one_aircraft_may_share_a_counter() -> None:
    flight = [said for said in genuine(5, 60) if said.ids][:200]
    both = (
        replace(said, sequence_number=number % 4096, transmitter=said.transmitter if number % 2 else "02:00:00:00:00:01")
        for number, said in enumerate(flight)
    )
    assert set().union(*suspected(both).values()) == set()


def test_a_constant_sequence_number_says_nothing() -> None:
    flights = in_order(iter([replace(said, sequence_number=0) for said in genuine(seed, 30)]) for seed in range(6))
    assert set().union(*suspected(flights).values()) == set()


def test_a_flood_leaves_the_tables_small_and_the_genuine_alone() -> None:
    authenticity, random, judged = Authenticity(), Random(1), None
    mine = [said for said in genuine(8, 40) if said.ids]
    for said in mine:
        judged = authenticity.judge(said, None, None)
        for _ in range(60):
            fake = replace(
                said,
                transmitter=f"02:{random.randrange(2**40):010x}",
                ids=(UasId("serial_number", f"{random.random()}"),),
                sequence_number=random.randrange(4096),
                tsf_us=random.getrandbits(63),
                rssi_dbm=random.randrange(-90, -30),
            )
            flooded = authenticity.judge(fake, None, None)
    assert judged is not None
    assert judged.suspicions == ()
    assert "transmitter_flood" in {suspicion.name for suspicion in flooded.suspicions}
    assert len(authenticity._newcomers) <= MOST_NEWCOMERS
    assert len(authenticity._regulars) <= MOST_REGULARS
    assert len(authenticity._suspected) <= MOST_SUSPECTED
    assert authenticity.words().startswith("authenticity: 1000 or more transmitters suspected: ")


def test_words_name_what_is_on_and_nothing_else() -> None:
    authenticity = Authenticity()
    assert authenticity.words() == ""
    for said in KINDS["many_names"](1):
        authenticity.judge(said, None, None)
    assert authenticity.words().startswith("authenticity: 1 transmitter suspected: ")
    for said in genuine(0, 30):
        authenticity.judge(replace(said, t_mono_ns=said.t_mono_ns + 90 * 10**9), None, None)
    assert authenticity.words() == ""


def test_a_suspicion_ends_and_together_they_weigh_more() -> None:
    evidence = Evidence()
    evidence.raise_("a", 0.5, "words", 0.0)
    evidence.raise_("b", 0.5, "words", 30.0)
    assert together(evidence.now(30.0)) == 0.75
    assert [suspicion.name for suspicion in evidence.now(HELD_S + 1)] == ["b"]
    evidence.withdraw("b")
    assert together(evidence.now(HELD_S + 1)) == 0


def maybe(values: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | values


anything = st.floats() | st.floats(-1000, 1000)
detections = st.builds(
    RemoteIdDetection,
    t_mono_ns=st.integers(0, 100 * 10**9) | st.integers(0, 2**63 - 1),
    transport=st.sampled_from(["wifi_beacon", "wifi_nan", "ble_legacy", "dji_beacon", "mavlink"]),
    transmitter=st.sampled_from(["", "02:00:00:00:00:01", "02:00:00:00:00:02", "60:60:1f:00:00:03", "x:y:z:u:v:w", "a" * 200]),
    sensor=st.text(max_size=2),
    rssi_dbm=st.none() | st.integers(),
    center_hz=st.none() | st.integers(),
    counter=st.none() | st.integers(),
    ids=st.lists(st.builds(UasId, st.sampled_from(["serial_number", "none"]), st.text(max_size=20)), max_size=3).map(tuple),
    latitude_deg=maybe(anything | st.floats(48, 48.001)),
    longitude_deg=maybe(anything | st.floats(11, 11.001)),
    altitude_wgs84_m=maybe(anything),
    altitude_baro_m=maybe(anything),
    height_m=maybe(anything),
    direction_deg=maybe(anything),
    speed_mps=maybe(anything),
    vertical_speed_mps=maybe(anything),
    horizontal_accuracy_m=maybe(anything),
    vertical_accuracy_m=maybe(anything),
    timestamp_s=maybe(anything),
    operator_latitude_deg=maybe(anything),
    operator_longitude_deg=maybe(anything),
    operator_id=st.none() | st.text(max_size=20),
    ssid=st.none() | st.text(max_size=20).map("RID-".__add__),
    sequence_number=st.none() | st.integers(0, 50) | st.integers(),
    tsf_us=st.none() | st.integers(0, 2**64),
)
places = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.none() | st.floats(-500, 9000))


@settings(max_examples=200, deadline=None)
@given(st.lists(detections, max_size=40), st.none() | st.integers(0, 2**62), places)
def test_nothing_that_is_heard_breaks_it(said: list[RemoteIdDetection], t_utc_ns: int | None, here: OwnPlace | None) -> None:
    authenticity = Authenticity()
    for one in said:
        judged = authenticity.judge(one, t_utc_ns, here)
        assert len(judged.suspicions) <= 32
        assert all(len(suspicion.evidence) < 300 for suspicion in judged.suspicions)
    assert isinstance(authenticity.words(), str)
