"""Messages to fields: orders of latitude and longitude, what is unknown, what is encrypted, and anything at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.radio.droneid import message
from edge_node.radio.droneid.crc import crc16
from tools.simulate.iq import droneid as sender


def told(said: sender.Telemetry) -> dict[str, object]:
    return message.decode(sender.block(sender.telemetry(said)))


def close(value: object, degrees: float) -> bool:
    return isinstance(value, float) and abs(value - degrees) < 1e-4


def test_telemetry_is_told_in_full() -> None:
    said = told(
        sender.Telemetry(
            sequence=591,
            serial="1WNBH3900201N1",
            drone_deg=(51.5, -7.25),
            altitude=141,
            height=-42,
            north_cmps=-300,
            east_cmps=400,
            up_cmps=-150,
            yaw_cdeg=-13_295,
            utc_ms=1_650_542_026_258,
            pilot_deg=(-33.5, 151.25),
            home_deg=(51.25, 179.5),
            model=58,
            uuid=b"1143635532171534336",
        )
    )
    assert said["message_type"] == "0x10"
    assert said["crc16_ok"] is True
    assert said["sequence"] == 591
    assert said["ids"] == (UasId("serial_number", "1WNBH3900201N1"),)
    assert close(said["latitude_deg"], 51.5)
    assert close(said["longitude_deg"], -7.25)
    assert close(said["operator_latitude_deg"], -33.5)
    assert close(said["operator_longitude_deg"], 151.25)
    assert close(said["take_off_latitude_deg"], 51.25)
    assert close(said["take_off_longitude_deg"], 179.5)
    assert said["operator_location"] == "live"
    assert (said["altitude_msl_m"], said["height_m"], said["height_reference"]) == (141.0, -4.2, "take_off")
    assert (said["speed_mps"], said["direction_deg"], said["vertical_speed_mps"]) == (5.0, 126.87, -1.5)
    assert said["yaw_deg"] == -132.95
    assert said["model"] == "Mavic Air 2"
    assert said["system_time_utc"] == "2022-04-21T11:53:46Z"
    assert said["notes"] == ("height -42 read as decimetres", "account 1143635532171534336")
    assert (said["status"], said["flags"]) == ("airborne", ())


def test_0_0_is_unknown_and_so_is_a_place_that_does_not_exist() -> None:
    said = told(sender.Telemetry(drone_deg=(0.0, 0.0), pilot_deg=(91.0, 7.0), home_deg=(51.0, -181.0)))
    places = [said[f"{whose}{which}_deg"] for whose in ("", "operator_", "take_off_") for which in ("latitude", "longitude")]
    assert places == [None] * 6
    assert said["flags"] == ("operator_out_of_range", "take_off_out_of_range")
    assert "operator_location" not in said


def test_what_is_not_marked_valid_is_flagged_or_unknown() -> None:
    said = told(sender.Telemetry(state=0, altitude=0, height=0, utc_ms=5, model=200, yaw_cdeg=20_000))
    assert said["flags"] == ("privacy_requested", "position_marked_invalid", "take_off_marked_invalid")
    assert {"altitude_msl_m", "height_m", "speed_mps", "vertical_speed_mps", "system_time_utc"}.isdisjoint(said)
    assert (said["status"], said["yaw_deg"], said["model"]) == ("ground", None, None)
    assert said["notes"] == ("model 200", "account 1143635532171531")


def test_the_licence_is_named_and_has_its_serial_number() -> None:
    said = message.decode(sender.block(sender.message(bytes((sender.LICENCE,)) + b"1WNBH3900201N1\0\0" + bytes(124))))
    assert (said["message_type"], said["crc16_ok"], said["ids"]) == ("0x11", True, (UasId("serial_number", "1WNBH3900201N1"),))
    assert "latitude_deg" not in said


def test_the_encrypted_are_named_with_the_hash_of_their_session() -> None:
    for kind in ("CRYP", "INFP"):
        said = message.decode(sender.block(sender.encrypted(kind, bytes.fromhex("c0ffee42"), b"\xa5" * 40)))
        assert (said["message_type"], said["session_hash"], said["crc16_ok"]) == (kind, "c0ffee42", True)
        assert said["ids"] == ()


def test_a_message_whose_own_check_fails_is_named_and_not_read() -> None:
    whole = bytearray(sender.telemetry(sender.Telemetry()))
    whole[30] ^= 1
    said = message.decode(sender.block(bytes(whole)))
    assert (said["message_type"], said["crc16_ok"], said["ids"]) == ("0x10", False, ())
    assert "latitude_deg" not in said


def test_short_ones_and_other_versions_are_noted() -> None:
    assert message.decode(sender.block(sender.message(b"\x10\x02abc")))["notes"] == ("message_short",)
    body = bytearray(sender.telemetry(sender.Telemetry())[1:-2])
    body[1] = 1
    assert message.decode(sender.block(sender.message(bytes(body))))["notes"] == ("version_unknown",)


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_of_a_detection(data: bytes) -> None:
    fits(data)


@given(st.sampled_from([0x10, 0x11, 0x13, 0x80]), st.binary(max_size=169))
def test_any_sound_message_is_fields_of_a_detection(kind: int, body: bytes) -> None:
    counted = bytes((len(body) + 1, kind)) + body
    fits(counted + crc16(counted).to_bytes(2, "little"))


@given(st.binary(min_size=86, max_size=86))
def test_any_telemetry_has_places_that_exist(values: bytes) -> None:
    found = fits(sender.message(b"\x10\x02" + values))
    for whose in ("", "operator_", "take_off_"):
        latitude, longitude = getattr(found, f"{whose}latitude_deg"), getattr(found, f"{whose}longitude_deg")
        assert (latitude is None) == (longitude is None)
        assert latitude is None or (abs(latitude) <= 90 and abs(longitude) <= 180)
    assert found.direction_deg is None or 0 <= found.direction_deg < 360
    assert all(identity.value.isprintable() for identity in found.ids)


def fits(block: bytes) -> RemoteIdDetection:
    return RemoteIdDetection(t_mono_ns=0, transport="dji_droneid", transmitter="", **message.decode(block))
