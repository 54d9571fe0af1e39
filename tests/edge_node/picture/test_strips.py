"""What each sensor had, as strips over one time: in its place, bounded, and with the picture that matters."""

from __future__ import annotations

import numpy as np

from drivers.blocks import AudioBlock, IqBlock
from edge_node.messages import AcousticDetection, RemoteIdDetection
from edge_node.picture.strips import MOST_PICTURES, MOST_TUNINGS, MOST_WIDE_PX, STRIP_PX, Strips
from tests.edge_node.picture.pictures import RATE_HZ, frame, seen

S = 1_000_000_000


def tone(begin_s: float, hz: float = 1_000.0, rate_hz: int = 16_000) -> AudioBlock:
    t_s = begin_s + np.arange(rate_hz) / rate_hz
    loud = np.sin(2 * np.pi * hz * t_s).astype(np.float32)
    return AudioBlock(round(begin_s * S), 0, 0, rate_hz, np.stack((0 * loud, loud, loud / 2), axis=1))


def carrier(begin_s: float, center_hz: float = 868e6, offset_hz: float = 50e3, rate_hz: float = 250e3) -> IqBlock:
    t_s = np.arange(round(rate_hz / 2)) / rate_hz
    return IqBlock(round(begin_s * S), 0, 0, rate_hz, center_hz, np.exp(2j * np.pi * offset_hz * t_s).astype(np.complex64))


def test_sound_is_a_band_where_it_was_with_its_tone() -> None:
    strips = Strips(10 * S, 5.0)
    for second in range(11, 14):
        strips.see("mics", tone(second))
    (strip,) = strips.made()
    (band,) = strip.bands
    assert (strip.sensor, strip.sense, band.begin_s) == ("mics", "sound", 1.0)
    assert 2.5 < band.end_s - band.begin_s <= 3.0
    bright = int(band.picture.mean(axis=(1, 2)).argmax())
    hz = band.high_hz * (band.low_hz / band.high_hz) ** (bright / band.picture.shape[0])
    assert 900 < hz < 1_100


def test_radio_has_a_band_for_each_of_a_few_tunings() -> None:
    strips = Strips(0, 10.0)
    for number in range(MOST_TUNINGS + 3):
        strips.see("radio", carrier(number, 868e6 + number * 1e6))
    (strip,) = strips.made()
    assert [band.name for band in strip.bands] == [f"0.25 MHz about {868 + n}.000 MHz" for n in range(MOST_TUNINGS)]
    first = strip.bands[0]
    assert (first.low_hz, first.high_hz) == (868e6 - 125e3, 868e6 + 125e3)
    bright = int(first.picture.mean(axis=(1, 2)).argmax())
    assert abs(first.high_hz - (first.high_hz - first.low_hz) * bright / first.picture.shape[0] - 868.05e6) < 5e3


def test_of_each_part_the_picture_with_the_surest_drone_is_kept() -> None:
    seconds = 8.0
    strips = Strips(0, seconds)
    for number in range(round(seconds * RATE_HZ)):
        boxed = [seen(number, probability=0.9 if number == 30 else 0.3)] if number in (28, 30, 40) else []
        strips.see("camera", frame(number), (), boxed)
    (strip,) = strips.made()
    assert len(strip.seen) == MOST_PICTURES
    assert [round(one.t_s * RATE_HZ) for one in strip.seen[:3]] == [0, 30, 50]
    assert strip.seen[1].probability == 0.9
    assert strip.seen[0].picture.shape[1] == 240


def test_what_is_found_is_a_point_and_a_level() -> None:
    strips = Strips(0, 2.0)
    sound = {"label": "multirotor", "probability": 0.9, "level_db": -1.0, "snr_db": 9.0, "lag_s": 0.0}
    strips.see("m", None, [AcousticDetection(t_mono_ns=S, sensor="m", track=1, azimuth_deg=33.0, **sound)])
    strips.see("w", None, [RemoteIdDetection(t_mono_ns=S, sensor="w", transport="wifi_beacon", transmitter="a", rssi_dbm=-60)])
    assert [(one.sense, one.points) for one in strips.made()] == [("sound", ((1.0, 33.0),)), ("remote_id", ((1.0, -60.0),))]


def test_bands_are_no_larger_than_a_page_shows() -> None:
    strips = Strips(0, 60.0)
    for second in range(60):
        strips.see("radio", carrier(second))
    picture = strips.made()[0].bands[0].picture
    assert picture.shape[0] <= STRIP_PX
    assert picture.shape[1] <= MOST_WIDE_PX


def test_a_sensor_that_had_nothing_has_no_strip() -> None:
    strips = Strips(0, 1.0)
    strips.see("quiet", None)
    assert strips.made() == []
