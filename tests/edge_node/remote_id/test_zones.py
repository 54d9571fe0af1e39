"""Zones by place, height and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id.areas import Layer, Reference, Span, circle, polygon
from edge_node.remote_id.zones import Daily, Inside, Period, Restriction, Volume, Zone, ZoneMap

LOW: dict[Reference, Span] = {"WGS84": Span(60, 60), "AMSL": Span(-26, 167), "AGL": Span(0, 100)}


def zone(number: int, chance: Random, restriction: Restriction = "prohibited") -> Zone:
    """A zone anywhere, small or as large as a country, and a few across the antimeridian."""
    latitude, longitude = chance.uniform(-80, 80), chance.choice([chance.uniform(-180, 180), chance.uniform(179, 180)])
    if chance.random() < 0.5:
        return Zone(str(number), str(number), restriction, (Volume(circle(latitude, longitude, 10 ** chance.uniform(2, 5.5))),))
    size = 10 ** chance.uniform(-3, 0.8)
    corners = [(latitude + size * chance.uniform(-1, 1), longitude + size * chance.uniform(-1, 1)) for _ in range(5)]
    ring = [(min(max(north, -90), 90), (east + 180) % 360 - 180) for north, east in corners]
    return Zone(str(number), str(number), restriction, (Volume(polygon([ring])),))


def names(found: list[Inside]) -> list[str]:
    return [one.zone.name for one in found]


def test_thousands_of_zones_are_found_as_if_each_were_asked() -> None:
    chance = Random(7)
    zones = [zone(number, chance) for number in range(3000)]
    drawn = ZoneMap(zones)
    hits = 0
    for _ in range(700):
        near = chance.choice(zones).volumes[0].area.bounds
        latitude = min(max(chance.uniform(near.south, near.north), -90), 90)
        longitude = (chance.uniform(near.west, near.east) + 180) % 360 - 180
        expected = {one.name for one in zones if one.volumes[0].area.holds(latitude, longitude)}
        assert set(names(drawn.inside(latitude, longitude, LOW, None))) == expected
        hits += len(expected)
    assert hits > 700


def test_the_surest_and_strictest_comes_first() -> None:
    here = Volume(circle(50, 4, 1000))
    high = Volume(circle(50, 4, 1000), Layer(80, "AGL", 200, "AGL"))
    drawn = ZoneMap(
        [
            Zone("a", "a", "conditional", (here,)),
            Zone("b", "b", "prohibited", (high,)),
            Zone("c", "c", "authorisation_required", (here,)),
            Zone("d", "d", "prohibited", (Volume(circle(50, 4, 1000), Layer(200, "AGL")),)),
        ]
    )
    found = drawn.inside(50, 4, LOW, None)
    assert names(found) == ["c", "a", "b"]
    assert [one.doubt for one in found] == ["", "", "perhaps above or below it"]


def test_of_two_parts_of_a_zone_the_surer_one_counts() -> None:
    parts = (Volume(circle(50, 4, 1000), Layer(80, "AGL", 200, "AGL")), Volume(circle(50, 4, 1000), Layer(0, "AGL", 150, "AGL")))
    for volumes in (parts, parts[::-1]):
        assert ZoneMap([Zone("a", "a", "prohibited", volumes)]).inside(50, 4, LOW, None)[0].doubt == ""


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


WEEK = [at("2026-11-16T00:00:00Z") + place * 900 for place in range(-96, 8 * 96)]


@given(st.frozensets(st.integers(0, 6), max_size=7), st.integers(0, 95), st.integers(0, 95), st.integers(-12, 14), st.sampled_from(WEEK))
def test_a_daily_time_is_that_of_the_calendar(days: frozenset[int], begins: int, ends: int, ahead: int, t_s: float) -> None:
    told = Daily(days, begins * 900, ends * 900, ahead * 3600).holds(t_s)
    local = datetime.fromtimestamp(t_s, timezone(timedelta(hours=ahead)))
    expected = False
    for back in (0, 1):
        day = (local - timedelta(days=back)).replace(hour=0, minute=0)
        until = day + timedelta(minutes=15 * ends, days=0 if ends > begins else 1)
        expected |= day.weekday() in days and day + timedelta(minutes=15 * begins) <= local < until
    assert told == expected


def test_a_period_ends_and_its_days_count_within_it() -> None:
    mornings = Daily(frozenset({0}), 8 * 3600, 12 * 3600)
    period = Period(at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"), (mornings,))
    assert period.holds(at("2026-11-16T09:00:00Z"))
    assert not period.holds(at("2026-11-16T12:00:00Z"))
    assert not period.holds(at("2026-11-17T09:00:00Z"))
    assert not period.holds(at("2026-12-07T09:00:00Z"))
    assert Period().holds(-inf)


@pytest.mark.parametrize(
    ("t_utc_s", "doubt"),
    [(at("2026-11-16T09:00:00Z"), ""), (at("2025-11-16T09:00:00Z"), None), (None, "perhaps not now: nobody vouches for the clock")],
)
def test_without_a_clock_a_zone_holds_in_doubt(t_utc_s: float | None, doubt: str | None) -> None:
    limited = Zone("a", "a", "prohibited", (Volume(circle(50, 4, 1000)),), (Period(from_utc_s=at("2026-01-01T00:00:00Z")),))
    found = ZoneMap([limited]).inside(50, 4, LOW, t_utc_s)
    assert [one.doubt for one in found] == ([] if doubt is None else [doubt])


def test_a_zone_that_was_not_wholly_understood_says_so() -> None:
    unclear = Zone("a", "a", "prohibited", (Volume(circle(50, 4, 1000)),), clear=False)
    assert ZoneMap([unclear]).inside(50, 4, LOW, datetime.now(UTC).timestamp())[0].doubt == "not all its limits are understood"
