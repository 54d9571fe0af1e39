"""The microphone array driver on the real PortAudio and ALSA, fed through a pipe, in a process of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.mic_array import MicArray, block_frames
from drivers.microphone_arrays import read_array
from drivers.source import SourceMisconfigured
from tools.simulate.alsa_fifo import VirtualArray, virtual_array
from tools.simulate.counted_sound import listening, play

DEADLINE_S = 30.0
PATIENCE_S = 3.0
SILENT_AFTER_S = 1.6


def card_of(folder: Path, array: str) -> Any:
    """A card that is like this array's."""
    kind = read_array(array)
    rate_hz = kind.rates_hz[0]
    sample_type = "int16" if kind.bits == 16 else "int32"
    return virtual_array(folder, kind.channels, rate_hz=rate_hz, sample_type=sample_type, patience_s=PATIENCE_S)


def play_until(card: VirtualArray, done: Callable[[], bool], first: int = 0) -> int:
    """Play counted frames until something holds; returns the frame that follows."""
    until_s = time.monotonic() + DEADLINE_S
    while not done():
        assert time.monotonic() < until_s, "it did not come to pass"
        first = play(card, first)
    return first


@pytest.mark.parametrize("array", ["uma_16", "respeaker_usb_4"])
def test_every_sample_of_every_channel_comes_through_exactly(tmp_path: Path, array: str) -> None:
    with card_of(tmp_path, array) as card, listening(card, 18, array=array) as listener:
        play_until(card, lambda: len(listener.blocks) == 18)
        assert listener.over.wait(DEADLINE_S)
        blocks, end = listener.blocks, listener.end
    modulus = 1 << (15 if array == "respeaker_usb_4" else 23)
    assert (end["error"], len(blocks)) == ("", 18)
    assert all(block.exact for block in blocks)
    assert [(block.sequence, block.lost) for block in blocks] == [(n * card.period_frames, 0) for n in range(18)]
    assert [block.counted for block in blocks] == [n * card.period_frames % modulus for n in range(18)]
    stamps = [block.t_mono_ns for block in blocks]
    assert stamps == sorted(stamps)


def test_what_the_card_loses_is_counted_and_a_stall_named(tmp_path: Path) -> None:
    with card_of(tmp_path, "uma_16") as card, listening(card, array="uma_16", silent_after_s=SILENT_AFTER_S) as listener:
        first = play_until(card, lambda: len(listener.blocks) >= 20)
        gone = 5 * card.period_frames
        card.pass_time(gone)
        play_until(card, lambda: any(block.lost for block in listener.blocks), first + gone)
        assert listener.over.wait(DEADLINE_S)
        end = listener.end
    before, after = next((earlier, later) for earlier, later in pairwise(listener.blocks) if later.lost)
    assert after.lost == pytest.approx(gone, abs=card.period_frames / 2)
    assert after.sequence == before.sequence + card.period_frames + after.lost
    assert end["error"] == "SourceStalled: edge_array gave no sound for 2 s: its driver hangs, or it is unplugged"
    assert end["words"] == f"edge_array at 48000 Hz, 1 gap ({after.lost} frames lost)"


def test_a_card_that_hangs_is_named_long_before_one_that_may_only_be_muted(tmp_path: Path) -> None:
    with card_of(tmp_path, "uma_16") as card, listening(card, array="uma_16", silent_after_s=60.0) as listener:
        play(card, 0, 4)
        assert listener.over.wait(DEADLINE_S)
        end = listener.end
    assert end["error"] == "SourceStalled: edge_array gave no sound for 3 s: its driver hangs, or it is unplugged"


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ("unplug", "SourceLost: edge_array gives sound faster than time goes by: it is gone, or no device"),
        ("zeros", "SourceStalled: edge_array gave the same value for 2 s in all channels: is it muted (alsamixer), or dead?"),
    ],
)
def test_a_dead_card_is_named(tmp_path: Path, fate: str, words: str) -> None:
    with card_of(tmp_path, "uma_16") as card, listening(card, array="uma_16", silent_after_s=SILENT_AFTER_S) as listener:
        play(card, 0, 4)
        if fate == "unplug":
            card.unplug()
        while fate == "zeros" and not listener.over.is_set():
            card.write(np.zeros((card.period_frames, 16), np.int32))
        assert listener.over.wait(DEADLINE_S)
        end, blocks = listener.end, listener.blocks
    assert end["error"] == words
    assert all(block.exact for block in blocks[:3])


def test_an_absent_card_is_named_with_what_there_is(tmp_path: Path) -> None:
    with card_of(tmp_path, "uma_16") as card, listening(card, array="uma_16", device="UMA16v3") as listener:
        assert listener.over.wait(DEADLINE_S)
        end = listener.end
    assert end["error"] == "SourceAbsent: there is no sound device 'UMA16v3'; there is edge_array with 128 channels"


def test_blocks_last_25_to_50_ms() -> None:
    for rate_hz in (8_000, 16_000, 44_100, 48_000, 96_000, 192_000):
        assert 0.025 < block_frames(rate_hz) / rate_hz <= 0.05


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"array": "uma_61"}, "there is no array 'uma_61': did you mean 'uma_16'?"),
        ({"array": "respeaker_usb_4", "rate_hz": 48_000}, "respeaker_usb_4 does not do 48000 Hz; it does 16000"),
        ({"array": "square_4"}, "square_4 has no name of its own: say device, serial or port_path"),
        ({"array": "uma_16", "temperature_c": 3.0, "temperature_file": "/x"}, "either temperature_c or temperature_file"),
        ({"array": "uma_16", "calibration": "/nowhere/x.toml"}, "there is no /nowhere/x.toml"),
    ],
)
def test_says_what_cannot_work(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceMisconfigured, match=re.escape(words)):
        MicArray(**options)
