"""Frames to detections: what leaves the node of what an aircraft said."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks import GnssFix, RadioFrame
from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id import detector as room
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import (
    ASTM,
    TRANSMITTER,
    basic_id,
    beacon,
    element,
    heard,
    heard_pack,
    location,
    message_pack,
    operator_id,
    self_id,
    system,
)


def detect(frame: RadioFrame) -> RemoteIdDetection:
    (detection,) = RemoteIdDetector().step(frame)
    return detection


def test_a_whole_pack_fills_a_detection() -> None:
    said = detect(heard_pack(basic_id(), location(), self_id(), system(), operator_id()))
    assert (said.t_mono_ns, said.transport, said.transmitter, said.rssi_dbm, said.counter) == (1_000, "wifi_beacon", TRANSMITTER, -60, 7)
    assert said.ids == (UasId("serial_number", "1596F350457791151223"),)
    assert (said.ua_type, said.status, said.self_id) == ("helicopter_or_multirotor", "airborne", "survey")
    assert (said.latitude_deg, said.longitude_deg, said.direction_deg, said.speed_mps) == (60.0, 25.0, 190.0, 1.0)
    assert (said.altitude_wgs84_m, said.altitude_baro_m, said.height_m, said.height_reference) == (100.0, 100.0, 50.0, "take_off")
    assert (said.operator_latitude_deg, said.operator_longitude_deg, said.operator_location) == (60.0, 25.0, "live")
    assert (said.operator_altitude_wgs84_m, said.operator_id, said.system_time_utc) == (50.0, "FIN87astrdge12k8", "2019-01-01T00:01:40Z")
    assert (said.flags, said.damaged) == ((), False)


def test_what_is_not_said_is_null_in_json() -> None:
    said = msgspec.to_builtins(detect(heard(beacon(element(ASTM + b"\x01" + self_id())))))
    told = {"kind", "t_mono_ns", "sensor", "transport", "transmitter", "rssi_dbm", "counter", "self_id", "description_type"}
    of_the_frame = {"ids", "flags", "notes", "suspicions", "damaged", "sequence_number", "tsf_us", "beacon_interval_tu", "ssid"}
    assert {name for name, value in said.items() if value is not None} == told | of_the_frame


@pytest.mark.parametrize(
    ("id_type", "raw", "expected"),
    [
        (1, b"ABC\0junk", UasId("serial_number", "ABC")),
        (2, b"caf\xe9\x1b[2J", UasId("caa_registration", r"caf\xe9\x1b[2J")),
        (3, bytes(range(16)), UasId("utm_uuid", "000102030405060708090a0b0c0d0e0f00000000")),
        (4, b"\x01\x20\x01", UasId("specific_session", "012001" + "00" * 17)),
        (0, b"MFGA", UasId("none", "4d464741" + "00" * 16)),
        (9, b"\xff", UasId("reserved", "ff" + "00" * 19)),
    ],
)
def test_ids_are_text_or_hex(id_type: int, raw: bytes, expected: UasId) -> None:
    assert detect(heard_pack(basic_id(raw, id_type=id_type))).ids == (expected,)


def test_several_ids_are_kept_once_each_and_empty_ones_are_not() -> None:
    said = detect(heard_pack(basic_id(b"A"), basic_id(b"", ua_type=0), basic_id(b"B", id_type=2), basic_id(b"A"), basic_id(b"", id_type=3)))
    assert said.ids == (UasId("serial_number", "A"), UasId("caa_registration", "B"))


@pytest.mark.parametrize("secret", ["-xyz", "-Z09", "xyz", "-"])
def test_the_secret_of_an_eu_operator_never_leaves(secret: str) -> None:
    said = detect(heard_pack(operator_id(f"FIN87astrdge12k8{secret}".encode())))
    assert (said.operator_id, said.notes, said.damaged) == ("FIN87astrdge12k8", ("operator_id_secret_stripped",), False)


@pytest.mark.parametrize("public", ["FIN87astrdge12k8", "FIN87", "a-b-c-d-e-f-g-h-i-jk", "", "OPERATOR 12345678901"])
def test_other_operator_ids_stay_as_they_are(public: str) -> None:
    said = detect(heard_pack(operator_id(public.encode())))
    assert (said.operator_id, said.flags) == (public or None, ())


def test_what_cannot_be_is_named_and_is_no_damage() -> None:
    said = detect(heard_pack(location(lat=910_000_000, bits=2, direction=200), system(lon=1_900_000_000)))
    assert (said.latitude_deg, said.longitude_deg, said.direction_deg, said.operator_longitude_deg) == (None, 25.0, None, None)
    assert said.flags == ("latitude_out_of_range", "direction_out_of_range", "operator_longitude_out_of_range")
    assert not said.damaged


def test_a_short_pack_is_read_and_damaged() -> None:
    load = ASTM + b"\x01" + message_pack(basic_id(), location(), system(), declared=4)
    said = detect(heard(beacon(element(load[:-3]))))
    assert (len(said.ids), said.latitude_deg, said.operator_latitude_deg) == (1, 60.0, None)
    assert (said.flags, said.damaged) == (("pack_short",), True)


def test_a_frame_cut_short_is_damaged() -> None:
    said = detect(heard(beacon(element(ASTM + b"\x01" + message_pack(basic_id(), location())))[:-3]))
    assert (len(said.ids), said.flags, said.damaged) == (1, ("pack_short", "element_cut"), True)


def test_an_empty_pack_is_heard_and_not_damaged() -> None:
    said = detect(heard_pack())
    assert (said.ids, said.notes, said.damaged) == ((), ("pack_empty",), False)


def test_two_elements_of_one_frame_are_one_claim() -> None:
    said = detect(heard(beacon(element(ASTM + b"\x01" + basic_id()), element(ASTM + b"\x02" + location()))))
    assert (len(said.ids), said.latitude_deg, said.counter, said.notes) == (1, 60.0, 1, ("several_elements",))


def test_words_count_what_was_heard() -> None:
    detector = RemoteIdDetector()
    assert detector.words() == "0 aircraft heard, 0 frames, 0 damaged"
    for frame in [heard_pack(location()), heard_pack(location(), declared=2), heard_pack(), heard(b"\x80")]:
        detector.step(frame)
    assert detector.words() == "1 aircraft heard, 3 frames, 1 damaged"
    assert not detector.step(heard(heard_pack(location()).data, intact=False))
    assert detector.words() == "1 aircraft heard, 3 frames, 1 damaged, 1 broken off the air"


def test_the_count_of_aircraft_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_TRANSMITTERS", 5)
    detector = RemoteIdDetector()
    data = heard_pack(location()).data
    for number in range(9):
        detector.step(heard(data[:15] + bytes((number,)) + data[16:]))
    assert detector.words() == "5 or more aircraft heard, 9 frames, 0 damaged"


def test_a_fix_is_none_of_its_business() -> None:
    assert not RemoteIdDetector().step(GnssFix(0, 0, 0, "nmea", has_fix=False))


MESSAGES = st.lists(
    st.builds(lambda kind, rest: bytes((kind,)) + rest, st.integers(0, 0x6F), st.binary(min_size=24, max_size=24)), max_size=9
)
HOSTILE = st.builds(
    lambda messages, declared, cut: ASTM + (b"\x01" + message_pack(*messages, declared=declared))[:cut],
    MESSAGES,
    st.none() | st.integers(0, 255),
    st.integers(0, 245),
)


@given(st.lists(HOSTILE | st.binary(max_size=40), max_size=3), st.integers(0, 900))
def test_any_frame_makes_a_sound_detection_or_none(loads: list[bytes], length: int) -> None:
    data = beacon(*[element(load) for load in loads])[:length]
    for detection in RemoteIdDetector().step(heard(data)):
        assert msgspec.json.decode(msgspec.json.encode(detection), type=RemoteIdDetection) == detection
        assert len(detection.ids) <= 36
        texts = [*(claimed.value for claimed in detection.ids), detection.operator_id, detection.self_id]
        assert all(re.fullmatch(r"[ -~]{1,92}", text) for text in texts if text is not None)
        assert detection.latitude_deg is None or -90 <= detection.latitude_deg <= 90
        assert detection.direction_deg is None or 0 <= detection.direction_deg <= 360
