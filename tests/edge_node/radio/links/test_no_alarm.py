"""No recording of what is harmless, and no senseless burst, makes a wide kind see a drone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import fm_video, known_wide, ofdm
from tests.edge_node.radio.links.cutting import pieces, recording, simulated, whole
from tools.simulate.iq.elrs import elrs_2400
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air

LOOKS = ofdm.look, fm_video.look, known_wide.look
DRONES = {"dji_ocusync", "analog_video"}
RECORDINGS = {
    "neg_cv2x_5920MHz_15.36MSps.cf32": 15.36e6,
    "neg_lte20_1815.3MHz_19.2MSps.cs8": 19.2e6,
    "neg_wifi_dot11n_radiated_20MSps.cs16": 20e6,
    "neg_wmbus_868.950M_1M6.cu8": 1.6e6,
    "adsb_1090_2MSps.cu8": 2e6,
    "urh_fsk.cf32": 1e6,
    "urh_esaver.cs8": 1e6,
    "urh_homematic.cs16": 1e6,
    "urh_two_participants.cs8": 1e6,
}


def seen(burst: Burst) -> set[str]:
    return {found.link for look in LOOKS if (found := look(burst))}


@pytest.mark.parametrize("name", RECORDINGS)
def test_harmless_recordings(name: str, shared_data: Path) -> None:
    samples = recording(shared_data / "radio" / name)
    bursts = [*pieces(samples, RECORDINGS[name]), *whole(samples, RECORDINGS[name])]
    assert not set.union(*map(seen, bursts)) & DRONES


@pytest.mark.parametrize("name", RECORDINGS)
def test_harmless_recordings_taken_for_ocusyncs_size(name: str, shared_data: Path) -> None:
    """Cut where nothing begins or ends, as wide and as long as control bursts and video."""
    samples, rate_hz = recording(shared_data / "radio" / name), RECORDINGS[name]
    alarms = 0
    for begin_s in np.linspace(0, len(samples) / rate_hz - 1.3e-3, 25):
        for seconds, width_hz in ((0.51e-3, 1.2e6), (1.1e-3, min(9e6, 0.8 * rate_hz))):
            begin, margin = int(begin_s * rate_hz), int(50e-6 * rate_hz)
            cut = samples[begin : begin + int(seconds * rate_hz) + 2 * margin]
            burst = Burst(begin, rate_hz, seconds, False, 0.0, None, min(width_hz, 0.95 * rate_hz), 10.0, -20.0, cut, rate_hz, 50e-6)
            alarms += bool(seen(burst) & DRONES)
    assert alarms == 0


@pytest.mark.parametrize("rate", ["50", "250", "500", "f1000"])
def test_other_links_are_not_ocusync(rate: str) -> None:
    bursts = simulated(elrs_2400(rate), FrontEnd(2_440e6, 20e6, bits=None), 0.1, Air(20.0))
    assert bursts
    assert set.union(*map(seen, bursts)) == set()


SENSELESS = {
    "empty": np.zeros(0),
    "short": np.ones(30),
    "silent": np.zeros(100_000),
    "constant": np.ones(100_000),
    "no_number": np.full(100_000, np.nan),
    "endless": np.full(100_000, np.inf),
    "enormous": np.full(100_000, 1e30),
}


@pytest.mark.parametrize("name", SENSELESS)
@pytest.mark.parametrize("seconds", [5e-4, 9e-3, 5e-2])
def test_senseless_samples_are_nothing(name: str, seconds: float) -> None:
    samples = SENSELESS[name].astype(np.complex64)
    with np.errstate(all="ignore"):
        for rate_hz, width_hz in ((20e6, 9e6), (2.4e6, 1e6), (20e6, 4.5e6), (1.0, 1e7), (1_234_567.0, 1.1e6)):
            assert seen(Burst(0, rate_hz, seconds, True, 0.0, None, width_hz, 10.0, -10.0, samples, rate_hz, 50e-6)) == set()
