"""Every link against the table of what is known of it: how wide, how often, how long, where."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from tests.tools.simulate.iq.listening import first_burst, occupied_hz, sampled
from tools.simulate.iq.catalogue import CATALOGUE, link_of
from tools.simulate.iq.crossfire import Crossfire, CrossfireLora
from tools.simulate.iq.keyed import squitter_bits
from tools.simulate.iq.r9 import R9
from tools.simulate.iq.radiosonde import PARITY, Radiosonde, crc16, masked, parity
from tools.simulate.iq.sik import BOARDS, Sik, channels_hz

OCCUPIED_HZ = {
    "crossfire_eu_150": (120e3, 200e3),
    "crossfire_eu_50": (480e3, 600e3),
    "r9_868": (480e3, 600e3),
    "sik_433_64": (120e3, 220e3),
    "sik_915_250": (350e3, 650e3),
    "ocusync_video_10": (8.7e6, 9.2e6),
    "ocusync_video_20": (17.5e6, 18.2e6),
    "ocusync_control": (1.0e6, 1.2e6),
    "fpv_pal": (6e6, 10e6),
    "fpv_ntsc": (6e6, 10e6),
    "lorawan": (118e3, 140e3),
    "wmbus_t": (100e3, 220e3),
    "ble": (0.8e6, 1.4e6),
    "wifi": (16e6, 17.5e6),
    "lte_10": (8.5e6, 9.1e6),
    "dvb_t": (7.4e6, 7.7e6),
    "adsb": (1.5e6, 8e6),
    "radiosonde": (4e3, 9e3),
    "microwave_oven": (10e6, 30e6),
}

SOME = [*(name for name in CATALOGUE if not name.startswith(("elrs", "sik"))), "sik_433_64", "sik_868_2", "elrs_eu868_50"]


@pytest.mark.parametrize("name", OCCUPIED_HZ)
def test_99_percent_of_the_power_is_as_wide_as_the_link(name: str) -> None:
    burst = first_burst(link_of(name, 3))
    rate_hz = 4 * burst.bandwidth_hz
    low_hz, high_hz = OCCUPIED_HZ[name]
    assert low_hz < occupied_hz(sampled(burst.wave(), rate_hz)[:400_000], rate_hz) < high_hz


@pytest.mark.parametrize("name", SOME)
def test_bursts_come_in_order_last_as_long_as_said_and_are_the_same_from_anywhere(name: str) -> None:
    link = link_of(name, 5)
    bursts = list(islice(link.bursts(0.0), 60))
    assert all(before.t_s <= after.t_s for before, after in pairwise(bursts))
    assert all(burst.duration_s <= link.longest_s + 1e-9 for burst in bursts)
    assert bursts[0].wave().duration_s == pytest.approx(bursts[0].duration_s, rel=1e-6)
    late = next(link.bursts(bursts[40].t_s))
    assert (late.t_s, late.center_hz) == pytest.approx((bursts[40].t_s, bursts[40].center_hz))


def test_no_sender_of_its_own_talks_over_itself() -> None:
    for link in (Crossfire(), CrossfireLora(), R9(), Sik("915"), Sik("433", 2), link_of("wifi", 1), link_of("ocusync_video_10", 1)):
        bursts = list(islice(link.bursts(0.0), 300))
        assert all(one.t_s + one.duration_s <= other.t_s + 1e-9 for one, other in pairwise(bursts)), link.name


def test_crossfire_goes_up_and_down_on_its_grid() -> None:
    bursts = list(islice(Crossfire("eu").bursts(0.0), 600))
    up, down = ([burst for burst in bursts if burst.aloft == aloft] for aloft in (False, True))
    assert np.allclose(np.diff([burst.t_s for burst in up]), 6.6734e-3, rtol=1e-4)
    places = np.array([(burst.center_hz - 860e6) / 260_010 for burst in up])
    assert np.allclose(places, np.rint(places))
    assert (places.min(), places.max()) == (0, 49)
    assert np.allclose([burst.center_hz for burst in down], [burst.center_hz + 50 * 260_010 for burst in up[: len(down)]])


def test_r9_hops_with_every_packet_of_20_ms() -> None:
    link = R9("868")
    bursts = list(islice(link.bursts(0.0), 29))
    assert np.allclose(np.diff([burst.t_s for burst in bursts]), 20e-3)
    assert first_burst(link).wave().duration_s == pytest.approx(7.84e-3)
    assert all(one.center_hz != other.center_hz for one, other in pairwise(bursts))
    assert sorted(burst.center_hz for burst in bursts) == sorted(link.centers_hz)


def test_sik_takes_turns_and_hops_between_windows() -> None:
    link = Sik("433", 64)
    assert link.window_s == pytest.approx(114.24e-3)
    assert link.slot_s - link.window_s == pytest.approx(4.16e-3)
    bursts = list(islice(link.bursts(0.0), 200))
    turns = [int((burst.t_s - link.first_s) / link.slot_s + 1e-9) for burst in bursts]
    assert all((turn % 2 == 0) == burst.aloft for turn, burst in zip(turns, bursts, strict=True))
    assert all(burst.center_hz == link.centers_hz[turn % 10] for turn, burst in zip(turns, bursts, strict=True))


@pytest.mark.parametrize("board", BOARDS)
def test_sik_channels_are_evenly_spaced_within_the_band(board: str) -> None:
    band = BOARDS[board]
    centers_hz = sorted(channels_hz(band, 25))
    assert len(set(centers_hz)) == band.channels
    assert np.allclose(np.diff(centers_hz), int((band.last_hz - band.first_hz) / (band.channels + 2)))
    assert band.first_hz < centers_hz[0] < centers_hz[-1] < band.last_hz
    assert channels_hz(band, 25) != channels_hz(band, 26)


def test_a_squitters_parity_is_that_of_one_in_the_literature() -> None:
    """8D4840D6202CC371C32CE0576098 (Sun, The 1090 MHz Riddle)."""
    bits = squitter_bits(bytes.fromhex("4840D6202CC371C32CE0"))
    assert f"{int(''.join(map(str, bits)), 2):028X}" == "8D4840D6202CC371C32CE0576098"


def test_a_radiosonde_says_where_it_is() -> None:
    frame = Radiosonde(serial="X1234567", place=(50.9, 4.4, 3000.0)).frame(7)
    assert len(frame) == 320
    assert masked(frame)[:8].hex() == "10b6ca11229612f8"
    assert frame[61:69] == b"X1234567"
    assert frame[0x112:0x114] == bytes([0x7B, 21])
    place_m = np.frombuffer(frame[0x114 : 0x114 + 12], "<i4") / 100
    assert np.linalg.norm(place_m) == pytest.approx(6_365_400 + 3_035, abs=3_000)
    assert np.degrees(np.arctan2(place_m[1], place_m[0])) == pytest.approx(4.4)
    assert crc16(frame[0x114 : 0x114 + 21]) == int.from_bytes(frame[0x129:0x12B], "little")


def test_a_radiosondes_code_words_have_all_roots() -> None:
    message = bytes(range(132))
    word = parity(message) + message
    powers = [1]
    for _ in range(254):
        powers.append(powers[-1] << 1 ^ (0x11D if powers[-1] & 0x80 else 0))
    logs = {value: k for k, value in enumerate(powers)}
    for root in range(PARITY):
        total = 0
        for k, byte in enumerate(word):
            total ^= powers[(logs[byte] + root * k) % 255] if byte else 0
        assert total == 0
