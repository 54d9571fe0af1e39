"""Known cameras, a user's own, and how they are mounted."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from math import atan, degrees
from pathlib import Path

import numpy as np
import pytest

from drivers.cameras import Setting, as_counted, known, mounted, read_camera
from drivers.source import SourceMisconfigured

ROOT = Path(__file__).parents[2]
OWN = """
name = "mine"
maker = "me"
band = "thermal"
interface = "usb"
width = 384
height = 288
pixel_format = "Y16"
rates_hz = [25]
focal_mm = 25
pixel_pitch_um = 17
kelvin_per_count = 0.04
centre_px = [190.0, 150.0]
distortion = [-0.1, 0.01, 0, 0]
sources = ["a target on a wall"]
"""
FIELDS_OF_VIEW_DEG = {
    "lepton_3_5": 57.0,
    "lepton_2_5": 50.0,
    "boson_320_9_1mm": 24.0,
    "boson_320_18mm": 12.0,
    "boson_640_14mm": 31.0,
    "boson_640_24mm": 18.0,
    "infiray_256": 56.0,
    "rpi_module_3": 66.0,
    "rpi_hq_16mm": 22.2,
}
"""As their makers tell them."""


def fov_deg(name: str) -> float:
    """What the numbers of a known camera come to."""
    camera = mounted(read_camera(name), Setting(name))
    assert camera.focal_px is not None
    return 2 * degrees(atan(camera.width / 2 / camera.focal_px[0]))


@pytest.mark.parametrize("name", sorted(known()))
def test_every_known_camera_can_be_read_and_says_where_it_is_from(name: str) -> None:
    found = read_camera(name)
    assert found.name == name
    assert found.sources
    assert found.interface != "usb" or found.usb or found.maker == "any"


@pytest.mark.parametrize("name", FIELDS_OF_VIEW_DEG)
def test_lenses_see_as_wide_as_their_makers_say(name: str) -> None:
    assert fov_deg(name) == pytest.approx(FIELDS_OF_VIEW_DEG[name], abs=0.5)


def test_a_users_own_camera_and_its_pose(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    mask = ((0.0, 200.0), (384.0, 200.0), (384.0, 288.0))
    setting = Setting(str(path), azimuth_deg=350.0, tilt_deg=20.0, roll_deg=-1.0, sigma_pose_deg=0.5, masks=(mask,))
    camera = mounted(read_camera(str(path)), setting)
    assert camera.focal_px == (pytest.approx(1470.6, abs=0.1),) * 2
    assert (camera.azimuth_deg, camera.tilt_deg, camera.roll_deg, camera.sigma_pose_deg) == (350.0, 20.0, -1.0, 0.5)
    assert (camera.centre_px, camera.distortion, camera.kelvin_per_count) == ((190.0, 150.0), (-0.1, 0.01, 0, 0), 0.04)
    assert (camera.masks, camera.lowest_elevation_deg) == ((mask,), -2.0)


def test_the_ground_is_left_alone_only_where_it_is_known_where_it_lies() -> None:
    lepton = read_camera("lepton_3_5")
    assert mounted(lepton, Setting("lepton_3_5")).lowest_elevation_deg is None
    assert mounted(lepton, Setting("lepton_3_5", azimuth_deg=0.0)).lowest_elevation_deg == -2.0
    assert mounted(lepton, Setting("lepton_3_5", azimuth_deg=0.0, lowest_elevation_deg=-90.0)).lowest_elevation_deg == -90.0
    assert mounted(read_camera("uvc_720p"), Setting("uvc_720p", azimuth_deg=0.0)).lowest_elevation_deg is None


def test_a_picture_at_another_scale_is_seen_through_the_same_lens(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    found = read_camera(str(path))
    whole, half = mounted(found, Setting(str(path))), mounted(found, Setting(str(path)), (192, 144))
    assert whole.focal_px is not None
    assert half.focal_px == (whole.focal_px[0] / 2, whole.focal_px[1] / 2)
    assert half.centre_px == (94.75, 74.75)
    with pytest.raises(SourceMisconfigured, match="takes pictures of 384x288, and these are 192x192"):
        mounted(found, Setting(str(path)), (192, 192))


def test_a_field_of_view_that_is_told_wins() -> None:
    camera = mounted(read_camera("network_camera"), Setting("network_camera", horizontal_fov_deg=90.0), (704, 576))
    assert (camera.focal_px, camera.centre_px) == ((pytest.approx(352.0), pytest.approx(352.0)), (351.5, 287.5))
    assert mounted(read_camera("network_camera"), Setting("network_camera"), (704, 576)).focal_px is None


@pytest.mark.parametrize(("middle", "told", "scale"), [(29_500, None, 0.01), (29_500, 0.1, None), (8_000, None, None), (29_500, 0.0, None)])
def test_counts_that_would_be_no_temperature_are_none(middle: int, told: float | None, scale: float | None) -> None:
    lepton = mounted(read_camera("lepton_3_5"), Setting("lepton_3_5"))
    assert as_counted(lepton, np.full((120, 160), middle, np.uint16), told).kelvin_per_count == scale


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("width", "with", "unknown key 'with': did you mean 'width'?"),
        ('"Y16"', '"Y8"', "Y8"),
        ("pixel_pitch_um = 17", "", "focal_mm and pixel_pitch_um go together"),
        ("focal_mm", "horizontal_fov_deg = 20\nfocal_mm", "by horizontal_fov_deg, or by focal_mm and pixel_pitch_um, not both"),
        ("-0.1", "nan", "must be numbers"),
        ("width = 384", "width = 1", "width"),
        ("sources", "stacked_counts = true\nsources", "stacked_counts come in pictures of pixel_format YUYV"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace(old, new, 1))
    with pytest.raises(SourceMisconfigured) as error:
        read_camera(str(path))
    assert words in str(error.value)


def test_the_cameras_are_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    code = "from drivers.cameras import known; print(*known())"
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "site", check=True, capture_output=True, text=True, env={})
    assert sorted(told.stdout.split()) == sorted(known())
