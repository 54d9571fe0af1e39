"""What names of IQ files say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iq_names import named

NAMES = {
    "dji_droneid_mavic_air_2_50MSps.cf32": ("cf32", 50e6, None),
    "neg_wmbus_868.950M_1M6.cu8": ("cu8", 1.6e6, 868.95e6),
    "neg_lte20_1815.3MHz_19.2MSps.cs8": ("cs8", 19.2e6, 1815.3e6),
    "neg_cv2x_5920MHz_15.36MSps.cf32": ("cf32", 15.36e6, 5920e6),
    "neg_wifi_dot11n_radiated_20MSps.cs16": ("cs16", 20e6, None),
    "adsb_1090_2MSps.cu8": ("cu8", 2e6, 1090e6),
    "urh_two_participants.cs8": ("cs8", None, None),
    "g001_433.92M_250k.cu8": ("cu8", 250e3, 433.92e6),
    "g012_915M_1024k.cs16": ("cs16", 1.024e6, 915e6),
    "gqrx_20230101_120000_868950000_1800000_fc.raw": ("cf32", 1.8e6, 868.95e6),
    "HackRF-20190601_120000-433_92MHz-2MSps-2MHz.complex16s": ("cs8", 2e6, 433.92e6),
    "capture_868950000_2400000.cs8": ("cs8", 2.4e6, 868.95e6),
    "rec_20230101_120000_2MSps.cu8": ("cu8", 2e6, None),
    "rec_2023_2MSps.cu8": ("cu8", 2e6, None),
    "x_2.4M_868M.cu8": ("cu8", 2.4e6, 868e6),
    "x_2M.cu8": ("cu8", 2e6, None),
    "x_868M.cfile": ("cf32", None, 868e6),
    "fpv_5.8GHz_20e6.iq": (None, 20e6, 5.8e9),
    "elrs_50Hz_866.4MHz_2msps.cu8": ("cu8", 2e6, 866.4e6),
    "sf7_bw500k_100ms_5.8G_20MS.C16": ("cs16", 20e6, 5.8e9),
    "noise_9999GHz_1e9.cu8": ("cu8", None, None),
    "flight.wav": (None, None, None),
    "noend": (None, None, None),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_what_it_says(name: str) -> None:
    assert tuple(named(Path("/somewhere") / name)) == NAMES[name]


@given(st.text(st.characters(exclude_characters="/\0"), max_size=60))
def test_no_name_does_harm(name: str) -> None:
    told = named(Path(f"x{name}"))
    assert told.rate_hz is None or 1e3 <= told.rate_hz <= 200e6
    assert told.center_hz is None or 100e3 <= told.center_hz <= 300e9
