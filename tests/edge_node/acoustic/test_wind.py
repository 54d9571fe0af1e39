"""Wind is told from sound, with many microphones and with one."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.microphones import Microphones
from edge_node.acoustic.spectra import Spectra
from edge_node.acoustic.wind import LEAST_HIGHPASS_HZ, Wind
from tools.simulate.acoustics import ARRAYS
from tools.simulate.noise import diffuse, wind

RATE_HZ = 16_000
ONE = MicrophoneArray("one", ((0.0, 0.0, 0.0),))


def heard(array: MicrophoneArray, sound: np.ndarray) -> Wind:
    spectra = Spectra(RATE_HZ, len(array.positions_m))
    told = Wind(spectra.freqs_hz, spectra.hop_s, Microphones(np.array(array.positions_m)))
    for part in np.array_split(sound, 8):
        told.push(spectra.push(part))
    return told


@pytest.mark.parametrize("array", [ARRAYS["circular_7"], ONE], ids=["seven", "one"])
def test_a_gale_is_wind_and_ambient_sound_is_not(array: MicrophoneArray) -> None:
    rng = np.random.default_rng(1)
    ambient = 0.01 * diffuse(3 * RATE_HZ, array.positions_m, RATE_HZ, rng, shape="pink")
    calm = heard(array, ambient)
    assert not calm.blows
    assert calm.highpass_hz == LEAST_HIGHPASS_HZ
    breeze, gale = (heard(array, ambient + wind(len(ambient), array.positions_m, RATE_HZ, speed, rng)) for speed in (4.0, 10.0))
    assert breeze.blows
    assert gale.blows
    assert LEAST_HIGHPASS_HZ < breeze.highpass_hz <= gale.highpass_hz
    assert calm.strength_db < breeze.strength_db < gale.strength_db


def test_before_anything_is_heard_there_is_no_wind() -> None:
    told = heard(ONE, np.zeros((100, 1), np.float32))
    assert not told.blows
    assert told.strength_db == 0.0
