"""The temperature of the air from a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.thermometer import Thermometer, read_temperature

DEADLINE_S = 5.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to hold."""
    until_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until_s
        time.sleep(0.002)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("21562\n", (21.562, "")),
        ("-10500", (-10.5, "")),
        ("85000\n", (None, "it says 85 degrees, which no air has")),
        ("", (None, "it says '' and not thousandths of a degree")),
        ("warm", (None, "it says 'warm' and not thousandths of a degree")),
    ],
)
def test_reads_thousandths(tmp_path: Path, said: str, found: tuple[float | None, str]) -> None:
    (tmp_path / "temperature").write_text(said)
    assert read_temperature(tmp_path / "temperature") == found


def test_goes_on_reading_and_says_when_it_cannot(tmp_path: Path) -> None:
    path = tmp_path / "temperature"
    path.write_text("20000\n")
    thermometer = Thermometer(path, every_s=0.005)
    until(lambda: thermometer.temperature_c == 20.0 and thermometer.words() == "")
    path.unlink()
    until(lambda: thermometer.temperature_c is None)
    until(lambda: thermometer.words() == f"no temperature from {path}: No such file or directory")
    thermometer.close()
