"""The levels that sensors tell of simulated sound, spectrum, pictures, frames and fixes, and what faults make of them."""

from __future__ import annotations

from functools import reduce
from operator import xor

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import AudioBlock, Frame, GnssFix, IqBlock, RadioFrame
from drivers.nmea import Nmea
from edge_node.camera.outlook import details_db
from edge_node.messages import Coverage
from edge_node.node.pipeline import Pipeline
from tests.edge_node.camera.pictures import panorama, seen
from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS

NS, SOUND_HZ, BLOCK = 1_000_000_000, 16_000, 1_600
IQ_HZ, CENTER_HZ = 1e6, 868e6


def loudness_db(samples: np.ndarray) -> float:
    pipeline = Pipeline("ears")
    for first in range(0, len(samples), BLOCK):
        pipeline.step(AudioBlock(first * NS // SOUND_HZ, first, 0, SOUND_HZ, samples[first : first + BLOCK], ARRAYS["square_4"]))
    levels = pipeline.levels()
    assert len(levels) == 2
    return next(level_db for name, level_db in levels.items() if name.startswith("sound"))


def test_a_soaked_cover_lowers_the_level_by_what_it_takes_away() -> None:
    rng = np.random.default_rng(1)
    places = np.asarray(ARRAYS["square_4"].positions_m)
    sound = (0.01 * noise.diffuse(6 * SOUND_HZ, places, SOUND_HZ, rng, shape="pink")).astype(np.float32)
    assert loudness_db(sound) - loudness_db(sound * np.float32(0.1)) == pytest.approx(20, abs=0.1)


def test_all_microphones_that_say_one_value_are_silent_at_once_and_well_again() -> None:
    pipeline, rng, found = Pipeline("ears"), np.random.default_rng(1), []
    for number in range(50):
        live = not 10 <= number < 30
        samples = (rng.normal(0, 0.01, (BLOCK, 4)) if live else np.full((BLOCK, 4), 0.1)).astype(np.float32)
        pipeline.step(AudioBlock(number * NS // 10, number * BLOCK, 0, SOUND_HZ, samples))
        found.append([one.name for one in pipeline.findings()])
    assert found[18] == []
    assert found[20] == ["microphones_silent"] == found[29]
    assert found[40] == []


def test_microphones_at_full_scale_are_said_within_seconds_and_well_again() -> None:
    pipeline, rng, found = Pipeline("ears"), np.random.default_rng(1), {}
    for number in range(150):
        loud = 1.0 if 20 <= number < 60 else 0.01
        samples = np.clip(rng.normal(0, (loud, 0.01), (BLOCK, 2)), -1.0, 1.0).astype(np.float32)
        pipeline.step(AudioBlock(number * NS // 10, number * BLOCK, 0, SOUND_HZ, samples))
        found[number / 10] = [one.words for one in pipeline.findings() if one.name == "microphones_clipped"]
    assert found[2.0] == []
    assert found[5.0][0].startswith("1 of 2 microphones at full scale")
    assert found[14.9] == []


def quiet_db(power: float, jam: float = 0.0, share: float = 1.0, seconds: float = 2.0) -> float:
    """Of noise of a receiver, and a jammer over some share of the band."""
    rng, pipeline = np.random.default_rng(2), Pipeline("mast")
    count = round(IQ_HZ / 10)
    for number in range(round(seconds * 10)):
        samples = rng.normal(0, np.sqrt(power / 2), (count, 2)).view(np.complex128)[:, 0]
        spread = np.fft.fft(rng.normal(0, np.sqrt(jam / 2), (count, 2)).view(np.complex128)[:, 0])
        spread[round(share * count) :] = 0
        block = (samples + np.fft.ifft(spread)).astype(np.complex64)
        pipeline.step(IqBlock(number * NS // 10, number * count, 0, IQ_HZ, CENTER_HZ, block, gain_db=30.0))
    levels = pipeline.levels()
    assert list(levels) == ["spectrum 868.000 MHz with 30 dB"]
    assert pipeline.levels() == {}, "what was told is told once"
    return levels["spectrum 868.000 MHz with 30 dB"]


def test_an_antenna_that_is_off_and_a_jammer_over_the_band_move_the_level_and_a_busy_channel_does_not() -> None:
    usual = quiet_db(1e-6)
    assert quiet_db(0.5e-6) - usual == pytest.approx(-3.0, abs=0.1)
    assert quiet_db(1e-6, jam=1e-4) - usual > 15
    assert abs(quiet_db(1e-6, jam=1e-4, share=0.25) - usual) < 2.0


def test_fog_takes_detail_from_all_and_a_drop_from_one_part() -> None:
    picture = seen(panorama(), seed=1)
    before = details_db(picture)
    middle = float(np.median(picture))
    grain = np.random.default_rng(1).normal(0, 2.0, picture.shape)
    fog = (middle + (picture.astype(np.float64) - middle) * 0.2 + grain).astype(picture.dtype)
    assert np.mean(10 ** (before / 10)) > 5 * np.mean(10 ** (details_db(fog) / 10))
    drop = picture.copy()
    height, width = (side // 4 for side in picture.shape)
    row, column = np.unravel_index(int(np.argmax(before)), before.shape)
    part = slice(row * height, (row + 1) * height), slice(column * width, (column + 1) * width)
    drop[part] = cv2.GaussianBlur(picture, (0, 0), 8.0)[part]
    after = details_db(drop)
    assert before[row, column] - after[row, column] > 6
    assert np.count_nonzero(before - after > 3) == 1


def test_pictures_tell_how_much_detail_they_hold_and_none_where_they_hold_nothing() -> None:
    pipeline = Pipeline("eyes")
    told = []
    for number in range(160):
        empty = number >= 110
        picture = np.full((256, 320), 7, np.uint8) if empty else seen(panorama(), seed=number)
        pipeline.step(Frame(number * NS // 2, number, 0, picture))
        told.append(pipeline.levels())
    assert [number for number, levels in enumerate(told) if levels] == [7, 27, 47, 67, 87, 107]
    assert [len(told[number]) for number in (7, 47, 67)] == [1, 1, 1 + 64]


def test_frames_tell_how_strong_the_strongest_are() -> None:
    pipeline = Pipeline("wifi")
    for number in range(300):
        pipeline.step(RadioFrame(number, number, 0, "wifi", b"\x80" + bytes(40), rssi_dbm=-80 + 30 * (number % 5 == 0)))
    assert pipeline.levels() == {"frames wifi": -50.0}


def sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


def gsv(strengths: list[str]) -> bytes:
    return sentence("GPGSV,1,1,06," + ",".join(f"{number:02d},45,120,{strength}" for number, strength in enumerate(strengths, 1)))


def test_gsv_tells_how_strong_satellites_are_with_and_without_a_fix() -> None:
    nmea = Nmea()
    nothing = "GNGGA,1011{:02d}.00,,,,,0,00,,,M,,M,,"
    assert nmea.feed(gsv(["45", "41", "38", "", "99999", "x"]) + sentence(nothing.format(12)), 1) == []
    (unknown,) = nmea.quiet()
    assert unknown.cn0_dbhz is None, "three are too few"
    nmea.feed(gsv(["45", "41", "38", "36", "20", ""]) + sentence(nothing.format(13)), 2)
    (fix,) = nmea.quiet()
    assert fix.cn0_dbhz == 40.0
    pipeline = Pipeline("gnss")
    pipeline.step(fix)
    assert pipeline.levels() == {"satellites": 40.0}
    assert [one.name for one in pipeline.findings()] == ["no_fix"]
    pipeline.step(GnssFix(0, 1, 0, "nmea", has_fix=True, latitude_deg=50.8, longitude_deg=4.3))
    assert pipeline.findings() == []


def test_a_receiver_that_is_clipped_says_so_and_covers_links() -> None:
    pipeline = Pipeline("mast")
    block = IqBlock(0, 0, 0, IQ_HZ, CENTER_HZ, np.zeros(100_000, np.complex64), clipped=0.2)
    for number in range(20):
        pipeline.step(replace(block, t_mono_ns=number * NS // 10, sequence=number * 100_000))
    (finding,) = pipeline.findings()
    assert (finding.name, finding.touch) == ("clipped", "lower the gain")
    (covered,) = pipeline.idle(3 * NS)
    assert isinstance(covered, Coverage)
    assert covered.sense == "radio"
