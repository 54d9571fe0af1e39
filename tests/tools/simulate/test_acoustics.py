"""Simulated passes as an independent estimator hears them."""

from __future__ import annotations

import numpy as np
import pyroomacoustics as pra
import pytest

from drivers.blocks import MicrophoneArray
from tools.simulate.acoustics import ARRAYS, enu_m, fly_by, hover, scene_sound
from tools.simulate.propagation import speed_of_sound_mps
from tools.simulate.rotorcraft import PRESETS

RATE_HZ = 48_000


@pytest.mark.parametrize("name", ["circular_7", "uma_16"])
def test_a_pass_is_where_it_should_be_heard(name: str) -> None:
    array, window = ARRAYS[name], 1024
    made = scene_sound(array, [(PRESETS["mid_quad"], fly_by(azimuth_deg=70.0, closest_s=1.0))], 2.0, np.random.default_rng(1))
    grid = np.radians(np.arange(0, 360, 3)), np.radians(np.arange(48, 88, 3))
    locator = pra.doa.SRP(
        np.asarray(array.positions_m).T, RATE_HZ, window, speed_of_sound_mps(15.0), dim=3, azimuth=grid[0], colatitude=grid[1]
    )
    for t_s in (0.2, 1.0, 1.8):
        middle = round(t_s * RATE_HZ)
        block = made.samples[middle - 4096 : middle + 4096]
        locator.locate_sources(
            pra.transform.stft.analysis(block, window, window // 2, win=np.hanning(window)).transpose(2, 1, 0),
            freq_range=[500, 5000],
        )
        azimuth, colatitude = float(locator.azimuth_recon[0]), float(locator.colatitude_recon[0])
        found = np.array([np.cos(azimuth) * np.sin(colatitude), np.sin(azimuth) * np.sin(colatitude), np.cos(colatitude)])
        az, el, _ = (np.radians(value[0]) for value in made.heard_from(0, t_s))
        true = np.array([np.sin(az) * np.cos(el), np.cos(az) * np.cos(el), np.sin(el)])
        assert np.degrees(np.arccos(np.clip(found @ true, -1, 1))) < 3.5, "the grid alone errs by up to 2 degrees"


def test_a_pass_is_heard_later_than_it_is_nearest() -> None:
    made = scene_sound(
        ARRAYS["square_4"], [(PRESETS["small_quad"], fly_by(azimuth_deg=90.0, closest_s=1.0))], 2.0, np.random.default_rng(2)
    )
    azimuth_deg, elevation_deg, range_m = made.heard_from(0, np.array([1.0, 1.0 + 32.0 / 340.0]))
    assert azimuth_deg[0] < 89.0
    assert (azimuth_deg[1], elevation_deg[1], range_m[1]) == pytest.approx((90.0, 38.66, 32.02), abs=0.1)
    assert np.all(np.std(made.samples[:2400], axis=0) > 0.3 * np.std(made.samples, axis=0)), "audible from the start"


def test_two_craft_add_up() -> None:
    alone, both = (
        scene_sound(ARRAYS["square_4"], sources, 0.5, np.random.default_rng(3)).samples
        for sources in (
            [(PRESETS["hexa"], hover(10, 20, 30))],
            [(PRESETS["hexa"], hover(10, 20, 30)), (PRESETS["small_quad"], hover(80, 30, 50))],
        )
    )
    assert 0.0 < np.std(both - alone) < np.std(alone)


@pytest.mark.parametrize(
    ("mount", "right", "ahead"),
    [
        ({}, (1, 0, 0), (0, 1, 0)),
        ({"azimuth_deg": 90.0}, (0, -1, 0), (1, 0, 0)),
        ({"tilt_deg": 90.0}, (1, 0, 0), (0, 0, 1)),
        ({"roll_deg": 90.0}, (0, 0, -1), (0, 1, 0)),
        ({"azimuth_deg": 180.0, "tilt_deg": 90.0, "roll_deg": 90.0}, (0, -1, 0), (0, 0, 1)),
    ],
)
def test_a_mounted_array_points_as_its_contract_says(mount: dict[str, float], right: tuple[int, ...], ahead: tuple[int, ...]) -> None:
    array = MicrophoneArray(name="two", positions_m=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), **mount)
    assert np.allclose(enu_m(array), [right, ahead], atol=1e-12)


def test_arrays_have_the_size_of_those_in_the_shops() -> None:
    widest_mm = {}
    for name, array in ARRAYS.items():
        places = np.asarray(array.positions_m)
        assert places.mean(axis=0) == pytest.approx((0, 0, 0), abs=1e-6)
        widest_mm[name] = 1000 * np.max(np.linalg.norm(places[:, None] - places, axis=2))
    assert widest_mm == pytest.approx({"square_4": 64.6, "circular_7": 85.0, "uma_16": 126 * np.sqrt(2)}, abs=0.1)
