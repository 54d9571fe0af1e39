"""The example for ADS-B takes what dump1090 and readsb say, and survives what they never would."""

from __future__ import annotations

import json
import sys
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import PositionDetection
from tests.docs.adsb import EXAMPLE, line

sys.path.insert(0, str(EXAMPLE))

from edge_node_adsb.aircraft import Aircraft, AircraftSeen
from edge_node_adsb.aircraft_json import AircraftJson
from edge_node_adsb.basestation import LONGEST_LINE, MOST_REMEMBERED, BaseStation
from edge_node_adsb.detector import AdsbDetector
from edge_node_adsb.driver import Adsb

NOW_S = 1_790_000_000.0
SECOND = 1_000_000_000
ROW: dict[str, Any] = {"hex": "3c6444", "type": "adsb_icao", "flight": "DLH4AB  ", "lat": 48.35, "lon": 11.78, "seen_pos": 0.4}
ROW |= {
    "alt_baro": 3975,
    "alt_geom": 4100,
    "gs": 140.0,
    "track": 90.0,
    "baro_rate": -640,
    "category": "A3",
    "nac_p": 9,
    "nac_v": 2,
    "gva": 2,
}


def file(*rows: Any, now: float = NOW_S) -> bytes:
    return json.dumps({"now": now, "messages": 1, "aircraft": rows}).encode()


def detected(aircraft: list[Aircraft]) -> list[PositionDetection]:
    return list(AdsbDetector().step(AircraftSeen(0, 0, 0, tuple(aircraft))))


def test_all_that_aircraft_json_says_is_told_in_si_units() -> None:
    (said,) = detected(AircraftJson().feed(file(ROW), 10 * SECOND, NOW_S + 0.1))
    assert said.t_mono_ns == pytest.approx(9.5 * SECOND, abs=1e6)
    assert [(one.kind, one.value) for one in said.ids] == [("icao_address", "3C6444"), ("callsign", "DLH4AB")]
    assert (said.cooperative, said.category, said.on_ground) == (True, "A3", False)
    assert (said.altitude_wgs84_m, said.altitude_baro_m) == (pytest.approx(1249.68), pytest.approx(1211.58))
    assert (said.velocity_east_mps, said.velocity_north_mps) == (pytest.approx(72.02, abs=0.01), pytest.approx(0.0, abs=1e-9))
    assert said.velocity_up_mps == pytest.approx(-3.25, abs=0.01)
    assert (said.sigma_horizontal_m, said.sigma_vertical_m) == (pytest.approx(30 / 2.45), pytest.approx(45 / 1.96))
    assert said.probabilities == {"aeroplane": 0.95}


@pytest.mark.parametrize(
    ("category", "label"), [("A7", "helicopter"), ("A1", "aeroplane"), ("B4", "aeroplane"), ("B2", "balloon"), ("C2", "vehicle")]
)
def test_categories_tell_manned_aircraft_from_all_else(category: str, label: str) -> None:
    (said,) = detected(AircraftJson().feed(file(ROW | {"category": category}), 0, NOW_S))
    tracks = Tracker(TrackingTable())
    tracks.update(said)
    target = tracks.tracks()[0].target
    assert target is not None
    assert (target.label, target.label_probability, target.probability) == (label, 0.95, 0.0)


def test_a_drone_that_sends_adsb_is_a_drone_and_what_says_nothing_is_likely_an_aeroplane() -> None:
    drone, unsaid, chute = (detected(AircraftJson().feed(file(ROW | {"category": one}), 0, NOW_S))[0] for one in ("B6", None, "B3"))
    assert sum(drone.probabilities[one] for one in ("multirotor", "fixed_wing")) == pytest.approx(0.95)
    assert unsaid.probabilities == {"aeroplane": 0.8, "helicopter": 0.1}
    assert chute.probabilities == {}


def test_what_stands_still_in_the_file_is_told_once() -> None:
    rows = AircraftJson()
    assert len(rows.feed(file(ROW), 0, NOW_S)) == 1
    assert rows.feed(file(ROW | {"seen_pos": 1.4}, now=NOW_S + 1), SECOND, NOW_S + 1) == []
    assert len(rows.feed(file(ROW, now=NOW_S + 2), 2 * SECOND, NOW_S + 2)) == 1


def test_damaged_rows_cost_nothing_else() -> None:
    wrong = [{"lat": 91}, {"lon": "east"}, {"lat": None}, {"hex": "xyz"}, {"hex": 7}, {"gs": "fast"}, {"lat": 0, "lon": 0}]
    rows = AircraftJson()
    assert [one.address for one in rows.feed(file(*(ROW | one for one in wrong), 7, None, [], ROW), 0, NOW_S)] == ["3C6444"]
    assert rows.bad == len(wrong) + 3


@pytest.mark.parametrize("data", [b"", file(ROW)[:-20], b"[]", b'{"now": NaN, "aircraft": []}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_aircraft_json_is_refused_in_one_way(data: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError, RecursionError)):
        AircraftJson().feed(data, 0, NOW_S)


def test_radar_by_tis_b_and_addresses_that_are_not_icaos_are_told_apart() -> None:
    (said,) = detected(AircraftJson().feed(file(ROW | {"hex": "~2b06e5", "type": "tisb_trackfile", "alt_baro": "ground"}), 0, NOW_S))
    assert (said.ids[0].kind, said.ids[0].value, said.cooperative, said.on_ground) == ("other_address", "2B06E5", False, True)
    assert said.altitude_baro_m is None


def test_lines_say_parts_and_the_whole_is_told_with_the_place() -> None:
    lines = BaseStation()
    lines.feed(b"MSG,1,1,1,3C6444,1,d,t,d,t,DLH4AB  ,,,,,,,,,,,\r\n", 0)
    lines.feed(b"MSG,4,1,1,3C6444,1,d,t,d,t,,,140,90,,,-640,,,,,\r\n", 0)
    (said,) = detected(lines.feed(line(speed="", track="", climb="").encode(), SECOND))
    assert [one.value for one in said.ids] == ["3C6444", "DLH4AB"]
    assert said.velocity_east_mps == pytest.approx(72.02, abs=0.01)
    assert (said.altitude_wgs84_m, said.altitude_baro_m) == (None, pytest.approx(1211.58))
    (late,) = detected(lines.feed(line(speed="", track="", climb="").encode(), 30 * SECOND))
    assert late.velocity_east_mps is None


def test_cut_and_endless_and_wrong_lines_are_counted_and_cost_nothing_else() -> None:
    lines, whole = BaseStation(), line().encode()
    assert lines.feed(whole[:40], 0) == []
    assert len(lines.feed(whole[40:], 0)) == 1
    wrong = [b"x" * 700 + b"\n", b"MSG,3,1\n", b"HTTP/1.1 400 Bad Request\n", line(address="3C644").encode(), line(address="é").encode()]
    for damaged in wrong:
        assert lines.feed(damaged, 0) == []
    for _ in range(100):
        assert lines.feed(b"y" * LONGEST_LINE, 0) == []
    assert len(lines._rest) <= LONGEST_LINE
    assert len(lines.feed(b"\n" + whole, 0)) == 1
    assert lines.bad == len(wrong) + 1
    for place in ("nan,11", "91,11", "48,181", ",", "0,0", "inf,-inf"):
        assert lines.feed(line(place=place).encode(), 0) == []


def test_ten_thousand_aircraft_leave_the_tables_bounded() -> None:
    lines = BaseStation()
    text = "".join(line(address=f"{number:06X}") for number in range(10_000)).encode()
    assert len(lines.feed(text, 0)) == 10_000
    assert len(lines._known) == MOST_REMEMBERED


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.binary(max_size=80) | st.text(max_size=60).map(lambda text: line(callsign=text).encode("utf-8", "replace")), max_size=20)
)
def test_no_bytes_break_it(chunks: list[bytes]) -> None:
    lines, tracks = BaseStation(), Tracker(TrackingTable())
    for second, chunk in enumerate(chunks):
        for said in detected(lines.feed(chunk, second * SECOND)):
            tracks.update(said)
    assert all(isfinite(track.kinematics.latitude_deg) for track in tracks.tracks() if track.kinematics)


def test_the_nearest_of_too_many_are_taken_and_the_far_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "aircraft.json"
    path.write_bytes(file(*(ROW | {"hex": f"{number:06x}", "lat": 48 + number / 10_000} for number in range(10_000))))
    with Adsb(file=path, latitude_deg=48.0, longitude_deg=11.78, within_km=100) as source:
        block = next(iter(source.blocks()))
    assert isinstance(block, AircraftSeen)
    assert [one.address for one in block.aircraft] == [f"{number:06X}" for number in range(500)]
    assert source.words().startswith("500 aircraft from ")
    assert block.lost > 7_000
