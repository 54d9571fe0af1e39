"""Known arrays, a user's own, and calibrations."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.microphone_arrays import Calibration, Mounting, known, mounted, read_array, read_calibration, write_calibration
from drivers.source import SourceMisconfigured

ROOT = Path(__file__).parents[2]
UMA_16_DRAWING = ((8, 7, 10, 9), (6, 5, 12, 11), (4, 3, 14, 13), (2, 1, 16, 15))
"""Numbers on the maker's drawing of the side that has the microphones; who looks at it stands where the sound comes from."""

PITCH_M = 0.042
RATE_HZ, SPEED_MPS = 48_000, 343.0
OWN = """
name = "mine"
maker = "me"
view = "from above"
positions_m = [[0, 0, 0], [0.1, 0, 0]]
channels = 4
channel_order = [2, 0]
rates_hz = [48000]
bits = 24
sources = ["a ruler"]
"""


def towards(azimuth_deg: float, elevation_deg: float) -> NDArray[np.float64]:
    """The unit vector to a source, x right (east), y ahead (north), z up."""
    azimuth, elevation = np.radians((azimuth_deg, elevation_deg))
    return np.array((np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)))


def uma_16_hears(source: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Spectra (bins, channels) of noise from there, by the drawing: microphone n is channel n - 1, columns go east, rows come south."""
    bins_hz = np.fft.rfftfreq(4_096, 1 / RATE_HZ)[40:300]
    noise = np.random.default_rng(7).normal(size=(len(bins_hz), 2)).view(np.complex128)[:, 0]
    early_s = np.empty(16)
    for row, numbers in enumerate(UMA_16_DRAWING):
        for column, number in enumerate(numbers):
            east_m, north_m = (column - 1.5) * PITCH_M, (1.5 - row) * PITCH_M
            early_s[number - 1] = (east_m * source[0] + north_m * source[1]) / SPEED_MPS
    return noise[:, None] * np.exp(2j * np.pi * bins_hz[:, None] * early_s)


def loudest_azimuth_deg(heard: NDArray[np.complex128], places_m: NDArray[np.float64], elevation_deg: float) -> float:
    """Where a delay-and-sum beam with these places finds the sound."""
    bins_hz = np.fft.rfftfreq(4_096, 1 / RATE_HZ)[40:300]
    azimuths_deg = np.arange(0.0, 360.0, 1.0)
    directions = np.array([towards(azimuth_deg, elevation_deg) for azimuth_deg in azimuths_deg])
    early_s = directions @ places_m.T / SPEED_MPS
    power = [np.sum(np.abs(np.sum(heard * np.exp(-2j * np.pi * bins_hz[:, None] * early), axis=1)) ** 2) for early in early_s]
    return float(azimuths_deg[int(np.argmax(power))])


@pytest.mark.parametrize("azimuth_deg", [60.0, 90.0, 200.0, 275.0])
def test_uma_16_hears_a_source_where_it_is_and_its_mirror_image_does_not(azimuth_deg: float) -> None:
    heard = uma_16_hears(towards(azimuth_deg, 20.0))
    places_m = np.array(read_array("uma_16").positions_m)
    assert loudest_azimuth_deg(heard, places_m, 20.0) == pytest.approx(azimuth_deg, abs=1.0)
    assert loudest_azimuth_deg(heard, places_m * (-1, 1, 1), 20.0) == pytest.approx(360.0 - azimuth_deg, abs=1.0)


def test_uma_16_hears_from_the_east_with_its_right_column_first() -> None:
    east_m = np.array(read_array("uma_16").positions_m)[:, 0]
    assert {int(channel) + 1 for channel in np.flatnonzero(east_m == east_m.max())} == {9, 11, 13, 15}


@pytest.mark.parametrize("name", sorted(known()))
def test_every_known_array_can_be_read_and_says_where_it_is_from(name: str) -> None:
    found = read_array(name)
    assert found.name == name
    assert found.sources
    assert len(found.channel_order) == len(found.positions_m)


def test_circles_are_circles() -> None:
    for name, radius_m in (("uma_8", 0.043), ("circular_7", 0.0425), ("respeaker_6", 0.0463), ("respeaker_usb_4", 0.032)):
        ring_m = [place for place in read_array(name).positions_m if any(place)]
        assert np.linalg.norm(ring_m, axis=1) == pytest.approx(radius_m, abs=2e-5)


def test_a_users_own_array(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    found = mounted(read_array(str(path)), Mounting(str(path), azimuth_deg=30.0, tilt_deg=45.0, roll_deg=5.0))
    assert (found.name, found.positions_m, found.gains) == ("mine", ((0.0, 0.0, 0.0), (0.1, 0.0, 0.0)), ())
    assert (found.azimuth_deg, found.tilt_deg, found.roll_deg) == (30.0, 45.0, 5.0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bits", "bit", "unknown key 'bit': did you mean 'bits'?"),
        ("bits = 24", "bits = 20", "20"),
        ("bits = 24", "", "missing required field `bits`"),
        ("[2, 0]", "[2]", "channel_order has 1 channels for 2 microphones"),
        ("[2, 0]", "[2, 4]", "must name 2 different channels from 0 to 3"),
        ("[2, 0]", "[2, 2]", "must name 2 different channels"),
        ("0.1", "nan", "positions_m must be numbers within 100 m"),
        ("0.1", "1e9", "positions_m must be numbers within 100 m"),
        ("0.1", "0", "two microphones have the same place"),
        ('"me"', '"me', "is no TOML"),
        ("sources", "usb = ['2886:18']\nsources", "usb"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace(old, new))
    with pytest.raises(SourceMisconfigured) as error:
        read_array(str(path))
    assert words in str(error.value)


def test_names_the_nearest_array_and_a_file_that_is_not_there() -> None:
    with pytest.raises(SourceMisconfigured, match=r"there is no array 'uma16': did you mean 'uma_16'\?"):
        read_array("uma16")
    with pytest.raises(SourceMisconfigured, match=r"there is no /nowhere/a\.toml"):
        read_array("/nowhere/a.toml")


MEASURED = Calibration(
    "circular_7", date(2026, 11, 27), read_array("circular_7").positions_m, gains=(1.0,) * 6 + (0.71,), delays_s=(0.0,) * 6 + (2.08e-5,)
)


def test_a_calibration_takes_the_place_of_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "calibration.toml"
    write_calibration(path, MEASURED)
    assert read_calibration(path) == MEASURED
    found = mounted(read_array("circular_7"), Mounting("circular_7", path))
    assert (found.gains, found.delays_s) == (MEASURED.gains, MEASURED.delays_s)
    with pytest.raises(SourceMisconfigured, match=r"is of circular_7 with 7 microphones, and the array is uma_8 with 7"):
        mounted(read_array("uma_8"), Mounting("uma_8", path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["calibration.toml"]


@pytest.mark.parametrize("gains", [(1.0,), (0.0,) * 7, (float("nan"),) * 7])
def test_a_calibration_that_cannot_be_is_not_written(tmp_path: Path, gains: tuple[float, ...]) -> None:
    path = tmp_path / "calibration.toml"
    with pytest.raises(ValueError, match="gains must be 7 sensible numbers"):
        write_calibration(path, Calibration("circular_7", date(2026, 1, 1), MEASURED.positions_m, gains))
    assert list(tmp_path.iterdir()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    places=st.lists(st.tuples(*[st.floats(-2, 2)] * 3), min_size=1, max_size=16, unique=True),
    gains=st.booleans(),
    delay_s=st.floats(-0.01, 0.01),
    day=st.dates(),
)
def test_calibrations_come_back_as_they_were(
    tmp_path: Path, places: list[tuple[float, float, float]], gains: bool, delay_s: float, day: date
) -> None:
    made = Calibration("mine", day, tuple(places), (0.5,) * len(places) if gains else (), (delay_s,) * len(places))
    write_calibration(tmp_path / "c.toml", made)
    assert read_calibration(tmp_path / "c.toml") == made


def test_the_arrays_are_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    code = "from drivers.microphone_arrays import known; print(*known())"
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "site", check=True, capture_output=True, text=True, env={})
    assert sorted(told.stdout.split()) == sorted(known())
