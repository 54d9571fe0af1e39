"""Headings and tilts from NMEA and gpsd: which sentence says what, and what is no heading."""

from __future__ import annotations

import json

import pytest

from drivers.blocks import Attitude, GnssFix
from drivers.gpsd import Gpsd
from drivers.heading import Mounted
from drivers.nmea import Nmea
from tests.drivers.test_nmea import GGA, RMC, sentence

EXACT = Mounted(late_s=0.0)


def attitude(*bodies: str, mounted: Mounted = EXACT) -> Attitude:
    """The last attitude of some sentences."""
    said = Nmea(mounted).feed(b"".join(map(sentence, bodies)), 7)
    return [one for one in said if isinstance(one, Attitude)][-1]


@pytest.mark.parametrize(
    ("body", "heading_deg", "sigma_deg"),
    [
        ("GPHDT,274.07,T", 274.07, 1.0),
        ("GPTHS,012.5,A", 12.5, 1.0),
        ("HCHDG,98.3,2.0,W,12.6,E", 108.9, 5.0),
        ("PASHR,101112.00,123.45,T,-1.50,+2.25,+0.1,0.10,0.20,0.30,1,0", 123.45, 0.3),
    ],
)
def test_headings_from_true_north(body: str, heading_deg: float, sigma_deg: float) -> None:
    said = attitude(body)
    assert (said.heading_deg, said.heading_kind, said.sigma_heading_deg) == (pytest.approx(heading_deg), "true", sigma_deg)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("GPHDT,,T", "no heading"),
        ("GPHDT,NaN,T", "no heading"),
        ("GPHDT,361.0,T", "no heading"),
        ("GPTHS,12.5,V", "no heading"),
        ("GPTHS,12.5,S", "simulated"),
        ("HCHDG,98.3,,,,", "declination"),
        ("HCHDM,98.3,M", "declination"),
    ],
)
def test_no_heading_is_named(body: str, words: str) -> None:
    said = attitude(body)
    assert said.heading_deg is None
    assert words in (said.trouble or "")


def test_a_magnetic_heading_takes_its_declination_from_whoever_knows_it() -> None:
    assert attitude("HCHDM,350.0,M", mounted=Mounted(declination_deg=15.0)).heading_deg == pytest.approx(5.0)
    said_by_rmc = RMC.split(",")
    said_by_rmc[10:12] = ["3.5", "W"]
    assert attitude(",".join(said_by_rmc), "HCHDM,350.0,M").heading_deg == pytest.approx(346.5)


def test_tilt_counts_nose_up_and_right_side_down() -> None:
    said = attitude("PASHR,101112.00,123.45,T,-1.50,+2.25,+0.1,0.10,0.20,0.30,1,0")
    assert (said.roll_deg, said.pitch_deg, said.sigma_tilt_deg) == (-1.5, 2.25, 0.2)
    said = attitude("PHTRO,2.5,P,1.25,T")
    assert (said.pitch_deg, said.roll_deg, said.heading_deg, said.trouble) == (-2.5, 1.25, None, None)


def test_mounting_turns_a_heading_and_makes_it_older() -> None:
    said = Nmea(Mounted(offset_deg=-90.0, late_s=0.2, sigma_deg=0.4)).feed(sentence("GPHDT,30.0,T"), 10**9)[0]
    assert isinstance(said, Attitude)
    assert (said.heading_deg, said.t_mono_ns, said.sigma_heading_deg) == (300.0, 800_000_000, 0.4)


def test_a_damaged_heading_is_counted_and_not_told() -> None:
    nmea = Nmea()
    assert nmea.feed(sentence("GPHDT,30.0,T").replace(b"30.0", b"31.0"), 7) == []
    assert nmea.bad == 1


def test_vtg_tells_speed_and_course_where_rmc_does_not() -> None:
    nmea = Nmea()
    nmea.feed(sentence(GGA) + sentence("GPVTG,87.5,T,,M,10.0,N,18.52,K,A"), 7)
    fix = nmea.quiet()[0]
    assert (fix.course_deg, fix.speed_mps) == (87.5, pytest.approx(5.144, abs=1e-3))
    nmea.feed(sentence(GGA.replace("101112", "101113")) + sentence("GPVTG,87.5,T,,M,10.0,N,18.52,K,N"), 7)
    assert nmea.quiet()[0].course_deg is None


def gpsd(**said: object) -> GnssFix | Attitude:
    return Gpsd(EXACT).feed(json.dumps({"class": "ATT", **said}).encode() + b"\n", 9, 0)[0]


def test_gpsd_tells_attitudes() -> None:
    said = gpsd(heading=14.5, pitch=-1.0, roll=2.0, mag_st="N")
    assert isinstance(said, Attitude)
    assert (said.heading_deg, said.pitch_deg, said.roll_deg, said.source) == (14.5, -1.0, 2.0, "gpsd")


def test_gpsd_s_compass_alarm_and_nonsense_are_no_heading() -> None:
    said = gpsd(heading=14.5, mag_st="C")
    assert isinstance(said, Attitude)
    assert (said.heading_deg, said.trouble) == (None, "the compass is not calibrated")
    reader = Gpsd()
    assert reader.feed(b'{"class":"ATT","heading":14223.0}\n{"class":"ATT","heading":NaN}\n', 9, 0) == []
    assert reader.bad == 2
