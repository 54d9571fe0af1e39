"""ED-269 and ED-318: what the standards' structure says, and what of a file is left out by name."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id.areas import Circle, Layer, Polygon, Reference, Span
from edge_node.remote_id.zone_files import MOST_NAMED, ZoneFileError, read
from edge_node.remote_id.zones import Daily, Period, ZoneMap

RING = [[4.30, 50.80], [4.40, 50.80], [4.40, 50.90], [4.30, 50.90], [4.30, 50.80]]
HOLE = [[4.34, 50.84], [4.36, 50.84], [4.36, 50.86], [4.34, 50.86], [4.34, 50.84]]

ED269: dict[str, Any] = {
    "title": "UAS zones of nowhere",
    "features": [
        {
            "identifier": "TST001",
            "country": "BEL",
            "name": "Harbour",
            "type": "COMMON",
            "restriction": "PROHIBITED",
            "reason": ["SENSITIVE"],
            "applicability": [{"permanent": "YES"}],
            "zoneAuthority": [{"name": "Port", "purpose": "INFORMATION"}],
            "geometry": [
                {
                    "uomDimensions": "M",
                    "lowerLimit": 0,
                    "lowerVerticalReference": "AGL",
                    "upperLimit": 120,
                    "upperVerticalReference": "AGL",
                    "horizontalProjection": {"type": "Polygon", "coordinates": [RING, HOLE]},
                }
            ],
        },
        {
            "identifier": "TST002",
            "country": "BEL",
            "restriction": "REQ_AUTHORISATION",
            "applicability": [
                {
                    "permanent": "NO",
                    "startDateTime": "2026-11-01T00:00:00Z",
                    "endDateTime": "2026-12-01T00:00:00.000+01:00",
                    "schedule": [{"day": ["MON", "TUE"], "startTime": "08:00:00+01:00", "endTime": "18:30:00+01:00"}],
                }
            ],
            "geometry": [
                {
                    "uomDimensions": "FT",
                    "upperLimit": 1000,
                    "upperVerticalReference": "AMSL",
                    "lowerVerticalReference": "AGL",
                    "horizontalProjection": {"type": "Circle", "center": [4.5, 50.5], "radius": 1000},
                }
            ],
        },
        {"identifier": "TST003", "restriction": "NO_RESTRICTION", "geometry": []},
    ],
}

ED318: dict[str, Any] = {
    "type": "FeatureCollection",
    "metadata": {"issued": "2026-11-01T00:00:00Z"},
    "features": [
        {
            "type": "Feature",
            "properties": {
                "identifier": "TSC001",
                "country": "BEL",
                "name": [{"text": "Ring road", "lang": "en-GB"}, {"text": "Ringweg", "lang": "nl-BE"}],
                "type": "REQ_AUTHORIZATION",
                "variant": "COMMON",
                "limitedApplicability": [{"schedule": [{"day": ["ANY"], "startTime": "22:00:00Z", "endTime": "06:00:00Z"}]}],
            },
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Polygon",
                        "coordinates": [RING],
                        "layer": {"lower": 50, "lowerReference": "WGS84", "upper": 150, "upperReference": "AMSL", "uom": "m"},
                    },
                    {"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]},
                ],
            },
        },
        {
            "type": "Feature",
            "properties": {"identifier": "TSC002", "country": "BEL", "type": "CONDITIONAL", "variant": "COMMON"},
            "geometry": {
                "type": "Point",
                "coordinates": [4.5, 50.5],
                "extent": {"subType": "Circle", "radius": 3500},
                "layer": {"upper": 400, "upperReference": "AGL", "uom": "ft"},
            },
        },
        {"type": "Feature", "properties": {"identifier": "TSC003", "type": "USPACE"}, "geometry": None},
    ],
}


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_ed_269_is_read() -> None:
    told = read(b"\xef\xbb\xbf" + encoded(ED269))
    assert (told.total, told.unclear, told.problems) == (3, 0, ())
    harbour, tower = told.zones
    assert (harbour.identifier, harbour.name, harbour.restriction, harbour.periods) == ("TST001", "Harbour", "prohibited", None)
    (part,) = harbour.volumes
    assert isinstance(part.area, Polygon)
    assert part.layer == Layer(0, "AGL", 120, "AGL")
    assert part.area.holds(50.81, 4.31)
    assert not part.area.holds(50.85, 4.35)
    assert (tower.name, tower.restriction) == ("TST002", "authorisation_required")
    assert isinstance(tower.volumes[0].area, Circle)
    assert tower.volumes[0].area.radius_m == pytest.approx(304.8)
    assert tower.volumes[0].layer == Layer(None, "AGL", pytest.approx(304.8), "AMSL")
    days = Daily(frozenset({0, 1}), 8 * 3600, 18 * 3600 + 1800, 3600)
    assert tower.periods == (Period(seconds("2026-11-01T00:00:00Z"), seconds("2026-11-30T23:00:00Z"), (days,)),)


def test_ed_318_is_read() -> None:
    told = read(encoded(ED318))
    assert (told.total, told.unclear, told.problems) == (3, 0, ())
    road, field = told.zones
    assert (road.name, road.restriction, len(road.volumes)) == ("Ring road", "authorisation_required", 3)
    assert road.volumes[0].layer == Layer(50, "WGS84", 150, "AMSL")
    assert road.volumes[1].layer == Layer()
    assert road.periods == (Period(daily=(Daily(from_s=22 * 3600, until_s=6 * 3600),)),)
    assert (field.name, field.restriction, field.periods) == ("TSC002", "conditional", None)
    assert isinstance(field.volumes[0].area, Circle)
    assert field.volumes[0].area.radius_m == 3500
    assert field.volumes[0].layer == Layer(None, "AGL", pytest.approx(121.92), "AGL")


def changed(**members: Any) -> bytes:
    """One ED-269 zone with members of its own, by the path of the first."""
    zone = msgspec.json.decode(encoded(ED269["features"][0]))
    for path, value in members.items():
        at, *rest = path.split("__")
        inner: Any = zone
        for step in rest:
            inner, at = inner[int(at) if isinstance(inner, list) else at], step
        inner[int(at) if isinstance(inner, list) else at] = value
    return encoded([zone])


@pytest.mark.parametrize(
    ("members", "kept", "words"),
    [
        ({"restriction": "FORBIDDEN"}, False, "Harbour: restriction 'FORBIDDEN', so it is left out"),
        ({"restriction": None}, False, "restriction 'COMMON', so it is left out"),
        ({"geometry": []}, False, "no area that can be used"),
        ({"geometry__0__horizontalProjection__type": "Ellipse"}, False, "type 'Ellipse'"),
        ({"geometry__0__horizontalProjection__coordinates": [[[200, 0], [0, 0], [0, 1]]]}, False, "a place at latitude 0, longitude 200"),
        ({"geometry__0__horizontalProjection__coordinates": [[["4", 0], [0, 0], [0, 1]]]}, False, "'4' is no number"),
        ({"geometry__0__upperVerticalReference": "FL"}, True, "limit 120 above 'FL', taken as none"),
        ({"geometry__0__upperLimit": "120"}, True, "limit '120' above 'AGL', taken as none"),
        ({"geometry__0__uomDimensions": "FURLONG"}, True, "limit 0 above 'AGL', taken as none; limit 120 above 'AGL', taken as none"),
        ({"applicability": [{"permanent": "NO", "startDateTime": "2026-11-01T00:00:00"}]}, True, "does not say its offset from UTC"),
        ({"applicability": [{"schedule": [{"day": ["MON"], "startEvent": "SR", "endEvent": "SS"}]}]}, True, "startEvent 'SR'"),
        ({"applicability": [{"schedule": [{"day": ["FRIDAY"]}]}]}, True, "taken as always"),
        ({"applicability": [{"schedule": [{"startTime": "08:00", "endTime": "09:00Z"}]}]}, True, "08:00 does not say its offset"),
        ({"applicability": [{"schedule": [{"startTime": "08:00Z", "endTime": "09:00+01:00"}]}]}, True, "by two clocks"),
        ({"applicability": "always"}, True, "taken as always"),
    ],
)
def test_what_is_not_understood_is_named_and_makes_no_zone_smaller(members: dict[str, Any], kept: bool, words: str) -> None:
    told = read(changed(**members))
    assert (len(told.zones), told.unclear) == (int(kept), 1)
    assert words in told.problems[0]
    if kept:
        assert not told.zones[0].clear
        low: dict[Reference, Span] = {"WGS84": Span(60, 60), "AMSL": Span(60, 60), "AGL": Span(60, 60)}
        assert ZoneMap(told.zones).inside(50.81, 4.31, low, 0.0)


def test_a_part_that_is_not_understood_leaves_the_others() -> None:
    zone = msgspec.json.decode(encoded(ED269["features"][0]))
    zone["geometry"].append({"horizontalProjection": {"type": "Point"}})
    told = read(encoded({"features": [zone]}))
    assert len(told.zones[0].volumes) == 1
    assert told.unclear == 1


def test_only_the_first_problems_are_named_and_all_are_counted() -> None:
    told = read(encoded([{"restriction": "X"}] * 100))
    assert (told.unclear, len(told.problems)) == (100, MOST_NAMED)
    assert told.problems[1].startswith("zone 2: ")


def test_a_name_cannot_steer_a_terminal() -> None:
    assert read(changed(name="\x1b[2JHarbour\n" + "x" * 99)).zones[0].name == "[2JHarbour" + "x" * 38


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff", b"{}", b"3", b'{"features": 3}', b'"x"'])
def test_what_holds_no_zones_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ZoneFileError):
        read(data)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["MON", "08:00Z", "YES"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for step, inner in steps for path in [(*so_far, step), *paths(inner, (*so_far, step))]]


@given(st.data())
def test_whatever_is_changed_in_a_file_it_is_read_or_refused(data: st.DataObject) -> None:
    whole = msgspec.json.decode(encoded(data.draw(st.sampled_from([ED269, ED318]))))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(paths(whole)))
        inner = whole
        for step in way:
            inner = inner[step]
        inner[last] = data.draw(anything)
    with suppress(ZoneFileError):
        told = read(encoded(whole))
        assert told.unclear <= told.total
        ZoneMap(told.zones)


@given(st.binary(max_size=60) | anything.map(encoded))
def test_noise_is_refused_or_holds_nothing(data: bytes) -> None:
    with suppress(ZoneFileError):
        assert read(data).zones == ()
