from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.radiosonde import read
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard
from tools.simulate.iq.radiosonde import Radiosonde

FRONT = FrontEnd(403.05e6, 250e3, ppm=2.0)
PLACE = (50.9, 4.4, 3000.0)


def _piece(snr_db: float, seconds: float = 2.2) -> np.ndarray[tuple[int], np.dtype[np.complex64]]:
    link = Heard(Radiosonde(seed=3, serial="V1234567", place=PLACE), Air(snr_db=snr_db))
    return np.concatenate([block.samples for block in heard([link], FRONT, seconds, 5)])


@pytest.mark.parametrize("snr_db", [8.0, 20.0])
def test_a_balloon_says_who_and_where_it_is(snr_db: float) -> None:
    found = read(_piece(snr_db), FRONT.rate_hz, -50e3)
    assert found
    for sonde in found:
        assert sonde.serial == "V1234567"
        assert sonde.latitude_deg == pytest.approx(PLACE[0], abs=1e-6)
        assert sonde.longitude_deg == pytest.approx(PLACE[1], abs=1e-6)
        assert sonde.frame is not None
        assert sonde.altitude_wgs84_m == pytest.approx(PLACE[2] + 5 * sonde.frame, abs=0.1)
        assert sonde.climb_mps == pytest.approx(5.0, abs=0.05)
        assert sonde.speed_mps == pytest.approx(0.0, abs=0.05)


def test_noise_and_too_little_say_nothing() -> None:
    noise = np.random.default_rng(1).standard_normal(500_000, dtype=np.float32).view(np.complex64)
    assert read(noise, 250e3, 10e3) == []
    assert read(noise[:1000], 250e3, 0.0) == []
    assert read(noise[:0], 250e3, 0.0) == []


def test_half_a_frame_says_nothing() -> None:
    samples = _piece(20.0)
    (first, *_) = read(samples, FRONT.rate_hz, -50e3)
    assert read(samples[: first.start + 60_000], FRONT.rate_hz, -50e3) == []
