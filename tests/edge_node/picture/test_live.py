"""Live columns and thumbnails: where a tone is, how often, and across what is lost."""

from __future__ import annotations

import base64
import json

import cv2
import numpy as np
import pytest

from drivers.blocks import AnyBlock, AudioBlock, Frame, IqBlock
from edge_node.node.view import Painter
from edge_node.picture.live_frame import WIDTH_PX, LiveFrame
from edge_node.picture.live_radio import ROWS, LiveRadio
from edge_node.picture.live_sound import BANDS, LiveSound

SOUND_HZ, IQ_HZ, CENTER_HZ = 48_000, 2_400_000.0, 868e6


def sound(tone_hz: float, seconds: float, first: int = 0) -> AudioBlock:
    """A tone of half full scale on two channels."""
    t_s = np.arange(int(seconds * SOUND_HZ)) / SOUND_HZ
    tone = (0.5 * np.sin(2 * np.pi * tone_hz * t_s)).astype(np.float32)
    return AudioBlock(t_mono_ns=0, sequence=first, lost=0, sample_rate_hz=SOUND_HZ, samples=np.stack((tone, -tone), axis=1))


def iq(offset_hz: float, count: int = 65_536, center_hz: float = CENTER_HZ) -> IqBlock:
    """A carrier beside the middle."""
    carrier = (0.5 * np.exp(2j * np.pi * offset_hz * np.arange(count) / IQ_HZ)).astype(np.complex64)
    return IqBlock(t_mono_ns=0, sequence=0, lost=0, sample_rate_hz=IQ_HZ, center_hz=center_hz, samples=carrier)


def columns(painter: Painter, *blocks: AnyBlock) -> list[dict[str, object]]:
    """All that it says of these."""
    return [json.loads(message) for block in blocks for message in painter.take(block)]


def levels_db(column: dict[str, object]) -> np.ndarray:
    """In dB of full scale, the lowest frequency first."""
    steps = np.frombuffer(base64.b64decode(str(column["levels"])), np.uint8)
    return float(str(column["db_of_0"])) + steps * float(str(column["db_a_step"]))


@pytest.mark.parametrize("tone_hz", [100.0, 170.0, 1_000.0, 5_000.0])
def test_a_tone_is_in_its_band_as_loud_as_it_is(tone_hz: float) -> None:
    said = columns(LiveSound(), sound(tone_hz, 1.0))
    assert 6 <= len(said) <= 8
    levels = levels_db(said[-1])
    edges_hz = np.geomspace(40.0, 8_000.0, BANDS + 1)
    place = int(levels.argmax())
    assert edges_hz[place] * 0.92 <= tone_hz <= edges_hz[place + 1] * 1.08
    assert levels.max() == pytest.approx(-6.0, abs=3.5)


def test_sound_in_small_blocks_is_the_same_as_in_large_ones_and_nothing_goes_on_across_a_gap() -> None:
    whole = columns(LiveSound(), sound(440.0, 1.0))
    block = sound(440.0, 1.0)
    parts = [
        AudioBlock(t_mono_ns=0, sequence=k, lost=0, sample_rate_hz=SOUND_HZ, samples=block.samples[k : k + 480])
        for k in range(0, SOUND_HZ, 480)
    ]
    assert columns(LiveSound(), *parts) == whole
    assert columns(LiveSound(), *parts[:10], *parts[30:40]) == [], "neither part is as long as one column needs"


@pytest.mark.parametrize("offset_hz", [-900_000.0, -100_000.0, 400_000.0])
def test_a_carrier_is_at_its_frequency_and_the_receivers_own_is_left_out(offset_hz: float) -> None:
    said = columns(LiveRadio(), *[iq(offset_hz)] * 5)
    assert len(said) == 1
    levels = levels_db(said[0])
    at_hz = -IQ_HZ / 2 + (int(levels.argmax()) + 0.5) * IQ_HZ / ROWS
    assert at_hz == pytest.approx(offset_hz, abs=IQ_HZ / ROWS)
    assert levels.max() == pytest.approx(-6.0, abs=2.5)
    assert (said[0]["low_hz"], said[0]["high_hz"]) == (CENTER_HZ - IQ_HZ / 2, CENTER_HZ + IQ_HZ / 2)
    assert levels_db(columns(LiveRadio(), *[iq(0.0)] * 5)[0]).max() < -20


def test_a_column_ends_where_the_receiver_is_tuned_away() -> None:
    said = columns(LiveRadio(), iq(1e5), iq(1e5, center_hz=915e6), iq(1e5))
    assert [round((float(str(one["low_hz"])) + IQ_HZ / 2) / 1e6) for one in said] == [868, 915]
    assert columns(LiveRadio(), iq(0.0, count=100)) == []


def test_pictures_of_any_depth_are_small_and_two_a_second_at_most() -> None:
    rng = np.random.default_rng(4)
    pictures = (rng.normal(7_000, 30, (20, 512, 640))).astype(np.uint16)
    frames = [Frame(t_mono_ns=k * 100_000_000, sequence=k, lost=0, picture=one) for k, one in enumerate(pictures)]
    said = columns(LiveFrame(), *frames)
    assert len(said) == 4
    shown = cv2.imdecode(np.frombuffer(base64.b64decode(str(said[0]["jpeg"])), np.uint8), cv2.IMREAD_UNCHANGED)
    assert shown.shape == (256, WIDTH_PX)
    assert 90 < shown.mean() < 165
    shut = [Frame(t_mono_ns=0, sequence=0, lost=0, picture=pictures[0], shutter=True, repeated=False)]
    assert columns(LiveFrame(), *shut) == []
