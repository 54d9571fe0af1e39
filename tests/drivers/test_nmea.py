"""NMEA 0183 sentences to fixes."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.blocks import GnssFix
from drivers.nmea import MOST_SENTENCE_BYTES, Nmea

UTC_2026_03_14_101112 = 1_773_483_072


def sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


def fixes(*bodies: str) -> list[GnssFix]:
    nmea = Nmea()
    return nmea.feed(b"".join(map(sentence, bodies)), 7, 5) + nmea.quiet()


GGA = "GNGGA,101112.00,5051.00000,N,00421.00000,E,1,09,1.10,71.3,M,45.2,M,,"
RMC = "GNRMC,101112.00,A,5051.00000,N,00421.00000,E,10.0,90.5,140326,,,A"
GST = "GNGST,101112.00,2.1,,,,3.0,4.0,5.0"
GSA = "GNGSA,A,3,02,05,07,09,,,,,,,,,1.60,1.10,1.30"


def test_sentences_of_one_time_are_one_fix() -> None:
    (fix,) = fixes(RMC, GGA, GSA, GST)
    assert fix == GnssFix(
        7,
        0,
        0,
        "nmea",
        has_fix=True,
        t_utc_ns=UTC_2026_03_14_101112 * 10**9,
        pulse_mono_ns=5,
        latitude_deg=50.85,
        longitude_deg=4.35,
        altitude_wgs84_m=pytest.approx(116.5),
        altitude_msl_m=71.3,
        sigma_horizontal_m=pytest.approx(12.5**0.5),
        sigma_vertical_m=5.0,
        speed_mps=pytest.approx(5.1444, abs=1e-3),
        course_deg=90.5,
        satellites=9,
        hdop=1.1,
        quality="autonomous",
    )


def test_sigma_from_dilution_where_the_receiver_says_none() -> None:
    (fix,) = fixes(GGA, GSA)
    assert fix.sigma_horizontal_m == pytest.approx(1.1 * 4 / 2**0.5)
    assert fix.sigma_vertical_m == pytest.approx(1.3 * 4)


def test_south_and_west_are_negative() -> None:
    (fix,) = fixes("GPGGA,101112,3352.5,S,15112.25,W,2,05,2.0,,M,,M,,")
    assert (fix.latitude_deg, fix.longitude_deg) == (pytest.approx(-33.875), pytest.approx(-151.2041667))
    assert (fix.altitude_wgs84_m, fix.quality) == (None, "differential")


@pytest.mark.parametrize(
    "bodies",
    [
        ["GPGGA,101112.00,0000.00000,N,00000.00000,E,0,03,,,M,,M,,"],
        ["GPGGA,101112.00,,,,,0,00,99.99,,,,,,"],
        ["GPRMC,101112.00,V,5051.0,N,00421.0,E,,,140326,,,N", "GPGGA,101112.00,5051.0,N,00421.0,E,1,09,1.1,71.3,M,45.2,M,,"],
        ["GPRMC,,V,,,,,,,,,,N"],
        ["GNGNS,101112.00,5051.0,N,00421.0,E,NN,00,99.99,,,,"],
        ["GPGGA,101112.00,9151.0,N,00421.0,E,1,09,1.1,71.3,M,45.2,M,,"],
        ["GPGGA,101112.00,5061.0,N,00421.0,E,1,09,1.1,71.3,M,45.2,M,,"],
        ["GPGGA,101112.00,nan,N,inf,E,1,09,1.1,71.3,M,45.2,M,,"],
        ["GPZDA,101112.00,14,03,2026,00,00"],
    ],
)
def test_no_fix_says_nothing_else(bodies: list[str]) -> None:
    assert fixes(*bodies) == [GnssFix(7, 0, 0, "nmea", has_fix=False)]


@pytest.mark.parametrize(
    ("body", "utc_s"),
    [
        ("GPZDA,101112.00,14,03,2026,00,00", UTC_2026_03_14_101112),
        ("GPRMC,101112.00,A,5051.0,N,00421.0,E,,,140326,,,A", UTC_2026_03_14_101112),
        ("GPRMC,101112.00,A,5051.0,N,00421.0,E,,,290706,,,A", None),
        ("GPRMC,101112.00,A,5051.0,N,00421.0,E,,,310226,,,A", None),
        ("GPRMC,101112.00,A,5051.0,N,00421.0,E,,,,,,A", None),
        ("GPVTG,90.5,T,,M,10.0,N,18.5,K,A", None),
    ],
)
def test_utc_needs_a_date_that_can_be(body: str, utc_s: int | None) -> None:
    (fix,) = fixes(GGA, body)
    assert fix.has_fix
    assert fix.t_utc_ns == (None if utc_s is None else utc_s * 10**9)


def test_leap_second_is_the_second_after_it() -> None:
    (fix,) = fixes(GGA.replace("101112", "235960"), RMC.replace("101112", "235960"))
    assert fix.t_utc_ns == (UTC_2026_03_14_101112 // 86_400 + 1) * 86_400 * 10**9


def test_parts_of_a_second_are_kept() -> None:
    (fix,) = fixes(GGA.replace(".00,", ".25,", 1), RMC.replace(".00,", ".25,", 1))
    assert fix.t_utc_ns == UTC_2026_03_14_101112 * 10**9 + 250_000_000


def test_another_time_ends_the_epoch() -> None:
    nmea = Nmea()
    assert nmea.feed(sentence(GGA) + sentence(RMC), 1) == []
    (first,) = nmea.feed(sentence(GGA.replace("101112", "101113")), 2)
    assert (first.t_mono_ns, first.sequence, first.has_fix) == (1, 0, True)
    (second,) = nmea.quiet()
    assert (second.t_mono_ns, second.sequence) == (2, 1)
    assert nmea.quiet() == []


def test_receiver_without_the_time_still_says_no_fix_each_epoch() -> None:
    epoch = sentence("GPRMC,,V,,,,,,,,,,N") + sentence("GPGGA,,,,,,0,00,99.99,,,,,,")
    nmea = Nmea()
    assert [fix.has_fix for fix in nmea.feed(epoch * 3, 1) + nmea.quiet()] == [False, False, False]


def test_sentence_after_its_epoch_was_handed_over_makes_no_second_one() -> None:
    nmea = Nmea()
    nmea.feed(sentence(GGA), 1)
    assert len(nmea.quiet()) == 1
    assert nmea.feed(sentence(GST), 2) + nmea.quiet() == []


def test_satellites_in_view_are_summed_over_systems() -> None:
    nmea = Nmea()
    nmea.feed(sentence("GPGSV,1,1,02,01,40,083,46,02,17,308,41") + sentence("GLGSV,1,1,01,65,40,083,46"), 1)
    assert nmea.in_view == 3


def test_garbage_is_counted_and_left() -> None:
    nmea = Nmea()
    broken = sentence(GGA).replace(b"5051", b"5052")
    got = nmea.feed(b"\xff\x00\xfe\n" + broken + b"\x80\x81" + sentence(GGA) + sentence("PUBX,00,1"), 1) + nmea.quiet()
    assert [fix.latitude_deg for fix in got] == [50.85]
    assert (nmea.good, nmea.bad) == (2, 2)


def test_endless_line_is_not_kept() -> None:
    nmea = Nmea()
    for _ in range(1000):
        nmea.feed(b"$GPGGA" * 50, 1)
    assert len(nmea._rest) <= MOST_SENTENCE_BYTES
    assert nmea.bad == 1000


@settings(deadline=None)
@given(cut=st.integers(1, 40))
def test_any_cut_of_the_stream_reads_the_same(cut: int) -> None:
    stream = sentence(GGA) + sentence(RMC) + sentence(GST)
    nmea = Nmea()
    got = [fix for start in range(0, len(stream), cut) for fix in nmea.feed(stream[start : start + cut], 7, 5)]
    assert got + nmea.quiet() == fixes(GGA, RMC, GST)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_bytes_raise_nothing(chunks: list[bytes]) -> None:
    nmea = Nmea()
    for chunk in chunks:
        nmea.feed(chunk, 1)
    nmea.quiet()


FIELD = st.one_of(
    st.sampled_from(["", "A", "N", "E", "101112.00", "5051.0", "00421.0", "1", "140326", "-1", "9" * 12]),
    st.text("0123456789.-eEnaif+_", max_size=9),
)


@settings(deadline=None)
@given(kind=st.sampled_from(["GGA", "RMC", "GNS", "GST", "GSA", "GSV", "ZDA"]), fields=st.lists(FIELD, max_size=20))
def test_any_fields_raise_nothing_and_keep_bounds(kind: str, fields: list[str]) -> None:
    nmea = Nmea()
    for fix in nmea.feed(sentence(GGA) + sentence(",".join([f"GP{kind}", *fields])), 1) + nmea.quiet():
        assert fix.has_fix is (fix.latitude_deg is not None)
        assert fix.latitude_deg is None or -90 <= fix.latitude_deg <= 90
        assert fix.sigma_horizontal_m is None or fix.sigma_horizontal_m > 0
