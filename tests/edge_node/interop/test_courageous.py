"""COURAGEOUS files against the schema of format 0.4.1."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from edge_node.interop import courageous
from edge_node.interop.moment import Moment, Sensed, Station, Untellable
from edge_node.messages import AcousticDetection
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import SERIAL, START_NS, STATION, flown, heard, run, senses


@pytest.fixture(scope="session")
def schema(shared_data: Path) -> Draft7Validator:
    return Draft7Validator(json.loads((shared_data / "courageous" / "courageous.schema.json").read_text(encoding="utf-8")))


def read(told: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(told, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return said


def numbers_of(said: dict[str, Any]) -> list[int]:
    return [record["record_number"] for one in (*said["tracks"], *said["detection"]) for record in one["records"]]


def test_a_run_is_valid_by_the_schema(schema: Draft7Validator) -> None:
    said = read(courageous.document(STATION, run(), senses()))
    schema.validate(said)
    assert len(set(numbers_of(said))) == len(numbers_of(said)) == 30 + 1 + 3


def test_a_place_is_told_above_the_sea_with_its_velocity() -> None:
    said = read(courageous.document(STATION, run()))
    track = said["tracks"][0]
    assert (track["uas_id"], len(track["records"])) == (3, 10)
    record = track["records"][2]
    assert record["time"] == START_NS // 1_000_000 + 2000
    assert record["location"]["$type"] == "Position3d"
    assert (record["location"]["lat"], record["location"]["lon"]) == (56.9520, pytest.approx(24.105528))
    assert record["location"]["height_amsl"] == pytest.approx(85 - 20.4, abs=1.5)
    assert record["velocity"] == {"east": 10.0, "north": 0.0, "up": -0.5}
    assert record["alarm"] == {"active": True, "certainty": pytest.approx(0.95)}
    assert (record["classification"], record["identification"]) == ("UAV", f"multirotor, claims {SERIAL}")
    assert "cuas_location" not in record


def test_a_bearing_is_no_place() -> None:
    moments = [Moment(t_utc_ns=START_NS, track=heard(0)), Moment(t_utc_ns=START_NS, track=heard(0, number=7, elevation_deg=None))]
    said = read(courageous.document(STATION, moments))
    assert [track["records"][0]["location"] for track in said["tracks"]] == [
        {"$type": "BearingElevation", "bearing": 143.2, "elevation": 12.0},
        {"$type": "Bearing", "bearing": 143.2},
    ]


def test_a_radio_link_and_an_operator_are_detections() -> None:
    said = read(courageous.document(STATION, run()))
    link, operator = said["detection"]
    assert (link["uas_id"], "location" in link["records"][0]) == (5, False)
    assert [record["classification"] for record in operator["records"]] == ["GCS"]
    assert operator["uas_id"] == 3


def test_a_node_that_moves_says_where_it_was() -> None:
    moved = Station(name="car", latitude_deg=56.0, longitude_deg=24.0, altitude_wgs84_m=20.0)
    said = read(courageous.document(STATION, [Moment(t_utc_ns=START_NS, track=flown(0), station=moved)]))
    assert said["tracks"][0]["records"][0]["cuas_location"]["lat"] == 56.0


def test_a_bearing_from_a_place_that_nobody_knows_is_not_told_as_from_home() -> None:
    lost = Station(name="car", latitude_deg=56.0, longitude_deg=24.0)
    moments = [Moment(t_utc_ns=START_NS, track=track, station=lost) for track in (heard(0), flown(0))]
    bearing = next(one.detection for one in senses() if isinstance(one.detection, AcousticDetection))
    said = read(courageous.document(STATION, moments, [Sensed(t_utc_ns=START_NS, detection=bearing, station=lost)]))
    assert [track["records"][0]["location"]["$type"] for track in said["tracks"]] == ["Position3d"]
    assert [one["name"] for one in said["detection"] if "location" not in one["records"][0]] == ["track 4, multirotor", "microphones 1"]


def test_records_are_in_the_order_of_time() -> None:
    said = read(courageous.document(STATION, run()[::-1], senses()))
    for one in (*said["tracks"], *said["detection"]):
        times = [record["time"] for record in one["records"]]
        assert times == sorted(times)


@pytest.mark.parametrize("missing", ["latitude_deg", "longitude_deg", "altitude_wgs84_m"])
def test_it_says_what_it_lacks(missing: str) -> None:
    known = {"latitude_deg": 56.0, "longitude_deg": 24.0, "altitude_wgs84_m": 20.0} | {missing: None}
    with pytest.raises(Untellable, match="altitude_wgs84_m in \\[node\\]"):
        courageous.document(Station(name="x", **known), [])


@hostile.patient
@given(hostile.stations, st.lists(hostile.moments, max_size=4), st.lists(hostile.sensed, max_size=4))
def test_nothing_makes_it_invalid(schema: Draft7Validator, station: Station, moments: list[Moment], sensed: list[Sensed]) -> None:
    with suppress(Untellable):
        schema.validate(read(courageous.document(station, moments, sensed)))
    schema.validate(read(courageous.document(STATION, moments, sensed)))
