"""gpsd's JSON to fixes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.blocks import GnssFix
from drivers.gpsd import MOST_LINE_BYTES, Gpsd

OFFSET_NS = 1_000 * 10**9
TPV = {"class": "TPV", "mode": 3, "time": "2026-03-14T10:11:12.250Z", "lat": -33.5, "lon": 151.25}


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\r\n"


def test_every_field_and_errors_at_one_sigma() -> None:
    gpsd = Gpsd()
    gpsd.feed(line(**{"class": "SKY", "hdop": 0.8, "satellites": [{"PRN": 1, "used": True}, {"PRN": 2, "used": False}]}), 1, OFFSET_NS)
    gpsd.feed(
        line(**{"class": "PPS", "real_sec": 5, "real_nsec": 0, "clock_sec": 1_007, "clock_nsec": 250, "precision": -20}), 1, OFFSET_NS
    )
    more = {"status": 3, "altHAE": 100.5, "altMSL": 77.0, "epx": 1.96, "epy": 1.96, "eph": 99.0, "epv": 3.92, "speed": 2.5, "track": 10.0}
    assert gpsd.feed(line(**TPV, **more), 9, OFFSET_NS) == [
        GnssFix(
            9,
            0,
            0,
            "gpsd",
            has_fix=True,
            t_utc_ns=1_773_483_072_250_000_000,
            pulse_mono_ns=7 * 10**9 + 250,
            latitude_deg=-33.5,
            longitude_deg=151.25,
            altitude_wgs84_m=100.5,
            altitude_msl_m=77.0,
            sigma_horizontal_m=pytest.approx(1.0),
            sigma_vertical_m=pytest.approx(2.0),
            speed_mps=2.5,
            course_deg=10.0,
            satellites=1,
            hdop=0.8,
            quality="rtk_fixed",
        )
    ]


@pytest.mark.parametrize("mode", [0, 1])
def test_no_fix_says_nothing_else(mode: int) -> None:
    assert Gpsd().feed(line(**{**TPV, "mode": mode}), 9, 0) == [GnssFix(9, 0, 0, "gpsd", has_fix=False)]


def test_flat_fix_has_no_altitude_and_a_rolled_over_date_is_none() -> None:
    (fix,) = Gpsd().feed(line(**{**TPV, "mode": 2, "altHAE": 5.0, "time": "2006-07-29T10:11:12.000Z"}), 9, 0)
    assert (fix.has_fix, fix.altitude_wgs84_m, fix.t_utc_ns) == (True, None, None)


def test_dilutions_alone_leave_the_counts() -> None:
    gpsd = Gpsd()
    gpsd.feed(line(**{"class": "SKY", "nSat": 12, "uSat": 7}) + line(**{"class": "SKY", "hdop": 1.2}), 1, 0)
    (fix,) = gpsd.feed(line(**TPV), 2, 0)
    assert (gpsd.in_view, fix.satellites, fix.hdop) == (12, 7, 1.2)


@pytest.mark.parametrize(
    "bad",
    [
        b"not json\n",
        b"[1,2]\n",
        b"\xff\xfe\n",
        b"[" * 15_000 + b"\n",
        b'{"class":"TPV","mode":3,"lat":91,"lon":0}\n',
        b'{"class":"TPV","mode":3,"lat":"x","lon":0}\n',
        b'{"class":"TPV","mode":3,"lat":1e999,"lon":0}\n',
        b'{"class":"PPS","clock_sec":99999999999999999999,"clock_nsec":0}\n',
        b'{"class":"SKY","nSat":-1}\n',
        b"x" * (MOST_LINE_BYTES + 1),
    ],
)
def test_bad_lines_are_counted_and_left(bad: bytes) -> None:
    gpsd = Gpsd()
    assert gpsd.feed(bad, 1, 0) == []
    assert gpsd.bad == 1
    assert len(gpsd.feed(b"\n" + line(**TPV), 2, 0)) == 1


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=4))
def test_any_bytes_raise_nothing(chunks: list[bytes]) -> None:
    gpsd = Gpsd()
    for chunk in chunks:
        gpsd.feed(chunk, 1, 0)


SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
JSON = SCALAR | st.lists(SCALAR, max_size=3)
NAMES = ["mode", "time", "lat", "lon", "altHAE", "epx", "epy", "eph", "epv", "nSat", "uSat", "satellites", "clock_sec", "clock_nsec"]


@settings(deadline=None)
@given(kind=st.sampled_from(["TPV", "SKY", "PPS", "ERROR"]), fields=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_report_raises_nothing(kind: str, fields: dict[str, object]) -> None:
    for fix in Gpsd().feed(line(**{"class": kind, **fields}), 1, 0):
        assert fix.has_fix is (fix.latitude_deg is not None)
