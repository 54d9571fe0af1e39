"""One picture of IQ: its waterfall, and what was detected boxed and named."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.blocks import IqBlock
from edge_node.messages import LinkDetection, RemoteIdDetection, UasId
from edge_node.picture.plot import Plot, drawing
from edge_node.picture.spectrum import MOST_LINKS, SpectrumPage
from edge_node.picture.spectrum_brush import ALARMS, HARMLESS, HEIGHT, LEFT, TOP, WIDTH

RATE_HZ, CENTER_HZ = 20e6, 5_800e6


def block(seconds: float = 0.05, first: int = 0, center_hz: float | None = CENTER_HZ) -> IqBlock:
    count = round(seconds * RATE_HZ)
    noise = np.random.default_rng(3).standard_normal((count, 2), dtype=np.float32).view(np.complex64)[:, 0] * np.float32(0.01)
    return IqBlock(t_mono_ns=0, sequence=first, lost=0, sample_rate_hz=RATE_HZ, center_hz=center_hz, samples=noise)


def heard(track: int = 1, **fields: Any) -> LinkDetection:
    usual: dict[str, Any] = {"link": "analog_video", "alarm": True, "probability": 0.9, "center_hz": CENTER_HZ, "bandwidth_hz": 8e6}
    said: dict[str, Any] = {"snr_db": 20.0, "level_dbfs": -20.0, "first_mono_ns": 0, "bursts": 1, "duration_s": 0.01, "t_mono_ns": 0}
    return LinkDetection(track=track, **(usual | said | fields))


def colours_at(picture: np.ndarray, colour: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the waterfall, as shares, that hold a colour."""
    rows, columns = np.nonzero((picture[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH] == colour).all(axis=2))
    return rows / HEIGHT, columns / WIDTH


def test_a_box_is_where_the_burst_was() -> None:
    page = SpectrumPage()
    page.see(block())
    page.take(heard(center_hz=CENTER_HZ + 4e6, duration_s=0.02), 0.02)
    rows, columns = colours_at(page.paint("a.cf32"), ALARMS[0])
    assert (rows.max(), rows.min()) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.1, abs=0.03))
    assert (columns.min(), columns.max()) == (pytest.approx(0.4, abs=0.02), pytest.approx(0.8, abs=0.02))


def test_what_never_stops_is_one_box_from_its_beginning() -> None:
    page = SpectrumPage()
    page.see(block())
    for k in range(1, 5):
        page.take(heard(duration_s=None, t_mono_ns=k * 10_000_000), k * 0.01)
    (link,) = page._links.values()
    assert [(box.begin_s, box.end_s) for box in link.boxes] == [(0.0, pytest.approx(0.04))]
    assert link.words() == "1 analog video, 5800.000 MHz, 8.00 MHz wide, 0.0000 to 0.0400 s (4)"


def test_alarms_are_warm_and_the_rest_is_not() -> None:
    page = SpectrumPage()
    page.see(block())
    page.take(heard(2, link="wifi", alarm=False), 0.01)
    picture = page.paint("a.cf32")
    assert colours_at(picture, HARMLESS[0])[0].size
    assert not colours_at(picture, ALARMS[0])[0].size


def test_droneid_is_named_by_its_serial() -> None:
    page = SpectrumPage()
    page.see(block())
    ids = (UasId("serial_number", "1WNBH3900201N1"),)
    page.take(RemoteIdDetection(t_mono_ns=0, transport="dji_droneid", transmitter="x", center_hz=round(CENTER_HZ), ids=ids), 0.01)
    assert [link.words() for link in page._links.values()] == [
        "dji droneid 1WNBH3900201N1, 5800.000 MHz, 9.02 MHz wide, 0.0100 to 0.0106 s (1)"
    ]
    assert colours_at(page.paint("a.cf32"), ALARMS[0])[0].size


def test_any_number_of_links_and_senseless_places_are_drawn() -> None:
    page = SpectrumPage()
    page.see(block())
    for track in range(2 * MOST_LINKS):
        center_hz = (CENTER_HZ, None, float("nan"), 1e30, -1e30)[track % 5]
        page.take(heard(track, center_hz=center_hz, channels_hz=(1.0, 1e12, CENTER_HZ)), (0.01, -5.0, 1e9, float("inf"))[track % 4])
    assert page.left_out == MOST_LINKS
    assert page.paint("é.cf32").shape[1] > WIDTH


def test_other_bands_are_counted_and_not_drawn() -> None:
    page = SpectrumPage()
    page.see(block())
    page.see(block(first=1_000_000, center_hz=5_820e6))
    assert page.elsewhere == 1
    assert "1 blocks of other bands" in page._title("a", [], 1.0)


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 0.05])
def test_a_png_is_written_without_matplotlib(seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    plot = drawing(tmp_path / "page.png")
    assert isinstance(plot, Plot)
    plot.see(block(seconds, center_hz=None))
    plot.take(heard(center_hz=None), 0.01)
    plot.save("a.cf32")
    assert cv2.imread(str(tmp_path / "page.png")).shape[1] > WIDTH
