"""The coarse geoid against places whose EGM96 undulation NGA tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.interop.geoid import altitude_msl_m, geoid_height_m


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "told_m"),
    [
        (38.6281550, 269.7791550, -31.628),
        (-14.6212170, 305.0211140, -2.969),
        (46.8743190, 102.4487290, -43.575),
        (-23.6174460, 133.8747120, 15.871),
        (38.6254730, 359.9995000, 50.066),
        (-0.4667440, 0.0023000, 17.329),
        (90.0, 0.0, 13.606),
    ],
)
def test_it_is_within_three_metres_of_the_places_that_nga_tells(latitude_deg: float, longitude_deg: float, told_m: float) -> None:
    assert geoid_height_m(latitude_deg, longitude_deg) == pytest.approx(told_m, abs=3.0)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-400, 400))
def test_it_is_never_further_off_the_ellipsoid_than_the_earth_is(latitude_deg: float, longitude_deg: float) -> None:
    assert -110 < geoid_height_m(latitude_deg, longitude_deg) < 90


@settings(deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180))
def test_it_has_no_steps(latitude_deg: float, longitude_deg: float) -> None:
    assert geoid_height_m(latitude_deg, longitude_deg) == pytest.approx(geoid_height_m(latitude_deg + 1e-4, longitude_deg + 1e-4), abs=0.01)


def test_sea_level_in_riga_is_twenty_metres_above_the_ellipsoid() -> None:
    assert altitude_msl_m(56.9496, 24.1052, 35.0) == pytest.approx(14.6, abs=1.5)
