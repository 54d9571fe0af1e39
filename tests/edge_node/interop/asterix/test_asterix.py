"""ASTERIX as others decode it: asterix-decoder for both categories, tshark for 062."""

from __future__ import annotations

import shutil
import struct
import subprocess
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.interop.asterix import cat062, cat205, fields
from edge_node.interop.moment import Moment, Station
from edge_node.messages import Emission, Identity, Kinematics, Track, UasId
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import COVARIANCE, START_NS, STATION, flown, heard, linked
from tests.peers import needed

asterix = needed("asterix")

MIDNIGHT_NS = 20_785 * 86_400_000_000_000
STEP_DEG = 180 / 2**25


def decoded(block: bytes) -> list[dict[str, Any]]:
    """Items by their number, each with its values by their short names, subfields within their item."""
    return [{name: _values(item) if isinstance(item, dict) else item for name, item in said.items()} for said in asterix.parse(block)]


def _values(item: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, one in item.items():
        values |= {name: one["val"]} if "val" in one else _values({key: inner for key, inner in one.items() if isinstance(inner, dict)})
    return {name: value for name, value in values.items() if name != "FX"}


def of_062(track: Track, t_utc_ns: int = START_NS) -> dict[str, Any]:
    record = cat062.record(Moment(t_utc_ns=t_utc_ns, track=track), 25, 7)
    assert record is not None
    (block,) = fields.blocks(cat062.CATEGORY, [record])
    (said,) = decoded(block)
    return said


def radio_bearing(azimuth_deg: float = 143.2, center_hz: float | None = 2_437e6) -> Track:
    emission = Emission(link="dji_ocusync", probability=0.9, center_hz=center_hz, bandwidth_hz=1e7, snr_db=20.0, level_dbfs=-40.0)
    return replace(heard(1, azimuth_deg=azimuth_deg), sound=None, emission=emission)


def of_205(track: Track, **more: Any) -> dict[str, Any]:
    record = cat205.record(Moment(t_utc_ns=START_NS, track=track), STATION, 25, 7, **{"now_ns": START_NS, "report": 300} | more)
    assert record is not None
    (said,) = decoded(fields.blocks(cat205.CATEGORY, [record])[0])
    return said


def test_a_track_with_a_place_is_decoded_to_what_was_sent() -> None:
    said = of_062(flown(1))
    assert said["category"] == 62
    assert said["I010"] == {"SAC": 25, "SIC": 7}
    assert said["I040"] == {"TrkN": 3}
    assert said["I070"]["ToT"] == pytest.approx(START_NS // 1_000_000_000 % 86_400, abs=1 / 256)
    assert said["I105"]["Lat"] == pytest.approx(56.952, abs=STEP_DEG / 2)
    assert said["I105"]["Lon"] == pytest.approx(24.105364, abs=STEP_DEG / 2)
    assert said["I185"] == {"Vx": 10.0, "Vy": 0.0}
    assert said["I130"]["Alt"] == pytest.approx(85 / 0.3048, abs=6.25 / 2)
    assert said["I220"]["RoC"] == pytest.approx(-0.5 / 0.3048 * 60, abs=6.25 / 2)
    assert (said["I080"]["MON"], said["I080"]["MRH"], said["I080"]["SRC"], said["I080"]["CNF"]) == (1, 1, 1, 0)
    assert "I245" not in said


def test_its_errors_are_never_told_smaller() -> None:
    said = of_062(flown(1))["I500"]
    north_m, east_m = said["APW_Lat"] * 111_319.5, said["APW_Long"] * 111_319.5 * 0.5454
    assert 3.0 <= north_m <= 3.0 + 0.6
    assert 5.0 * 0.999 <= east_m <= 5.0 + 0.6
    assert said["AGA_Acc"] == ceil(4 / 0.3048 / 6.25) * 6.25
    assert (said["ATV_X"], said["ATV_Y"]) == (1.0, 1.0)


def test_an_unknown_error_of_speed_or_height_is_not_told_as_none() -> None:
    track = flown(1)
    assert track.kinematics is not None
    unsure = tuple(0.0 if place in (14, 21, 28, 35) else value for place, value in enumerate(COVARIANCE))
    assert set(of_062(replace(track, kinematics=replace(track.kinematics, covariance=unsure)))["I500"]) == {"APW_Lat", "APW_Long"}


def test_a_lost_track_says_that_this_is_its_last_message() -> None:
    assert of_062(replace(flown(1), state="lost"))["I080"]["TSE"] == 1
    assert of_062(replace(flown(1), state="tentative"))["I080"]["CNF"] == 1


def test_a_registration_that_fits_is_its_name() -> None:
    track = replace(flown(1), identity=Identity(ids=(UasId("caa_registration", "yl-abc"), UasId("caa_registration", "ylabc1"))))
    assert of_062(track)["I245"]["TId"].strip() == "YLABC1"


@pytest.mark.parametrize("longitude_deg", [180.0, -180.0, 179.99999999])
def test_the_antimeridian_is_minus_180(longitude_deg: float) -> None:
    track = flown(1)
    assert track.kinematics is not None
    assert of_062(replace(track, kinematics=replace(track.kinematics, longitude_deg=longitude_deg)))["I105"]["Lon"] == -180.0


@pytest.mark.parametrize(
    ("after_midnight_ns", "ticks"),
    [(0, 0), (1_000_000_000, 128), (-1_000_000_000, 86_400 * 128 - 128), (-3_000_000, 0), (-5_000_000, 86_400 * 128 - 1)],
)
def test_the_day_ends_at_midnight(after_midnight_ns: int, ticks: int) -> None:
    assert int.from_bytes(fields.time_of_day(MIDNIGHT_NS + after_midnight_ns), "big") == ticks


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-500, 20_000), st.floats(-500, 500), st.floats(-100, 100), st.integers(0, 2**32))
def test_062_there_and_back(latitude: float, longitude: float, altitude: float, speed: float, climb: float, number: int) -> None:  # noqa: PLR0917
    state = Kinematics(
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_wgs84_m=altitude,
        velocity_east_mps=speed,
        velocity_north_mps=-speed,
        velocity_up_mps=climb,
        covariance=COVARIANCE,
    )
    said = of_062(replace(flown(1), kinematics=state, number=number))
    assert said["I105"]["Lat"] == pytest.approx(latitude, abs=STEP_DEG * 0.51)
    assert -180 <= said["I105"]["Lon"] < 180
    assert abs((said["I105"]["Lon"] - longitude + 180) % 360 - 180) <= STEP_DEG * 0.51
    assert said["I130"]["Alt"] * 0.3048 == pytest.approx(altitude, abs=0.96)
    assert said["I185"]["Vx"] == pytest.approx(speed, abs=0.126)
    assert said["I185"]["Vy"] == pytest.approx(-speed, abs=0.126)
    assert said["I220"]["RoC"] * 0.3048 / 60 == pytest.approx(climb, abs=0.02)
    assert said["I040"]["TrkN"] == number % 65_536


def test_a_radio_bearing_is_decoded_to_what_was_sent() -> None:
    said = of_205(radio_bearing())
    assert said["category"] == 205
    assert said["I010"] == {"SAC": 25, "SIC": 7}
    assert (said["I000"]["TYP"], said["I040"]["RN"], said["I160"]["TN"], said["I170"]["IDENT"]) == (2, 300 % 256, 4, 1)
    assert said["I030"]["TOD"] == pytest.approx(START_NS // 1_000_000_000 % 86_400, abs=1 / 256)
    assert said["I090"]["RCN"] == "2437.00"
    assert said["I050"]["LAT"] == pytest.approx(56.9496, abs=STEP_DEG / 2)
    assert said["I070"]["THETA"] == pytest.approx(143.2)
    assert said["I200"]["ELEVATION"] == pytest.approx(12.0)
    assert said["I100"]["Quality"] == 5
    assert of_205(replace(radio_bearing(), state="lost"))["I000"]["TYP"] == 4


@settings(deadline=None)
@given(st.floats(0, 360, exclude_max=True), st.floats(1e6, 9e10))
def test_205_there_and_back(azimuth_deg: float, center_hz: float) -> None:
    said = of_205(radio_bearing(azimuth_deg, center_hz))
    assert abs((said["I070"]["THETA"] - azimuth_deg + 180) % 360 - 180) <= 0.00501
    assert said["I070"]["THETA"] < 360
    assert len(said["I090"]["RCN"]) == 7
    assert float(said["I090"]["RCN"]) == pytest.approx(center_hz / 1e6, rel=1e-4)


def test_a_sound_and_a_link_without_direction_are_no_radio_bearings() -> None:
    for track in (heard(1), linked(1), flown(1)):
        assert cat205.record(Moment(t_utc_ns=START_NS, track=track), STATION, 25, 7, now_ns=START_NS, report=0) is None
    assert cat062.record(Moment(t_utc_ns=START_NS, track=heard(1)), 25, 7) is None


def test_many_tracks_are_cut_into_datagrams() -> None:
    records = [cat062.record(Moment(t_utc_ns=START_NS, track=flown(1, number=number)), 25, 7) or b"" for number in range(200)]
    blocks = fields.blocks(cat062.CATEGORY, records)
    assert max(map(len, blocks)) <= 1400
    assert [said["I040"]["TrkN"] for block in blocks for said in decoded(block)] == list(range(200))


@hostile.patient
@given(hostile.moments, hostile.stations)
def test_no_track_makes_a_record_that_others_cannot_read(moment: Moment, station: Station) -> None:
    for category, record in (
        (cat062.CATEGORY, cat062.record(moment, 1, 2)),
        (cat205.CATEGORY, cat205.record(moment, station, 1, 2, now_ns=moment.t_utc_ns, report=moment.track.number)),
    ):
        if record is not None:
            (said,) = decoded(fields.blocks(category, [record])[0])
            assert said["I010"] == {"SAC": 1, "SIC": 2}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark (apt install tshark)")
def test_tshark_reads_062(tmp_path: Path) -> None:
    record = cat062.record(Moment(t_utc_ns=START_NS, track=flown(1)), 25, 7)
    (block,) = fields.blocks(cat062.CATEGORY, [record or b""])
    capture = tmp_path / "062.pcap"
    capture.write_bytes(_pcap(block))
    names = ("010_SAC", "040_VALUE", "105_LAT", "105_LON", "130_VALUE", "185_VX", "500_APW_LAT", "500_AGA_VALUE")
    fields_of = [part for name in names for part in ("-e", f"asterix.062_{name}")]
    command = ["tshark", "-r", str(capture), "-d", "udp.port==8600,asterix", "-T", "fields", *fields_of]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    said = [float(int(value, 0)) if value.startswith("0x") else float(value) for value in done.stdout.split()]
    told = (25, 3, 56.952, 24.105364, 85 / 0.3048, 10.0, 3.219e-5, 18.75)
    assert said == [pytest.approx(value, rel=1e-2 if value > 100 else 1e-6 if value > 20 else 1e-3) for value in told]


def _pcap(payload: bytes) -> bytes:
    """One UDP datagram to port 8600 on raw IP, as a capture file."""
    udp = struct.pack(">HHHH", 8600, 8600, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((127, 0, 0, 1)), bytes((127, 0, 0, 1))) + udp
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101) + struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip
