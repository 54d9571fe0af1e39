"""The table of ranges in docs/camera.md is what focal length, pixels and size make of it, and its cameras are those of hw/cameras."""

from __future__ import annotations

import re
import tomllib
from math import atan, degrees, floor, log10, radians, tan
from pathlib import Path

import pytest
from msgspec import Struct

ROOT = Path(__file__).parents[3]
SEEN_PX, TOLD_PX = 3, 12
SMALL_M, LARGE_M = 0.35, 1.0
DISTANCES_M = (100, 300, 1000)


class Row(Struct, frozen=True):
    """One row: name, pixels across, what the lens is, and the cells that follow from them."""

    name: str
    width: int
    lens: str
    cells: tuple[str, ...]

    @property
    def focal_px(self) -> float:
        """From millimetres and micrometres, or from the field of view of a pinhole."""
        if told := re.fullmatch(r"([\d.]+) mm, ([\d.]+) µm", self.lens):
            return 1000 * float(told[1]) / float(told[2])
        return self.width / 2 / tan(radians(float(self.lens.removesuffix("°"))) / 2)


def _rows() -> list[Row]:
    text = (ROOT / "docs" / "camera.md").read_text(encoding="utf-8")
    table = text.split("## Which camera")[1].split("\n\n| camera |")[1].split("\n\n")[0].splitlines()[2:]
    split = ([cell.strip() for cell in line.strip("|").split("|")] for line in table)
    return [Row(name.strip("`"), int(size.split(" ")[0]), lens, tuple(cells)) for name, size, lens, *cells in split]


ROWS = _rows()


def rounded(value: float) -> str:
    """Two significant digits."""
    step = 10 ** (floor(log10(value)) - 1)
    return f"{round(value / step) * step:g}"


def expected(row: Row) -> tuple[str, ...]:
    """What a row's cells must be."""
    wide = degrees(2 * atan(row.width / 2 / row.focal_px))
    pixels = " / ".join(rounded(SMALL_M * row.focal_px / metres) for metres in DISTANCES_M)
    ranges = [" / ".join(rounded(size * row.focal_px / needed) for needed in (SEEN_PX, TOLD_PX)) for size in (SMALL_M, LARGE_M)]
    return f"{wide:.0f}°", pixels, *(f"{told} m" for told in ranges)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ranges_follow_from_focal_length_and_pixels(row: Row) -> None:
    assert row.cells == expected(row)


def test_the_cameras_asked_for_are_there() -> None:
    assert len(ROWS) >= 7


@pytest.mark.parametrize("row", [row for row in ROWS if (ROOT / "hw" / "cameras" / f"{row.name}.toml").exists()], ids=lambda row: row.name)
def test_a_camera_that_is_described_is_as_its_file_says(row: Row) -> None:
    said = tomllib.loads((ROOT / "hw" / "cameras" / f"{row.name}.toml").read_text(encoding="utf-8"))
    assert row.width == said["width"]
    if "focal_mm" in said:
        assert row.lens == f"{said['focal_mm']:g} mm, {said['pixel_pitch_um']:g} µm"
    elif "horizontal_fov_deg" in said:
        assert row.lens == f"{said['horizontal_fov_deg']:g}°"
