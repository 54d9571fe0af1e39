"""What an object is by all that sensors say of it."""

from __future__ import annotations

from itertools import permutations
from math import exp, inf, nan, sqrt
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.fusion.kind.gait import CLIMBS, MOST_EXCLUDED, SPEEDS, excluded
from edge_node.fusion.kind.kinds import MOST_SOURCES, Kinds, Told
from edge_node.fusion.kind.opinions import CLAIMS, DRONES, PRIOR, RELIABILITY, opinion
from edge_node.messages import (
    AcousticDetection,
    BearingDetection,
    CameraDetection,
    Detection,
    LinkDetection,
    LinkKind,
    PositionDetection,
    RemoteIdDetection,
    SightLabel,
    SoundLabel,
    TargetLabel,
)
from edge_node.remote_id import claims

SECOND_NS = 1_000_000_000


def sound(label: SoundLabel = "multirotor", probability: float = 0.9, t_s: float = 0.0) -> AcousticDetection:
    return AcousticDetection(
        t_mono_ns=round(t_s * 1e9), track=1, label=label, probability=probability, level_db=-40.0, snr_db=9.0, lag_s=0.5
    )


def sight(t_s: float = 0.0, predicted: bool = False, **probabilities: float) -> CameraDetection:
    drone = probabilities.get("drone", 0.0)
    return CameraDetection(
        t_mono_ns=round(t_s * 1e9),
        frame=0,
        track=1,
        box=(0.0, 0.0, 9.0, 9.0),
        label="unknown",
        probability=drone,
        probabilities=probabilities,
        snr=9.0,
        predicted=predicted,
    )


def link(kind: LinkKind = "elrs_900", probability: float = 0.97, alarm: bool = True) -> LinkDetection:
    return LinkDetection(
        t_mono_ns=0,
        track=1,
        link=kind,
        alarm=alarm,
        probability=probability,
        center_hz=866e6,
        bandwidth_hz=5e5,
        snr_db=9.0,
        level_dbfs=-40.0,
        first_mono_ns=0,
        bursts=9,
    )


def target(cooperative: bool = False, **probabilities: float) -> PositionDetection:
    return PositionDetection(
        t_mono_ns=0,
        track=1,
        latitude_deg=0.0,
        longitude_deg=0.0,
        sigma_horizontal_m=9.0,
        cooperative=cooperative,
        probabilities=probabilities,
    )


def claim(ua_type: str | None) -> RemoteIdDetection:
    return RemoteIdDetection(t_mono_ns=0, transport="wifi_beacon", transmitter="02:00:00:00:00:01", ua_type=ua_type)


def told(*said: Detection, speed_mps: float | None = None, climb_mps: float | None = None) -> Told:
    kinds = Kinds()
    for place, one in enumerate(said):
        kinds.note((place,), one)
    for tick in range(40):
        kinds.move(tick * SECOND_NS // 2, speed_mps, climb_mps)
    return kinds.told()


def drone(what: Told) -> float:
    return sum(what[2].get(name, 0.0) for name in DRONES)


def test_who_says_nothing_is_told_nothing_of() -> None:
    assert told() == told(claim(None)) == told(speed_mps=0.0) == told(target(), link("wifi", alarm=False)) == (None, None, {})


def test_two_sensors_are_surer_than_one_and_one_is_no_surer_than_it_says() -> None:
    heard, seen, both = told(sound()), told(sight(drone=0.9, bird=0.1)), told(sound(), sight(drone=0.9, bird=0.1))
    assert 0.7 < drone(heard) < 0.9
    assert 0.7 < drone(seen) < 0.9
    assert drone(both) > 0.95
    assert both[0] == "multirotor"


def test_a_camera_alone_cannot_say_which_kind_of_drone_it_is_and_sound_can() -> None:
    seen = told(sight(drone=0.95))
    assert seen[2]["multirotor"] / seen[2]["fixed_wing"] == pytest.approx(PRIOR["multirotor"] / PRIOR["fixed_wing"])
    assert told(sight(drone=0.95), sound("fixed_wing"))[0] == "fixed_wing"


@pytest.mark.parametrize("label", ["bird", "aeroplane", "helicopter", "balloon"])
def test_what_is_surely_seen_is_told(label: SightLabel) -> None:
    what = told(sight(**{label: 0.95, "drone": 0.03}))
    assert what[0] == label
    assert drone(what) < 0.25


def test_insects_have_no_label() -> None:
    assert told(sight(insect=0.95))[:2] == ("unknown", None)


def test_sensors_that_contradict_each_other_leave_doubt() -> None:
    what = told(sound(probability=0.8), sight(bird=0.8, drone=0.1))
    assert 0.1 < drone(what) < 0.9


def test_a_camera_that_says_it_500_times_is_no_surer_than_when_it_said_it_first() -> None:
    kinds = Kinds()
    kinds.note("camera", sight(drone=0.8))
    once = kinds.told()
    for frame in range(1, 500):
        kinds.note("camera", sight(frame / 25, drone=0.8))
    assert kinds.told() == once


def test_a_word_counts_once_it_lasts_and_what_is_only_predicted_is_none() -> None:
    kinds = Kinds()
    kinds.note("camera", sight(0.0, drone=0.95))
    kinds.note("camera", sight(0.04, bird=0.95))
    assert drone(kinds.told()) > 0.8
    kinds.note("camera", sight(5.0, predicted=True, bird=0.95))
    assert drone(kinds.told()) > 0.8
    for frame in range(2, 100):
        kinds.note("camera", sight(frame / 25, bird=0.95))
    assert kinds.told()[0] == "bird"
    kinds.note("camera", sight(1.0, drone=1.0))
    assert kinds.told()[0] == "bird"


def test_many_of_one_kind_count_as_less_than_two() -> None:
    alike = [told(*[sight(drone=0.7, bird=0.2)] * n) for n in (1, 2, 4, 16)]
    surer = [drone(what) for what in alike]
    assert surer == sorted(surer)
    assert surer[-1] < drone(told(sight(drone=0.7, bird=0.2), sound(probability=0.7), link(probability=0.78)))


def test_a_link_says_drone_and_a_radiosonde_balloon() -> None:
    assert drone(told(link())) > 0.75
    assert told(link("radiosonde", alarm=False))[0] == "balloon"
    assert told(link("radiosonde", alarm=False), link("wifi", alarm=False)) == told(link("radiosonde", alarm=False))


def test_an_aircraft_that_tells_itself_is_one() -> None:
    assert told(target(cooperative=True))[0] == "aeroplane"
    assert told(target(True, helicopter=0.95))[0] == "helicopter"
    assert told(target(fixed_wing=0.9))[0] == "fixed_wing"
    pointed = BearingDetection(t_mono_ns=0, track=1, azimuth_deg=1.0, sigma_azimuth_deg=1.0, probabilities={"bird": 0.9})
    assert told(pointed)[0] == "bird"


def test_every_type_of_a_claim_is_known() -> None:
    assert CLAIMS.keys() == {name for name in claims.UA_TYPES if name not in (None, "other")}
    little = sight(drone=0.5, bird=0.3)
    alone = told(little)[2]
    assert told(little, claim("helicopter_or_multirotor"))[2]["multirotor"] > alone["multirotor"]
    assert told(little, claim("aeroplane"))[2]["fixed_wing"] > alone["fixed_wing"]
    assert told(little, claim("other"))[2]["bird"] < alone["bird"]


def test_who_says_alone_what_it_is_is_not_believed() -> None:
    assert told(claim("helicopter_or_multirotor")) == (None, None, {})


evidence = st.one_of(
    st.builds(sound, st.sampled_from(get_args(SoundLabel)), st.floats(0, 1)),
    st.dictionaries(st.sampled_from(get_args(SightLabel)), st.floats(0, 1), max_size=7).map(lambda said: sight(**said)),
    st.builds(link, st.sampled_from(get_args(LinkKind)), st.floats(0, 1), st.booleans()),
    st.tuples(st.booleans(), st.dictionaries(st.sampled_from(get_args(TargetLabel)), st.floats(0, 1), max_size=7)).map(
        lambda said: target(said[0], **said[1])
    ),
)
claimed = st.sampled_from([*CLAIMS, "other", "x"]).map(claim)


@settings(deadline=None)
@given(st.lists(evidence, min_size=1, max_size=4), st.lists(claimed, min_size=1, max_size=9), st.none() | st.floats(0, 90))
def test_claims_never_outweigh_evidence(said: list[Detection], lies: list[Detection], speed_mps: float | None) -> None:
    before, after = told(*said, speed_mps=speed_mps), told(*said, *lies, speed_mps=speed_mps)
    if before[0] not in (None, "unknown"):
        assert after[0] == before[0]


wild = st.floats() | st.sampled_from([nan, inf, -inf, 1e308, -1e308])
names = st.sampled_from([*get_args(TargetLabel), *get_args(SightLabel)]) | st.text(max_size=9)
hostile = st.one_of(
    st.builds(sound, st.text(), wild),
    st.dictionaries(names, wild, max_size=30).map(lambda said: sight().__class__(**{**_fields(sight()), "probabilities": said})),
    st.builds(link, st.text(), wild, st.booleans()),
    st.dictionaries(names, wild, max_size=30).map(lambda said: target().__class__(**{**_fields(target()), "probabilities": said})),
    st.text().map(claim),
)


def _fields(said: Detection) -> dict[str, object]:
    return {name: getattr(said, name) for name in said.__struct_fields__}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), hostile), max_size=60), wild, st.none() | wild, wild, st.integers(-(2**62), 2**62))
def test_whatever_is_said_probabilities_are_some_and_sum_to_at_most_1(
    said: list[tuple[int, Detection]], speed_mps: float, climb_mps: float | None, sigma_mps: float, t_ns: int
) -> None:
    kinds = Kinds()
    for key, one in said:
        kinds.note(key, one)
        kinds.move(t_ns, speed_mps, climb_mps, sigma_mps)
    label, sure, shares = kinds.told()
    assert label is None or label in get_args(TargetLabel)
    assert all(0.0 < share <= 1.0 for share in shares.values())
    assert shares.keys() <= set(get_args(TargetLabel)) - {"unknown"}
    assert sum(shares.values()) <= 1.0
    assert sure is None or sure == shares[str(label)] > 0.5
    assert len(kinds._sources) <= MOST_SOURCES


@settings(deadline=None)
@given(st.lists(evidence | claimed, max_size=4))
def test_the_order_of_sources_makes_no_difference(said: list[Detection]) -> None:
    outcomes = []
    for order in permutations(range(len(said))):
        kinds = Kinds()
        for place in order:
            kinds.note(place, said[place])
        outcomes.append(kinds.told())
    assert all(one == outcomes[0] for one in outcomes)


@settings(deadline=None)
@given(evidence | claimed)
def test_an_opinion_is_of_all_labels_and_sums_to_1(said: Detection) -> None:
    told_of = opinion(said)
    assert told_of is not None
    assert told_of.kind in RELIABILITY
    assert told_of.shares.keys() == PRIOR.keys() == set(get_args(TargetLabel))
    assert sum(told_of.shares.values()) == pytest.approx(1.0)
    assert sum(PRIOR.values()) == pytest.approx(1.0)


def test_what_is_dropped_is_as_if_never_said_and_what_is_absorbed_as_if_said_here() -> None:
    both, one, other = Kinds(), Kinds(), Kinds()
    for kinds in (both, one):
        kinds.note("sound", sound())
    for kinds in (both, other):
        kinds.note("sight", sight(drone=0.9))
    one.absorb(other)
    assert one.told() == both.told()
    one.drop("sight")
    one.drop("nobody")
    assert one.told() == told(sound())
    older = Kinds()
    older.note("sound", sound("fixed_wing", t_s=-5.0))
    one.absorb(older)
    assert one.told() == told(sound())


@pytest.mark.parametrize(
    ("speed_mps", "climb_mps", "out", "still"),
    [
        (0.2, 0.0, ["aeroplane", "fixed_wing", "bird"], ["multirotor", "helicopter", "balloon", "vehicle"]),
        (60.0, 0.0, ["multirotor", "bird", "balloon"], ["aeroplane", "fixed_wing", "helicopter"]),
        (230.0, 5.0, ["multirotor", "fixed_wing", "helicopter", "bird", "balloon", "vehicle"], ["aeroplane"]),
        (12.0, 9.0, ["bird", "vehicle"], ["multirotor", "fixed_wing"]),
        (12.0, 0.0, [], ["multirotor", "fixed_wing", "bird", "vehicle", "balloon"]),
    ],
)
def test_movement_excludes(speed_mps: float, climb_mps: float, out: list[TargetLabel], still: list[TargetLabel]) -> None:
    nats = excluded(speed_mps, climb_mps)
    assert all(nats[name] >= 1.5 for name in out)
    assert all(nats[name] <= 0.6 for name in still)
    assert max(nats.values()) <= MOST_EXCLUDED
    assert SPEEDS.keys() == CLIMBS.keys() == PRIOR.keys() - {"unknown"}


def test_what_hovers_is_no_bird_and_what_is_fast_no_multirotor_whatever_one_sensor_says() -> None:
    unsure = sight(drone=0.45, bird=0.45)
    assert drone(told(unsure, speed_mps=0.3, climb_mps=0.0)) > drone(told(unsure)) + 0.1
    assert told(sight(drone=0.9), speed_mps=60.0)[0] == "fixed_wing"
    assert told(target(aeroplane=0.3), speed_mps=200.0)[0] == "aeroplane"


def test_movement_counts_once_it_lasts_and_is_remembered_for_minutes() -> None:
    kinds = Kinds()
    kinds.note("sight", sight(drone=0.6, bird=0.3))
    before = kinds.told()
    kinds.move(0, 0.0, 0.0)
    assert kinds.told() == before
    for tick in range(20):
        kinds.move(tick * SECOND_NS // 2, 0.0, 0.0)
    hovered = drone(kinds.told())
    assert hovered > drone(before) + 0.03
    for tick in range(20, 60):
        kinds.move(tick * SECOND_NS // 2, 12.0, 0.0)
    assert drone(before) + 0.02 < drone(kinds.told()) < hovered
    for tick in range(60, 3000):
        kinds.move(tick * SECOND_NS // 2, 12.0, 0.0)
    assert drone(kinds.told()) == pytest.approx(drone(before), abs=0.01)


def test_a_speed_that_is_not_known_well_excludes_little() -> None:
    assert excluded(60.0, 0.0, sigma_mps=40.0)["multirotor"] < 0.6
    assert set(excluded(None, nan, inf).values()) == {0.0}


def calibration_errors(cameras: int, overconfident: float) -> tuple[float, float]:
    """Of a simulated drone or helicopter, seen by cameras that share half their errors and heard once: the pool's, and that of a product.

    Each has an area under its curve of 0.85, as on recordings of others, and believes in itself more than it should.
    """
    chance, apart = Random(1), 1.45
    pooled: list[tuple[float, bool]] = []
    multiplied: list[tuple[float, bool]] = []
    for _ in range(2_000):
        is_drone, shared, kinds, product = chance.random() < 0.5, chance.gauss(0, 1), Kinds(), 0.0
        for place in range(cameras + 1):
            error = (shared + chance.gauss(0, 1)) / sqrt(2) if place else chance.gauss(0, 1)
            nats = overconfident * ((1 if is_drone else -1) * apart**2 / 2 + apart * error)
            share = 1 / (1 + exp(-nats))
            product += nats
            kinds.note(place, sight(drone=share, helicopter=1 - share) if place else sound(probability=share))
        pooled.append((drone(kinds.told()), is_drone))
        multiplied.append((1 / (1 + exp(-product)), is_drone))
    return expected_error(pooled), expected_error(multiplied)


def expected_error(said: list[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for share, true in said:
        bins[min(int(share * 10), 9)].append((share, true))
    return sum(abs(sum(share - true for share, true in one)) for one in bins) / len(said)


@pytest.mark.parametrize("cameras", [1, 3])
def test_of_sensors_that_overrate_themselves_the_pool_is_better_calibrated_than_a_product(cameras: int) -> None:
    pool, product = calibration_errors(cameras, 1.5)
    assert pool < min(product, 0.08)


def test_of_sensors_that_are_calibrated_the_pool_says_somewhat_too_little() -> None:
    assert all(calibration_errors(cameras, 1.0)[0] < 0.1 for cameras in (1, 3))
