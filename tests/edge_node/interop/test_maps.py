"""GeoJSON, KML and CSV: what people look at."""

from __future__ import annotations

import csv
import json
from io import StringIO
from itertools import pairwise
from math import cos, isfinite, radians
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.interop import geojson, kml, shapes, table
from edge_node.interop.moment import Moment, Station
from edge_node.interop.readings import Direction, Position
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import SERIAL, START_NS, STATION, flown, run

KML = "{http://www.opengis.net/kml/2.2}"


def collection(station: Station, moments: list[Moment]) -> list[dict[str, Any]]:
    said = json.loads(geojson.document(station, moments), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert said["type"] == "FeatureCollection"
    features: list[dict[str, Any]] = said["features"]
    return features


def read(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314 - the encoder's own


def one(features: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = (feature for feature in features if feature["properties"]["kind"] == kind)
    return found


def coordinates(geometry: dict[str, Any]) -> list[list[float]]:
    """All positions of a geometry, flat."""

    def flat(part: Any) -> list[list[float]]:
        return [part] if isinstance(part[0], int | float) else [point for inner in part for point in flat(inner)]

    return flat(geometry["coordinates"])


def test_a_way_is_a_line_with_its_uncertainty() -> None:
    feature = one(collection(STATION, [moment for moment in run() if moment.track.number == 3]), "track")
    assert feature["geometry"]["type"] == "LineString"
    assert feature["geometry"]["coordinates"][1] == [24.105364, 56.952, 85.0]
    properties = feature["properties"]
    assert properties["times"][0] == "2026-11-18T11:06:40.000Z"
    assert (properties["sigma_major_m"][0], properties["sigma_minor_m"][0], properties["major_axis_deg"][0]) == (5.0, 3.0, 90.0)
    assert (properties["claimed_id"], properties["label"], properties["drone_probability"]) == (SERIAL, "multirotor", 0.95)


def test_one_place_is_a_point_and_an_operator_has_one_of_its_own() -> None:
    features = collection(STATION, [Moment(t_utc_ns=START_NS, track=flown(0))])
    assert one(features, "track")["geometry"] == {"type": "Point", "coordinates": [24.1052, 56.952, 85.0]}
    assert one(features, "operator")["geometry"]["coordinates"] == [24.11, 56.95, 33.0]
    assert one(features, "node")["geometry"]["coordinates"] == [24.1052, 56.9496, 35.0]


def test_a_bearing_is_a_line_from_the_node_and_a_sector_of_two_sigmas() -> None:
    features = collection(STATION, [moment for moment in run() if moment.track.number == 4])
    assert [feature["properties"]["kind"] for feature in features] == ["node", "bearings", "sector"]
    lines = one(features, "bearings")
    assert lines["geometry"]["type"] == "MultiLineString"
    assert len(lines["geometry"]["coordinates"]) == 10
    begin, end = lines["geometry"]["coordinates"][0]
    assert begin == [24.1052, 56.9496]
    east_m, north_m = (end[0] - begin[0]) * 111_320 * cos(radians(56.95)), (end[1] - begin[1]) * 111_320
    assert (east_m, north_m) == (pytest.approx(3000 * 0.5990, rel=0.01), pytest.approx(-3000 * 0.8007, rel=0.01))
    assert lines["properties"]["azimuth_deg"][0] == 143.2
    assert lines["properties"]["sigma_azimuth_deg"][0] == 5.0
    ring = one(features, "sector")["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0, "counter-clockwise"


def test_what_has_no_place_has_no_geometry() -> None:
    feature = one(collection(STATION, [moment for moment in run() if moment.track.number == 5]), "track")
    assert feature["geometry"] is None
    assert feature["properties"]["link"] == "elrs_900"


def test_a_way_over_the_antimeridian_is_cut_there() -> None:
    states = []
    for second, longitude_deg in enumerate((179.998, 179.999, -179.999, -179.998)):
        track = flown(second)
        assert track.kinematics is not None
        moved = replace(track.kinematics, longitude_deg=longitude_deg, altitude_wgs84_m=None)
        states.append(Moment(t_utc_ns=START_NS + second, track=replace(track, kinematics=moved)))
    geometry = one(collection(STATION, states), "track")["geometry"]
    assert geometry["type"] == "MultiLineString"
    west, east = geometry["coordinates"]
    assert west == [[179.998, 56.952], [179.999, 56.952], [180.0, pytest.approx(56.952)]]
    assert east == [[-180.0, pytest.approx(56.952)], [-179.999, 56.952], [-179.998, 56.952]]


@pytest.mark.parametrize("seam_deg", [180.0, -180.0])
def test_a_way_with_a_place_on_the_antimeridian_itself_is_cut_there(seam_deg: float) -> None:
    west, east = shapes.cut_line([(179.5, 1.0), (seam_deg, 2.0), (-179.5, 3.0)])
    assert (west, east) == ([(179.5, 1.0), (180.0, 2.0)], [(-180.0, 2.0), (-179.5, 3.0)])
    assert shapes.cut_line([(179.5, 1.0), (seam_deg, 2.0), (179.5, 3.0)]) == [[(179.5, 1.0), (180.0, 2.0), (179.5, 3.0)]]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-180.0, -179.5, -179.0, 179.0, 179.5, 180.0]), st.floats(-1, 1)), min_size=2, max_size=8))
def test_no_part_of_a_way_leaps_over_the_map(points: list[tuple[float, float]]) -> None:
    parts = shapes.cut_line(points)
    for part in parts:
        assert max(point[0] for point in part) - min(point[0] for point in part) <= 1.0
    said = {(abs(longitude_deg), latitude_deg) for part in parts for longitude_deg, latitude_deg in part}
    assert {(abs(longitude_deg), latitude_deg) for longitude_deg, latitude_deg in points} <= said
    assert all(a[-1][1] == b[0][1] and abs(a[-1][0]) == 180 for a, b in pairwise(parts))


@settings(deadline=None)
@given(st.floats(-80, 80), st.sampled_from([179.99, -179.99, 180.0, -180.0]), st.floats(0, 360), st.floats(0, 200))
def test_a_sector_at_the_antimeridian_stays_on_the_map(
    latitude_deg: float, longitude_deg: float, azimuth_deg: float, sigma_deg: float
) -> None:
    for ring in shapes.cut_ring(shapes.sector(Position(latitude_deg, longitude_deg), Direction(azimuth_deg, sigma_deg))):
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        longitudes = [point[0] for point in ring]
        assert -180 <= min(longitudes) <= max(longitudes) <= 180
        assert max(longitudes) - min(longitudes) < 2


@hostile.patient
@given(hostile.stations, st.lists(hostile.moments, max_size=4))
def test_no_track_makes_geojson_invalid(station: Station, moments: list[Moment]) -> None:
    for feature in collection(station, moments):
        for point in coordinates(feature["geometry"]) if feature["geometry"] else ():
            assert all(map(isfinite, point))
            assert -180 <= point[0] <= 180
            assert -90 <= point[1] <= 90
            assert len(point) in (2, 3)


def test_kml_tells_heights_above_the_sea() -> None:
    root = read(kml.document(STATION, run()))
    marks = {mark.findtext(f"{KML}name"): mark for mark in root.iter(f"{KML}Placemark")}
    track = marks[f"track 3, multirotor, {SERIAL}"]
    line = track.find(f"{KML}LineString")
    assert line is not None
    assert line.findtext(f"{KML}altitudeMode") == "absolute"
    first = (line.findtext(f"{KML}coordinates") or "").split()[0].split(",")
    assert (first[0], first[1]) == ("24.1052000", "56.9520000")
    assert float(first[2]) == pytest.approx(64.6, abs=1.5)
    assert track.findtext(f"{KML}TimeSpan/{KML}begin") == "2026-11-18T11:06:40.000Z"
    assert track.findtext(f"{KML}styleUrl") == "#track"
    assert line.find(f"{KML}tessellate") is None


def test_kml_lays_lines_without_heights_on_the_ground() -> None:
    root = read(kml.document(STATION, [moment for moment in run() if moment.track.number == 4]))
    flat = [part for kind in ("LineString", "Polygon") for part in root.iter(f"{KML}{kind}")]
    assert len(flat) == 11
    for part in flat:
        assert part.findtext(f"{KML}tessellate") == "1"
        assert part.find(f".//{KML}altitudeMode") is None


@hostile.patient
@given(hostile.stations, st.lists(hostile.moments, max_size=4))
def test_no_track_makes_kml_unreadable(station: Station, moments: list[Moment]) -> None:
    for told in read(kml.document(station, moments)).iter(f"{KML}coordinates"):
        for point in (told.text or "").split():
            assert all(isfinite(float(number)) for number in point.split(","))


def test_a_row_says_what_a_state_says() -> None:
    rows = list(csv.DictReader(StringIO(table.document(STATION, run()), newline="")))
    assert len(rows) == 30
    assert rows[0]["time_utc"] == "2026-11-18T11:06:40.000Z"
    assert (rows[0]["latitude_deg"], rows[0]["claimed_id"], rows[0]["azimuth_deg"]) == ("56.952", SERIAL, "")
    assert (rows[1]["azimuth_deg"], rows[1]["sigma_azimuth_deg"], rows[1]["latitude_deg"]) == ("143.2", "5.0", "")
    assert (rows[2]["link"], rows[2]["center_hz"]) == ("elrs_900", "866425000.0")


@hostile.patient
@given(hostile.stations, st.lists(hostile.moments, max_size=4))
def test_no_track_breaks_a_row_or_is_run_by_a_spreadsheet(station: Station, moments: list[Moment]) -> None:
    rows = list(csv.reader(StringIO(table.document(station, moments), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(table.COLUMNS)}
    for cell in (cell for row in rows for cell in row if cell):
        assert cell[0] not in "=+-@" or isfinite(float(cell))
