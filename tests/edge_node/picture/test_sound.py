"""One page of sound: what is drawn of any length, any number of sources and any microphones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.blocks import AudioBlock, MicrophoneArray, RadioFrame
from edge_node.messages import AcousticDetection
from edge_node.picture.plot import Plot
from edge_node.picture.sound import MOST_SOURCES, SoundPage
from edge_node.picture.sound_panels import middle_deg, unwrapped
from edge_node.picture.spectrogram import MOST_COLUMNS, Spectrogram

RATE_HZ = 16_000
SQUARE = MicrophoneArray("square_4", ((0.0, 0.0, 0.0), (0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.1, 0.1, 0.0)))
BEARING = {"azimuth_deg": 10.0, "sigma_azimuth_deg": 4.0, "elevation_deg": 30.0, "sigma_elevation_deg": 5.0}


def block(samples: np.ndarray, array: MicrophoneArray | None = None) -> AudioBlock:
    return AudioBlock(t_mono_ns=0, sequence=0, lost=0, sample_rate_hz=RATE_HZ, samples=samples.astype(np.float32), array=array)


def noise(seconds: float, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 0.01, (round(seconds * RATE_HZ), channels))


def heard(track: int = 1, **fields: Any) -> AcousticDetection:
    stated: dict[str, Any] = {"label": "multirotor", "probability": 0.9, "level_db": -40.0, "snr_db": 6.0, "lag_s": 0.5}
    return AcousticDetection(t_mono_ns=0, track=track, **(stated | fields))


def titles(page: SoundPage) -> list[str]:
    return [axes.get_title(loc="left").split(",")[0] for axes in page.draw("x.wav").axes if axes.get_title(loc="left")]


def test_an_array_has_all_panels_and_a_microphone_those_that_it_can_have() -> None:
    array, mono = SoundPage(), SoundPage()
    array.see(block(noise(1.5, 4), SQUARE))
    mono.see(block(noise(1.5)))
    for t in range(5):
        array.take(heard(**BEARING, blade_pass_hz=140.0), t / 2)
        mono.take(heard(), t / 2)
    assert titles(array) == ["Sound", "Azimuth", "Elevation", "Probability that it is a drone; between detections nothing was sure enough"]
    assert titles(mono) == ["Sound; one microphone has no bearing; dots: blade pass", titles(array)[-1]]
    assert array._title("x.wav", list(array._heard.values())) == "x.wav: 5 detections of 1 source, 2 s, 4 microphones (square_4) at 16 kHz"


def test_a_page_of_silence_and_one_of_nothing_are_drawn(tmp_path: Path) -> None:
    for samples in (np.zeros((RATE_HZ, 2)), np.zeros((10, 1))):
        page = Plot(tmp_path / "page.png")
        page.see(block(samples))
        page.save("quiet.wav")
        assert (tmp_path / "page.png").stat().st_size > 10_000


def test_the_first_block_says_which_page_it_is() -> None:
    sound, radio = Plot(Path("a.png")), Plot(Path("b.png"))
    sound.see(block(noise(0.1)))
    radio.see(RadioFrame(t_mono_ns=0, sequence=0, lost=0, medium="wifi", data=b""))
    assert type(sound._sheet).__name__ == "SoundPage"
    assert type(radio._sheet).__name__ == "RemoteIdPage"


def test_a_source_that_circles_leaves_above_and_comes_in_below() -> None:
    page = SoundPage()
    page.see(block(noise(1.0, 4), SQUARE))
    for t in range(60):
        page.take(heard(**(BEARING | {"azimuth_deg": (350 + 15.0 * t) % 360})), t / 2)
    azimuth = page.draw("x.wav").axes[1]
    assert azimuth.get_ylim() == (0, 360)
    drawn = np.concatenate([line.get_ydata() for line in azimuth.lines])
    for t in range(60):
        assert np.isclose(drawn, (350 + 15.0 * t) % 360).any()


def test_bearings_about_north_are_drawn_in_one_piece() -> None:
    page = SoundPage()
    page.see(block(noise(1.0, 4), SQUARE))
    for t in range(10):
        page.take(heard(**(BEARING | {"azimuth_deg": (355 + t) % 360, "sigma_azimuth_deg": None, "elevation_deg": None})), t / 2)
    _, azimuth, *_ = page.draw("x.wav").axes
    low, high = azimuth.get_ylim()
    assert high - low == pytest.approx(30)
    (line,) = azimuth.lines
    assert np.ptp(line.get_ydata()) == pytest.approx(9)


def test_a_line_breaks_where_nothing_was_heard() -> None:
    page = SoundPage()
    for t_s in (0.0, 0.5, 9.0, 9.5):
        page.take(heard(), t_s)
    rows = page._heard[1].rows()
    assert np.isnan(rows[1]).tolist() == [False, False, True, False, False]


def test_sources_are_bounded_and_the_longest_heard_come_first() -> None:
    page = SoundPage()
    page.see(block(noise(0.5)))
    for number in range(MOST_SOURCES + 5):
        page.take(heard(number), number)
    for t_s in range(3):
        page.take(heard(9, label="helicopter", probability=0.99), t_s)
    assert (len(page._heard), page.left_out) == (MOST_SOURCES, 5)
    (legend,) = page.draw("x.wav").legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words[0].startswith("9  helicopter, at best 99 %")
    assert words[-2] == f"and {MOST_SOURCES - 30} more"


def test_the_channel_that_is_drawn_is_neither_the_dead_nor_the_crackling_one() -> None:
    page = SoundPage()
    samples = noise(0.2, 4)
    samples[:, 0], samples[:, 3] = 0.0, 50 * samples[:, 3]
    page.see(block(samples, SQUARE))
    assert page._channel in (1, 2)


@pytest.mark.parametrize("tone_hz", [60.0, 140.0, 1000.0, 6000.0])
def test_a_tone_is_where_and_as_loud_as_it_is(tone_hz: float) -> None:
    drawn = Spectrogram(RATE_HZ)
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    sound = (0.5 * np.sin(2 * np.pi * tone_hz * t_s)).astype(np.float32)
    for part in np.split(sound, [100, 5_000, 40_000]):
        drawn.add(part)
    edges_s, level_db = drawn.decibels()
    band = int(level_db.mean(axis=1).argmax())
    middle_hz = np.sqrt(drawn.edges_hz[band] * drawn.edges_hz[band + 1])
    assert edges_s[-1] == pytest.approx(4, abs=0.2)
    assert middle_hz == pytest.approx(tone_hz, rel=0.03, abs=RATE_HZ / 2048)
    assert level_db[band].mean() == pytest.approx(20 * np.log10(0.5), abs=3)


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    drawn = Spectrogram(RATE_HZ)
    part = noise(10)[:, 0].astype(np.float32)
    for _ in range(30):
        drawn.add(part)
    edges_s, level_db = drawn.decibels()
    assert drawn._columns.shape[0] == MOST_COLUMNS
    assert len(drawn._rest) < drawn._size
    assert MOST_COLUMNS / 2 <= level_db.shape[1] <= MOST_COLUMNS
    assert edges_s[-1] == pytest.approx(300, rel=0.01)


def test_angles_go_on_over_north() -> None:
    assert middle_deg(np.array([350.0, np.nan, 20.0])) == pytest.approx(5.0)
    assert unwrapped(np.array([170.0, np.nan, -170.0, 170.0])).tolist()[2:] == [190.0, 170.0]
