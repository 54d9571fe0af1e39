"""A camera that is looked at for a few pictures: each fault by its name, and none where there is none."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.blocks import Camera, Frame
from edge_node.camera.picture_check import PictureCheck

SIZE = (120, 160)
Picture = NDArray[np.uint8] | NDArray[np.uint16]


def camera(band: Literal["thermal", "visible"] = "visible", azimuth_deg: float | None = 12.0) -> Camera:
    return Camera("roof", band, 160, 120, focal_px=(150.0, 150.0), centre_px=(79.5, 59.5), azimuth_deg=azimuth_deg)


def scene(seed: int, level: float = 120.0, spread: float = 80.0, noise: float = 2.0) -> NDArray[np.uint8]:
    sky = level + spread * np.linspace(-0.5, 0.5, SIZE[0])[:, None] * np.ones(SIZE)
    return np.clip(sky + np.random.default_rng(seed).normal(scale=noise, size=SIZE), 0, 255).astype(np.uint8)


def checked(pictures: list[Picture], of: Camera | None = None, repeated: int = 0, shutter: int = 0) -> PictureCheck:
    check = PictureCheck()
    for number, picture in enumerate(pictures):
        frame = Frame(number, number, 0, picture, of or camera(), repeated=0 < number <= repeated, shutter=number < shutter)
        check.take(frame)
    return check


def names(check: PictureCheck) -> list[str]:
    return [finding.name for finding in check.findings("roof")]


def test_a_camera_that_is_well() -> None:
    check = checked([scene(seed) for seed in range(5)])
    assert names(check) == []
    assert check.words() == "160x120, 8 bits"


def test_sixteen_bits_are_not_dark_nor_white() -> None:
    pictures: list[Picture] = [scene(seed).astype(np.uint16) * 4 + 20 for seed in range(5)]
    check = checked(pictures, camera("thermal"))
    assert names(check) == []
    assert check.words() == "160x120, 16 bits"


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("camera_blank", np.full(SIZE, 3, np.uint8)),
        ("camera_dark", scene(1, level=12, spread=20, noise=1)),
        ("camera_saturated", np.where(np.arange(160) < 60, 255, scene(2)).astype(np.uint8)),
        ("camera_flat", scene(3, spread=0)),
    ],
    ids=["blank", "dark", "white", "flat"],
)
def test_each_fault_by_its_name(name: str, picture: Picture) -> None:
    assert names(checked([picture] * 5)) == [name]


def test_a_frozen_camera_fails() -> None:
    check = checked([scene(1)] * 6, repeated=5)
    [finding] = check.findings("roof")
    assert (finding.name, finding.grade) == ("camera_stuck", "fail")


def test_a_shutter_that_sticks() -> None:
    assert names(checked([scene(seed) for seed in range(6)], camera("thermal"), shutter=6)) == ["camera_shutter"]
    assert names(checked([scene(seed) for seed in range(6)], camera("thermal"), shutter=1)) == []


def test_a_camera_of_which_nobody_knows_where_it_points() -> None:
    assert names(checked([scene(seed) for seed in range(5)], camera(azimuth_deg=None))) == ["camera_unaligned"]


def test_one_picture_proves_nothing_and_a_tiny_one_does_no_harm() -> None:
    assert names(checked([np.zeros(SIZE, np.uint8)])) == []
    assert names(checked([np.zeros((2, 2), np.uint8)] * 3)) == ["camera_stuck"]
