"""A drone's link is named by its timing or its grid, never by its waveform alone."""

from __future__ import annotations

import pytest

from edge_node.messages import LinkKind
from edge_node.radio.links.finding import Finding
from edge_node.radio.tracks.naming import Name, name_of, off_grid_hz, packet_rate_hz
from edge_node.radio.tracks.period import Period

EU868 = [863.275e6 + k * 525e3 for k in range(13)]


def lora(sf: int, bandwidth_hz: float = 500e3) -> Finding:
    return Finding("lora", 0.9, 0.0, {"spreading_factor": sf, "chirp_bandwidth_hz": bandwidth_hz})


def fsk(rate_bd: float, deviation_hz: float) -> Finding:
    return Finding("fsk", 0.9, 0.0, {"symbol_rate_bd": rate_bd, "deviation_hz": deviation_hz})


def clock(seconds: float, jitter: float = 0.002, bursts: int = 20) -> Period:
    return Period(seconds, jitter, bursts)


@pytest.mark.parametrize(
    ("finding", "period_s", "air_s", "channels_hz", "link"),
    [
        (lora(6), 5e-3, 4.38e-3, EU868[4:8], "elrs_900"),
        (lora(9), 40e-3, 29.95e-3, EU868[4:7], "elrs_900"),
        (lora(5, 812.5e3), 2e-3, 1.507e-3, [2440.4e6, 2441.4e6, 2445.4e6], "elrs_2400"),
        (lora(6), 20e-3, 7.84e-3, [859_504_640.0 + k * 499_712.0 for k in (11, 12, 14)], "frsky_r9"),
        (fsk(85_050, 42_300), 6.6734e-3, None, [860e6 + k * 260_010.0 for k in (20, 23, 24)], "crossfire"),
        (fsk(64_000, 63_750), None, None, [433.1e6 + k * 145e3 for k in (0, 2, 3, 7)], "sik"),
        (fsk(300_000, 100_000), 1e-3, None, EU868[5:8], "elrs_900"),
    ],
)
def test_links_are_named(finding: Finding, period_s: float | None, air_s: float | None, channels_hz: list[float], link: LinkKind) -> None:
    name = name_of(finding, None if period_s is None else clock(period_s), air_s, channels_hz)
    assert (name.link, name.alarm) == (link, True)
    assert 0.5 < name.probability < 1


def test_timing_alone_is_enough_and_so_is_a_grid() -> None:
    assert name_of(lora(6), clock(5e-3), 4.38e-3).alarm
    assert name_of(lora(6), clock(5e-3), 4.38e-3, [700.0e6, 700.7e6]).alarm
    assert name_of(lora(6), None, 4.38e-3, EU868[4:7]).alarm


@pytest.mark.parametrize(
    ("period", "channels_hz"),
    [
        (None, []),
        (None, EU868[4:6]),
        (clock(5e-3, bursts=4), []),
        (clock(5e-3, jitter=0.03), []),
        (clock(3.7), EU868[4:5]),
        (None, [865.0e6, 865.13e6, 866.21e6]),
    ],
    ids=["nothing", "two channels", "four packets", "jitter", "slow", "no grid"],
)
def test_too_little_makes_no_alarm(period: Period | None, channels_hz: list[float]) -> None:
    assert name_of(lora(6), period, 4.38e-3, channels_hz) == Name("lora", 0.9, False)


@pytest.mark.parametrize("link", ["lorawan", "wmbus", "wifi", "lte", "ble", "adsb", "dvb_t", "radiosonde", "unknown"])
def test_what_is_known_raises_no_alarm(link: LinkKind) -> None:
    name = name_of(Finding(link, 1.0), clock(5e-3), 4.38e-3, EU868)
    assert (name.link, name.alarm) == (link, False)


@pytest.mark.parametrize(("link", "score", "alarm"), [("analog_video", 0.9, True), ("dji_ocusync", 0.6, True), ("dji_ocusync", 0.3, False)])
def test_video_and_ofdm_are_told_by_their_waveform(link: LinkKind, score: float, alarm: bool) -> None:
    assert name_of(Finding(link, score)).alarm is alarm


@pytest.mark.parametrize(("hop", "mode"), [(4, "200"), (2, "d50")])
def test_modes_alike_but_for_their_hops_are_told_apart(hop: int, mode: str) -> None:
    assert name_of(lora(6), clock(5e-3), 4.38e-3, EU868[4:8], hop).plan == mode


def test_packets_heard_as_one_burst_have_their_modes_rate() -> None:
    name = Name("elrs_900", 0.9, True, "100", "eu868")
    assert packet_rate_hz(name, clock(40e-3)) == pytest.approx(100)
    assert packet_rate_hz(name, clock(10e-3)) == pytest.approx(100)
    assert packet_rate_hz(name, clock(14.2e-3)) == pytest.approx(1 / 14.2e-3)
    assert packet_rate_hz(Name("lora", 0.5, False), clock(40e-3)) == pytest.approx(25)


def test_how_far_it_is_off_its_grid() -> None:
    name = Name("elrs_900", 0.9, True, "200", "eu868")
    assert off_grid_hz(name, [hz + 1_700 for hz in EU868[3:6]]) == pytest.approx(1_700)
    assert off_grid_hz(Name("lora", 0.5, False), EU868) is None
