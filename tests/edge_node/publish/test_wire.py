from __future__ import annotations

import math
from contextlib import suppress
from random import Random
from typing import Any, get_args

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import (
    Bearing,
    Cooperation,
    Emission,
    Fact,
    FactName,
    FactUnit,
    Hearing,
    Identity,
    IdType,
    Kinematics,
    LinkKind,
    NodeStatus,
    SensorReport,
    SensorState,
    SensorStatus,
    Sight,
    SightLabel,
    Sound,
    SoundLabel,
    Suspicion,
    Track,
    TrackState,
    Transport,
    UasId,
    Verdict,
)
from edge_node.publish import evidence_schema, judgement_schema, schema, wire
from edge_node.publish.readings import ellipse, without_operator
from edge_node.remote_id import claims
from edge_node.timebase import ClockSource, Timebase
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track

TOPIC = wire.topic("t", "01234567")


def sent(*tracks: Track, clock: Timebase = CLOCK) -> dict[str, Any]:
    """What C2 reads of a batch."""
    return wire.decode(TOPIC, wire.encode_tracks(tracks, clock, 7, 9, NOW_NS))


def within(value: float | None, truth: float | None, half_step: float) -> bool:
    return value == truth if truth is None or value is None else abs(value - truth) <= half_step * 1.000001


@pytest.mark.parametrize("seed", range(50))
def test_a_full_remote_id_track_takes_at_most_96_bytes_and_a_bearing_48(seed: int) -> None:
    chance = Random(seed)
    for make, most in ((full_track, 96), (bearing_track, 48)):
        tracks = [make(1000 + 10 * seed + place, chance) for place in range(10)]
        payload = wire.encode_tracks(tracks, CLOCK, 4_000_000_000, 100_000, NOW_NS)
        assert (len(TOPIC) + len(payload)) / 10 <= most


def test_plain_msgpack_reads_it() -> None:
    track = full_track(3, Random(3))
    batch = msgpack.unpackb(wire.encode_tracks([track], CLOCK, 7, 9, NOW_NS))
    assert batch[:4] == [schema.MAJOR, schema.MINOR, 7, 9]
    record = batch[8][0]
    assert track.kinematics is not None
    assert record[0] == 3
    assert record[9][0] == round(track.kinematics.latitude_deg * 1e7)
    assert record[8][1] == "1588E040445AC0000003"


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


kinematics = st.builds(
    Kinematics,
    latitude_deg=numbers(-90, 90),
    longitude_deg=numbers(-180, 180),
    altitude_wgs84_m=st.none() | numbers(-500, 50_000),
    velocity_east_mps=numbers(-1000, 1000),
    velocity_north_mps=numbers(-1000, 1000),
    velocity_up_mps=numbers(-1000, 1000),
    covariance=st.just(()),
)


@given(kinematics)
def test_place_and_velocity_come_back_within_half_a_step(state: Kinematics) -> None:
    said = sent(replace(full_track(1, Random(1)), kinematics=state, identity=None))["tracks"][0]["kinematics"]
    assert within(said["latitude_deg"], state.latitude_deg, 0.5e-7)
    assert within(said["longitude_deg"], state.longitude_deg, 0.5e-7)
    assert within(said["altitude_wgs84_m"], state.altitude_wgs84_m, 0.05)
    for name in ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps"):
        assert within(said[name], getattr(state, name), 0.05)
    assert said["sigma_major_m"] is said["major_axis_deg"] is said["sigma_velocity_mps"] is None


bearings = st.builds(
    Bearing,
    azimuth_deg=numbers(-360, 720),
    elevation_deg=st.none() | numbers(-90, 90),
    azimuth_rate_dps=st.none() | numbers(-360, 360),
    elevation_rate_dps=st.none() | numbers(-360, 360),
    sigma_pose_deg=st.none() | numbers(0, 180),
    sigma_azimuth_deg=numbers(0, 180),
    sigma_elevation_deg=st.none() | numbers(0, 180),
)


@given(bearings)
def test_a_bearing_comes_back_within_half_a_step_and_its_sigmas_never_smaller(state: Bearing) -> None:
    said = sent(replace(bearing_track(1, Random(1)), bearing=state))["tracks"][0]["bearing"]
    turned = (said["azimuth_deg"] - state.azimuth_deg + 180) % 360 - 180
    assert abs(turned) <= 0.005001
    for name in ("elevation_deg", "azimuth_rate_dps", "elevation_rate_dps"):
        assert within(said[name], getattr(state, name), 0.005)
    assert -1e-6 <= said["sigma_azimuth_deg"] - state.sigma_azimuth_deg < 0.01
    assert (said["sigma_elevation_deg"] is None) == (state.sigma_elevation_deg is None)


@given(numbers(-90, 90), numbers(-180, 180), numbers(-90, 90), numbers(-180, 180), st.booleans())
def test_the_operators_place_comes_back_with_and_without_the_aircrafts(
    lat: float, lon: float, own_lat: float, own_lon: float, placed: bool
) -> None:
    track = full_track(1, Random(1))
    state = msgspec.structs.replace(track.kinematics, latitude_deg=lat, longitude_deg=lon) if placed and track.kinematics else None
    claim = Identity(operator_latitude_deg=own_lat, operator_longitude_deg=own_lon)
    said = sent(replace(track, kinematics=state, identity=claim))["tracks"][0]["identity"]
    assert within(said["operator_latitude_deg"], own_lat, 0.51e-5)
    assert abs((said["operator_longitude_deg"] - own_lon + 180) % 360 - 180) <= 0.51e-5


@given(st.integers(-(10**9), 10**11), st.integers(0, 10**10))
def test_times_come_back_within_half_a_step(age_ns: int, unheard_ns: int) -> None:
    heard_ns = NOW_NS - age_ns - unheard_ns
    batch = sent(replace(full_track(1, Random(1)), t_mono_ns=NOW_NS - age_ns, last_seen_mono_ns=heard_ns))
    track = batch["tracks"][0]
    assert abs(batch["t_utc_ms"] / 1e3 - track["age_s"] - CLOCK.utc_ns(NOW_NS - age_ns) / 1e9) <= 0.005001
    assert abs(track["unheard_s"] - unheard_ns / 1e9) <= 0.005001


def test_who_how_and_what_comes_back() -> None:
    track = replace(full_track(1, Random(1)), sensors=("wifi", "roof"), flags=("speed_impossible", "x" * 300))
    other = replace(bearing_track(2, Random(1)), sensors=("roof",), flags=())
    one, two = sent(track, other)["tracks"]
    assert (one["number"], one["state"], one["transports"], one["sensors"]) == (1, "confirmed", ["wifi_beacon"], ["wifi", "roof"])
    assert one["flags"] == ["speed_impossible", "x" * 64]
    assert track.heard[0].rssi_dbm == one["rssi_dbm"]
    assert (two["sensors"], two["flags"], two["transports"], two["rssi_dbm"]) == (["roof"], [], [], None)
    claim = one["identity"]
    assert claim["ids"] == [{"type": "serial_number", "value": "1588E040445AC0000001"}]
    assert (claim["ua_type"], claim["status"], claim["height_reference"]) == ("helicopter_or_multirotor", "airborne", "take_off")
    assert (claim["operator_location"], claim["operator_id"]) == ("live", "LVA0000000000001")


def test_cooperation_and_suspicion_come_back_and_an_older_reader_sees_the_state_alone() -> None:
    doubts = (Suspicion("a", 0.5, ""), Suspicion("b", 0.21, ""))
    track = replace(full_track(1, Random(1)), cooperation="in_restricted_zone", cooperation_reason="in zone X " * 20, suspicions=doubts)
    said = sent(track)["tracks"][0]
    assert (said["state"], said["cooperation"], said["suspicion_percent"]) == ("confirmed", "in_restricted_zone", 61)
    assert said["cooperation_reason"] == ("in zone X " * 20)[:128]
    assert msgpack.unpackb(wire.encode_tracks([track], CLOCK, 7, 9, NOW_NS))[8][0][1] & 3 == 2
    clean = sent(replace(full_track(1, Random(1)), cooperation=None), bearing_track(2, Random(2)))["tracks"]
    assert [one["suspicion_percent"] for one in clean] == [None, None]
    assert clean[0]["cooperation"] is clean[0]["cooperation_reason"] is None


sounds = st.builds(
    Sound,
    label=st.sampled_from(get_args(SoundLabel)),
    probability=numbers(0, 1),
    blade_pass_hz=st.none() | numbers(0, 10_000),
    level_db=numbers(-200, 200),
    level_reference=st.sampled_from(["spl", "full_scale"]),
    snr_db=numbers(-100, 100),
)


@given(sounds)
def test_a_sound_comes_back_within_half_a_step(heard: Sound) -> None:
    track = replace(bearing_track(1, Random(1)), sound=heard)
    said = sent(track)["tracks"][0]["sound"]
    assert (said["label"], said["level_reference"]) == (heard.label, heard.level_reference)
    assert within(said["probability_percent"], 100 * heard.probability, 0.5)
    assert within(said["blade_pass_hz"], heard.blade_pass_hz, 0.25)
    assert within(said["level_db"], heard.level_db, 0.5)
    assert within(said["snr_db"], heard.snr_db, 0.5)
    assert sent(full_track(1, Random(1)))["tracks"][0]["sound"] is None


@pytest.mark.parametrize("seed", range(20))
def test_a_sound_adds_at_most_16_bytes(seed: int) -> None:
    chance = Random(seed)
    tracks = [bearing_track(1000 + place, chance) for place in range(10)]
    heard = Sound(
        label="multirotor", probability=chance.random(), blade_pass_hz=chance.uniform(60, 400), level_db=-chance.uniform(0, 90), snr_db=9.0
    )
    plain, full = (wire.encode_tracks(said, CLOCK, 7, 9, NOW_NS) for said in (tracks, [replace(one, sound=heard) for one in tracks]))
    assert (len(full) - len(plain)) / 10 <= 16


sights = st.builds(
    Sight,
    label=st.sampled_from(get_args(SightLabel)),
    probability=numbers(0, 1),
    label_probability=st.none() | numbers(0, 1),
    snr=numbers(1e-4, 1e4),
    size_deg=st.none() | numbers(0, 360),
    range_m=st.none() | numbers(0, 100_000),
    sigma_range_m=st.none() | numbers(0, 100_000),
    temperature_k=st.none() | numbers(0, 6_553),
    predicted=st.booleans(),
)


@given(sights)
def test_a_sight_comes_back_within_half_a_step(seen: Sight) -> None:
    track = replace(bearing_track(1, Random(1)), sight=seen)
    said = sent(track)["tracks"][0]["sight"]
    assert (said["label"], said["seen"]) == (seen.label, "extrapolated" if seen.predicted else "now")
    assert within(said["probability_percent"], 100 * seen.probability, 0.5)
    likely = seen.label_probability
    assert within(said["label_probability_percent"], None if likely is None else 100 * likely, 0.5)
    assert within(said["snr_db"], 20 * math.log10(seen.snr), 0.5)
    assert within(said["size_deg"], seen.size_deg, 0.005)
    assert within(said["range_m"], seen.range_m, 0.5)
    assert within(said["temperature_k"], seen.temperature_k, 0.05)
    assert seen.sigma_range_m is None or 0 <= said["sigma_range_m"] + 1e-5 - seen.sigma_range_m <= 1 + 1e-5
    assert sent(full_track(1, Random(1)))["tracks"][0]["sight"] is None


def test_the_error_of_the_mounting_goes_beside_the_random_ones() -> None:
    track = bearing_track(1, Random(1))
    assert track.bearing is not None
    said = sent(track, replace(track, bearing=replace(track.bearing, sigma_pose_deg=1.501)))["tracks"]
    assert [one["bearing"]["sigma_pose_deg"] for one in said] == [None, 1.51]
    assert said[0]["bearing"]["sigma_azimuth_deg"] == said[1]["bearing"]["sigma_azimuth_deg"]


def test_what_a_bearing_counts_from_is_told_and_costs_a_node_on_a_mast_nothing() -> None:
    track = bearing_track(1, Random(1))
    assert track.bearing is not None
    carried = replace(track, bearing=replace(track.bearing, reference="vehicle"))
    assert [one["bearing"]["reference"] for one in sent(track, carried)["tracks"]] == ["true_north", "vehicle"]
    record = wire.track_record(track, NOW_NS, (), ())
    assert record is not None
    assert record.bearing is not None
    assert record.bearing.reference is None


@pytest.mark.parametrize("seed", range(20))
def test_all_that_a_camera_says_of_a_track_takes_at_most_64_bytes(seed: int) -> None:
    chance = Random(seed)
    tracks = [bearing_track(1000 + place, chance) for place in range(10)]
    seen = Sight(
        label="drone",
        probability=chance.random(),
        label_probability=chance.random(),
        snr=chance.uniform(3, 30),
        size_deg=chance.uniform(0.05, 3),
        range_m=chance.uniform(20, 3_000),
        sigma_range_m=chance.uniform(5, 1_000),
        temperature_k=chance.uniform(260, 330),
    )
    told = [replace(one, sight=seen, bearing=replace(one.bearing, sigma_pose_deg=1.0)) for one in tracks if one.bearing]
    assert (len(TOPIC) + len(wire.encode_tracks(told, CLOCK, 4_000_000_000, 100_000, NOW_NS))) / 10 <= 64


def test_the_best_id_is_first_and_ids_that_are_no_text_are_bytes() -> None:
    ids = (UasId("specific_session", "00ff10"), UasId("none", "not hex"), UasId("serial_number", "12ab"), UasId("utm_uuid", "AB"))
    claim = Identity(ids=ids, transmitters=("02:00:00:00:00:01",))
    said = sent(replace(full_track(1, Random(1)), identity=claim))["tracks"][0]["identity"]
    assert [one["value"] for one in said["ids"]] == ["12ab", "AB", "00ff10", "not hex"]
    assert said["ids"][2]["type"] == "specific_session"
    assert said["transmitter"] is None
    nameless = sent(replace(full_track(1, Random(1)), identity=replace(claim, ids=())))["tracks"][0]["identity"]
    assert (nameless["ids"], nameless["transmitter"]) == ([], "02:00:00:00:00:01")


@given(numbers(1e-3, 1e6), numbers(1e-3, 1e6), numbers(-0.99, 0.99))
def test_the_error_ellipse_is_that_of_the_covariance(east: float, north: float, correlation: float) -> None:
    cross = correlation * math.sqrt(east * north)
    major, minor, axis_deg = ellipse(east, north, cross)
    direction = math.radians(axis_deg)
    along = east * math.sin(direction) ** 2 + north * math.cos(direction) ** 2 + 2 * cross * math.sin(direction) * math.cos(direction)
    assert math.isclose(along, major**2, rel_tol=1e-6)
    assert math.isclose((major * minor) ** 2, east * north - cross**2, rel_tol=1e-3)


@pytest.mark.parametrize(("east", "north", "axis_deg"), [(4.0, 1.0, 90), (1.0, 4.0, 0)])
def test_the_longer_axis_is_clockwise_from_north(east: float, north: float, axis_deg: float) -> None:
    assert ellipse(east, north, 0.0) == (2.0, 1.0, axis_deg)
    assert ellipse(2.0, 2.0, 1.0)[2] == pytest.approx(45)


anything = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 1e308])
text = st.text(max_size=100) | st.just("\ud800\x00") | st.integers(60, 300).map(lambda length: "x" * length)
wild = st.builds(
    Track,
    number=st.integers(),
    state=st.sampled_from(get_args(TrackState)),
    t_mono_ns=st.integers(),
    first_seen_mono_ns=st.integers(),
    last_seen_mono_ns=st.integers(),
    kinematics=st.none()
    | st.builds(
        Kinematics,
        latitude_deg=anything,
        longitude_deg=anything,
        altitude_wgs84_m=st.none() | anything,
        velocity_east_mps=anything,
        velocity_north_mps=anything,
        velocity_up_mps=anything,
        covariance=st.lists(anything, max_size=40).map(tuple) | st.lists(anything, min_size=36, max_size=36).map(tuple),
    ),
    bearing=st.none()
    | st.builds(Bearing, azimuth_deg=anything, elevation_deg=anything, sigma_azimuth_deg=anything, sigma_elevation_deg=anything),
    identity=st.none()
    | st.builds(
        Identity,
        ids=st.lists(st.builds(UasId, st.sampled_from(get_args(IdType)), text), max_size=20).map(tuple),
        ua_type=text,
        status=text,
        height_m=anything,
        operator_id=text,
        operator_latitude_deg=anything,
        operator_longitude_deg=anything,
        operator_altitude_wgs84_m=anything,
        transmitters=st.lists(text, max_size=3).map(tuple),
    ),
    heard=st.lists(
        st.builds(
            Hearing, transport=st.sampled_from(get_args(Transport)), count=st.just(1), last_mono_ns=st.integers(), rssi_dbm=st.integers()
        ),
        max_size=9,
    ).map(tuple),
    sensors=st.lists(text, max_size=40).map(tuple),
    suspicions=st.lists(st.builds(Suspicion, text, anything, text), max_size=3).map(tuple),
    cooperation=text,
    cooperation_reason=text,
    flags=st.lists(text, max_size=40).map(tuple),
    sound=st.none() | st.builds(Sound, label=text, probability=anything, blade_pass_hz=anything, level_db=anything, snr_db=anything),
    sight=st.none()
    | st.builds(
        Sight,
        label=text,
        probability=anything,
        label_probability=st.none() | anything,
        snr=anything,
        size_deg=st.none() | anything,
        range_m=st.none() | anything,
        sigma_range_m=st.none() | anything,
        temperature_k=st.none() | anything,
    ),
    emission=st.none()
    | st.builds(
        Emission,
        link=text,
        probability=anything,
        center_hz=st.none() | anything,
        bandwidth_hz=anything,
        channels=st.integers(),
        span_hz=st.none() | anything,
        grid=st.none() | text,
        snr_db=anything,
        level_dbfs=anything,
        level_rate_db_s=st.none() | anything,
        packet_rate_hz=st.none() | anything,
        carrier_offset_hz=st.none() | anything,
    ),
    existence=st.none() | anything,
    label=st.none() | text,
    label_probability=st.none() | anything,
    probabilities=st.dictionaries(st.sampled_from(evidence_schema.TARGET_LABELS[1:]) | text, anything, max_size=12),
    claim_probability=st.none() | anything,
    behaviour=st.lists(st.builds(Fact, text, st.none() | anything, st.none() | text, text, st.none() | text), max_size=12).map(tuple),
)


@given(st.lists(wild, max_size=4), st.integers(-(2**62), 2**62), st.none() | anything)
def test_nothing_that_a_track_holds_raises_and_all_of_it_can_be_read(tracks: list[Track], offset_ns: int, sigma_s: float | None) -> None:
    payload = wire.encode_tracks(tracks, Timebase(offset_ns, "system", sigma_s), 1, 2, NOW_NS)
    assert len(wire.decode(TOPIC, payload)["tracks"]) == len(tracks)


def test_a_newer_minor_is_read_and_a_newer_major_refused_in_words() -> None:
    batch = msgpack.unpackb(wire.encode_tracks([full_track(1, Random(1))], CLOCK, 7, 9, NOW_NS))
    batch[1] = 9
    record = batch[8][0]
    record[1] |= 64
    record[8] += [None] * 5 + ["new"]
    record[9] += [1, [2, {"deep": b"\x00"}]]
    record += [None, 40, "why", [1, 87, None, -40, 6, "new"], [17, 93, None, 12, 300, 90, 20, 2950, "new"]]
    record += [
        [33, 97, 866425, 500, 18, -41, 62, 500, 13, 6300, "eu868", -231, 40, "new"],
        [20, 0, 95, [[1, "3C6444", "new"]], "A3", 12116, None, None, "new"],
        [99, 1, 93, [93, 0, 0, 0, 0, 0, 0, 0, 5], 88, [[37, 740, "reactor", "in 74 s", "new"], [31, 5]], "new"],
        "new",
    ]
    batch.append({"new": 1})
    said = wire.decode(TOPIC, msgpack.packb(batch))
    assert (said["minor"], said["tracks"][0]["state"]) == (9, "confirmed")
    assert said["tracks"][0]["suspicion_percent"] == 40
    assert (said["tracks"][0]["sight"]["label"], said["tracks"][0]["sight"]["range_m"]) == ("drone", 300)
    emission = said["tracks"][0]["emission"]
    assert (emission["link"], emission["alarm"], emission["center_hz"]) == ("elrs_900", "raised", 866_425_000)
    assert said["tracks"][0]["target"]["ids"] == [{"type": "icao_address", "value": "3C6444"}]
    judgement = said["tracks"][0]["judgement"]
    assert (judgement["label"], judgement["probabilities"]) == ("multirotor", {"multirotor": 93})
    assert judgement["behaviour"] == [{"name": "approaches", "value": 74.0, "unit": "s", "about": "reactor", "reason": "in 74 s"}]
    with pytest.raises(wire.WireError, match=r"wire version 2\.9"):
        wire.decode(TOPIC, msgpack.packb([2, 9, "all else may differ"]))


@given(st.binary(max_size=200), st.sampled_from([b"t/01234567", b"s/01234567", b"", b"x"]))
def test_noise_is_refused_and_nothing_else_is_raised(noise: bytes, topic: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(topic, noise)


@given(st.data())
def test_a_damaged_message_is_read_or_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    payload = bytearray(wire.encode_tracks([full_track(1, Random(1)), bearing_track(2, Random(2))], CLOCK, 7, 9, NOW_NS))
    for _ in range(data.draw(st.integers(1, 5))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    with suppress(wire.WireError):
        wire.decode(TOPIC, bytes(payload[: data.draw(st.integers(0, len(payload)))]))


@pytest.mark.parametrize(
    "bomb", [b"\x91" * 60_000, b"\x9a\x01\x00" + b"\x91" * 60_000, b"\xdd\xff\xff\xff\xff" * 10, b"\x92\x01\x00\xc6\xff\xff\xff\xff"]
)
def test_bombs_are_refused(bomb: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(TOPIC, bomb)


def test_every_name_of_the_node_has_a_number() -> None:
    for names, table in (
        (get_args(TrackState), schema.TRACK_STATES),
        (get_args(Cooperation), schema.COOPERATIONS),
        (get_args(IdType), schema.ID_TYPES),
        (get_args(Transport), schema.TRANSPORTS),
        (get_args(ClockSource), schema.CLOCK_SOURCES),
        (get_args(Verdict), schema.VERDICTS),
        (get_args(SensorState), schema.SENSOR_STATES),
        (get_args(SoundLabel), evidence_schema.SOUND_LABELS),
        (get_args(SightLabel), evidence_schema.SIGHT_LABELS),
        (get_args(LinkKind), evidence_schema.LINKS),
        (get_args(FactName), judgement_schema.FACTS),
        (get_args(FactUnit), judgement_schema.FACT_UNITS),
        (claims.UA_TYPES, schema.UA_TYPES),
        (claims._STATUSES, schema.UA_STATUSES),
        (claims._OPERATOR_LOCATIONS, schema.OPERATOR_LOCATIONS),
    ):
        assert {name for name in names if name} <= set(table)


def sensor(name: str) -> SensorStatus:
    return SensorStatus(name=name, driver="wifi_monitor", state="running", sentence="channel 6", since_mono_ns=0, restarts=2, pid=7)


def test_a_status_comes_back() -> None:
    status = NodeStatus(name="roof", verdict="amber", sentence="no fix", sensors=(sensor("wifi"),), hub=sensor("hub"), t_mono_ns=NOW_NS)
    report = SensorReport(
        t_mono_ns=NOW_NS, sensor="wifi", blocks=9, detections=5, lost=3, unsent=0, last_block_mono_ns=NOW_NS - 1_500_000_000
    )
    place = wire.Place(source="gnss", latitude_deg=56.9496, longitude_deg=24.1052, altitude_wgs84_m=20.04, sigma_m=1.21)
    payload = wire.encode_status(
        status, reports={"wifi": report}, place=place, counters={"sent": 5}, clock=CLOCK, epoch=7, seq=1, now_mono_ns=NOW_NS
    )
    said = wire.decode(b"s/01234567", payload)
    assert (said["kind"], said["name"], said["verdict"], said["sentence"]) == ("status", "roof", "amber", "no fix")
    assert (said["epoch"], said["seq"], said["clock_sigma_s"], said["clock_source"]) == (7, 1, 0.004, "gnss")
    assert said["place"] == {"latitude_deg": 56.9496, "longitude_deg": 24.1052, "source": "gnss", "altitude_wgs84_m": 20.0, "sigma_m": 1.3}
    wifi, hub = said["sensors"]
    assert wifi == {"name": "wifi", "state": "running", "sentence": "channel 6", "data_age_s": 1.5, "lost": 3, "restarts": 2}
    assert (hub["name"], hub["data_age_s"], hub["lost"]) == ("hub", None, None)
    assert said["counters"] == {"sent": 5}


def test_a_node_that_knows_nothing_says_so() -> None:
    status = NodeStatus(name="x" * 99, verdict="red", sentence="y" * 999, sensors=(), hub=sensor("hub"), t_mono_ns=NOW_NS)
    unsure = Timebase(offset_ns=0, source="unknown", sigma_s=None)
    payload = wire.encode_status(status, reports={}, place=None, counters={}, clock=unsure, epoch=7, seq=1, now_mono_ns=NOW_NS)
    said = wire.decode(b"s/01234567", payload)
    assert said["place"] is said["clock_sigma_s"] is None
    assert (said["name"], said["sentence"]) == ("x" * 64, "y" * 256)


def test_a_track_without_its_operator_says_nothing_of_a_person() -> None:
    said = sent(without_operator(full_track(1, Random(1))))["tracks"][0]["identity"]
    assert {name: value for name, value in said.items() if name.startswith("operator") and value is not None} == {}
    assert said["ids"] == [{"type": "serial_number", "value": "1588E040445AC0000001"}]
    nameless = bearing_track(2, Random(2))
    assert without_operator(nameless) is nameless
