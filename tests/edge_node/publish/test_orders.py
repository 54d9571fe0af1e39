from __future__ import annotations

import math
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.config import CommandName
from edge_node.publish import orders
from edge_node.publish.orders import LiveRate, Point, Record, Reload, Report

NAN = math.nan


def test_there_is_an_order_for_every_command_that_a_configuration_may_allow() -> None:
    assert set(orders.ORDERS) == set(get_args(CommandName))


def test_orders_are_read() -> None:
    assert orders.read("report", {}) == Report()
    assert orders.read("reload", {}) == Reload()
    assert orders.read("record", {"seconds": 30}) == Record(30)
    assert orders.read("live_rate", {"rate_hz": 0.5, "confirmed_rate_hz": 20}) == LiveRate(0.5, 20)
    assert orders.read("point", {"azimuth_deg": 359.5, "words": "tower"}) == Point(azimuth_deg=359.5, words="tower")
    assert orders.read("point", {"latitude_deg": 56.9, "longitude_deg": 24.1, "seconds": 5}) == Point(None, None, 56.9, 24.1, None, 5)


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("fire", {}, "no command is called 'fire'"),
        ("report", {"x": 1}, "unknown field x"),
        ("record", {}, "seconds"),
        ("record", {"seconds": 601}, "600"),
        ("record", {"seconds": 0}, "1"),
        ("record", {"seconds": "9"}, "Expected `float`, got `str`".replace("`", "")),
        ("record", {"seconds": NAN}, "Expected"),
        ("record", {"seconds": math.inf}, "Expected"),
        ("live_rate", {"rate_hz": 21, "confirmed_rate_hz": 1}, "20"),
        ("live_rate", {"rate_hz": 1, "confirmed_rate_hz": 0.01}, "0.1"),
        ("live_rate", {"rate_hz": 1, "confirmed_rate_hz": 1, "seconds": 90_000}, "86400"),
        ("point", {}, "needs azimuth_deg, or latitude_deg and longitude_deg"),
        ("point", {"latitude_deg": 56.9}, "needs azimuth_deg"),
        ("point", {"azimuth_deg": 360}, "360"),
        ("point", {"azimuth_deg": NAN}, "Expected"),
        ("point", {"azimuth_deg": 1, "elevation_deg": -91}, "-90"),
        ("point", {"azimuth_deg": 1, "altitude_wgs84_m": NAN}, "Expected"),
        ("point", {"azimuth_deg": 1, "words": "x" * 65}, "64"),
        ("point", {"azimuth_deg": 1, "seconds": 1e300}, "3600"),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_words(name: str, arguments: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        orders.read(name, arguments)


value = st.none() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=64)
names = st.sampled_from(["seconds", "rate_hz", "confirmed_rate_hz", "azimuth_deg", "elevation_deg", "latitude_deg", "words", ""])


@given(st.sampled_from([*orders.ORDERS, "", "x"]), st.dictionaries(names | st.text(max_size=9), value, max_size=6))
def test_whatever_c2_says_is_an_order_within_its_bounds_or_a_value_error(name: str, arguments: dict[str, Any]) -> None:
    with suppress(ValueError):
        order = orders.read(name, arguments)
        assert math.isfinite(getattr(order, "seconds", None) or 0)
