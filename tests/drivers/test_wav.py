"""Recorded sound: WAV of all kinds as it comes, FLAC, and whatever hostile bytes hold."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers import wav
from drivers.blocks import AudioBlock
from drivers.byte_stream import RecordingCut
from drivers.microphone_arrays import read_array
from drivers.recording import Pace, Recording
from drivers.sound_blocks import MOST_CHANNELS, MOST_HZ, Setting
from drivers.source import SourceLost, SourceMisconfigured

RATE_HZ = 48_000
MS = 1_000_000
SOUND = np.random.default_rng(5).integers(-(2**31), 2**31, size=(6_000, 3), dtype=np.int64).astype(np.int32)
UNKNOWN = 0xFFFFFFFF


def fmt(channels: int, bits: int, *, tag: int = 1, rate_hz: int = RATE_HZ, extra: bytes = b"") -> bytes:
    """A chunk that says how the sound is written."""
    frame_bytes = channels * bits // 8
    return part(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * frame_bytes & UNKNOWN, frame_bytes, bits) + extra)


def part(name: bytes, body: bytes, size: int | None = None) -> bytes:
    """A chunk; `size` is what it says when that is not the truth."""
    return name + struct.pack("<I", len(body) if size is None else size) + body + bytes(len(body) & 1)


def riff(*parts: bytes, magic: bytes = b"RIFF", size: int | None = None) -> bytes:
    """A whole file."""
    body = b"WAVE" + b"".join(parts)
    return magic + struct.pack("<I", len(body) if size is None else size) + body


def pcm16(sound: NDArray[np.int32] = SOUND) -> bytes:
    """The upper 16 bits of it."""
    return (sound >> 16).astype("<i2").tobytes()


def write(path: Path, data: bytes) -> Path:
    """The same path, with this in it."""
    path.write_bytes(data)
    return path


def read(path: Path, pace: Pace = "fast", **options: Any) -> tuple[list[AudioBlock], Recording]:
    """All blocks of a recording, and what it says."""
    with Recording(path, pace, **options) as recording:
        return [block for block in recording.blocks() if isinstance(block, AudioBlock)], recording


def joined(blocks: list[AudioBlock]) -> NDArray[np.float32]:
    """All their samples."""
    return np.concatenate([block.samples for block in blocks])


@pytest.mark.parametrize(
    ("subtype", "bits", "container"),
    [
        ("PCM_16", 16, "WAV"),
        ("PCM_24", 24, "WAV"),
        ("PCM_32", 32, "WAV"),
        ("PCM_24", 24, "WAVEX"),
        ("PCM_16", 16, "RF64"),
        ("PCM_24", 24, "FLAC"),
    ],
)
def test_reads_what_libsndfile_writes_to_the_bit(tmp_path: Path, subtype: str, bits: int, container: str) -> None:
    path, sound = tmp_path / "sound.any", SOUND >> (32 - bits) << (32 - bits)
    soundfile.write(path, sound, RATE_HZ, subtype=subtype, format=container)
    blocks, recording = read(path)
    assert (joined(blocks) == (sound / 2.0**31).astype(np.float32)).all()
    assert [(block.sequence, block.lost) for block in blocks] == [(0, 0), (2_400, 0), (4_800, 0)]
    assert [(later.t_mono_ns - earlier.t_mono_ns) / MS for earlier, later in pairwise(blocks)] == [50, 50]
    assert {block.samples.dtype.name for block in blocks} == {"float32"}
    assert (blocks[0].sample_rate_hz, blocks[0].array, recording.t_utc_start_ns) == (RATE_HZ, None, None)
    assert recording.words() == "playing sound.any, 100%"


def test_reads_floats_and_mends_those_that_are_no_numbers(tmp_path: Path) -> None:
    sound = np.array([[0.5, -1.25], [np.nan, np.inf], [-np.inf, 1e-8]], np.float32)
    blocks, _ = read(write(tmp_path / "f.wav", riff(fmt(2, 32, tag=3), part(b"data", sound.tobytes()))))
    assert joined(blocks).tolist() == [[0.5, -1.25], [0.0, 1e4], [-1e4, np.float32(1e-8)]]


@pytest.mark.parametrize(
    "data",
    [
        riff(fmt(3, 16), part(b"data", pcm16(), 0), size=0),
        riff(fmt(3, 16), part(b"data", pcm16(), 0), size=36),
        riff(fmt(3, 16), part(b"data", pcm16(), UNKNOWN), size=UNKNOWN),
        riff(fmt(3, 16), part(b"data", pcm16(), 0x7FFFF000), size=0x7FFFF024),
        riff(
            part(b"ds64", struct.pack("<QQQI", 0, 36_000, 6_000, 0)),
            fmt(3, 16),
            part(b"data", pcm16(), UNKNOWN),
            magic=b"RF64",
            size=UNKNOWN,
        ),
        riff(part(b"JUNK", bytes(70_001)), fmt(3, 16), part(b"bext", bytes(605)), part(b"data", pcm16()), part(b"LIST", b"odd")),
    ],
    ids=["nothing known", "killed recorder", "pipe of ffmpeg", "pipe of sox", "RF64", "other parts"],
)
def test_reads_all_the_sound_whatever_the_sizes_say(tmp_path: Path, data: bytes) -> None:
    blocks, recording = read(write(tmp_path / "s.wav", data))
    assert (joined(blocks) == (SOUND >> 16) / np.float32(2**15)).all()
    assert "cut" not in recording.words()


def test_a_recording_of_no_sound_with_a_title_is_none(tmp_path: Path) -> None:
    blocks, recording = read(write(tmp_path / "s.wav", riff(fmt(3, 16), part(b"data", b""), part(b"LIST", bytes(600)))))
    assert (blocks, recording.words()) == ([], "playing s.wav, 100%")


def test_more_than_4_gib_goes_by_its_ds64() -> None:
    data = riff(part(b"ds64", struct.pack("<QQQ", 0, 2**33, 0)), fmt(2, 16), magic=b"RF64", size=UNKNOWN) + part(b"data", b"", UNKNOWN)
    walk = wav.Walk()
    walk.feed(data)
    taken, second = 0, bytes(4 * RATE_HZ)
    for _ in range(3):
        walk.feed(second)
        while (samples := walk.take(2_400)) is not None:
            taken += len(samples)
    assert (taken, walk.done, walk._left) == (3 * RATE_HZ, False, 2**33 - 12 * RATE_HZ)


@pytest.mark.parametrize(("missing", "frames"), [(1, 5_999), (6, 5_999), (35_999, 0)])
def test_says_where_it_was_cut_and_loses_nothing_before(tmp_path: Path, missing: int, frames: int) -> None:
    blocks, recording = read(write(tmp_path / "s.wav", riff(fmt(3, 16), part(b"data", pcm16()))[:-missing]))
    assert sum(len(block.samples) for block in blocks) == frames
    assert recording.words() == f"s.wav: cut short after {frames} frames"


def test_says_where_flac_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "s.flac"
    soundfile.write(path, np.tile(SOUND, (20, 1)), RATE_HZ, subtype="PCM_24")
    blocks, recording = read(write(path, path.read_bytes()[:-100_000]))
    found = joined(blocks)
    assert 0 < len(found) < 120_000
    assert (found == (np.tile(SOUND, (20, 1))[: len(found)] >> 8 << 8) / np.float32(2**31)).all()
    assert recording.words().startswith("s.flac: ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"RIFF\x00\x00\x00\x00RMID", "kind b'RMID' is no sound"),
        (riff(part(b"data", bytes(8))), "comes before it says how it is written"),
        (riff(fmt(1, 8)), "format 1 with 8 bits is not read; PCM of 16, 24 or 32 bits and float of 32 are"),
        (riff(fmt(1, 16, tag=0x55)), "format 85 with 16 bits is not read"),
        (riff(part(b"fmt ", bytes(4))), "in 4 bytes, which is too short"),
        (riff(part(b"fmt ", b"", 70_000)), "a part of 70000 bytes, which no recorder writes"),
        (riff(fmt(0, 16)), "do not hold 0 channels"),
        (riff(fmt(200, 16), part(b"data", bytes(400))), "200 channels at 48000 Hz is not read"),
        (riff(fmt(1, 16, rate_hz=10**9), part(b"data", bytes(400))), "1 channels at 1000000000 Hz is not read"),
    ],
)
def test_says_what_is_not_read(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(SourceMisconfigured) as error:
        Recording(write(tmp_path / "s.wav", data)).open()
    assert words in str(error.value)


@pytest.mark.parametrize(("channels", "order"), [(6, (1, 2, 3, 4)), (4, (0, 1, 2, 3))])
def test_the_array_picks_its_microphones(tmp_path: Path, channels: int, order: tuple[int, ...]) -> None:
    sound = np.tile(np.arange(channels, dtype="<i2") * 1_000, (100, 1))
    path = write(tmp_path / "s.wav", riff(fmt(channels, 16, rate_hz=16_000), part(b"data", sound.tobytes())))
    blocks, _ = read(path, array="respeaker_usb_4", azimuth_deg=12.0, temperature_c=-3.5)
    assert (joined(blocks)[0] * 32_768).tolist() == [1_000.0 * channel for channel in order]
    assert blocks[0].array is not None
    assert (blocks[0].array.name, blocks[0].array.azimuth_deg, blocks[0].temperature_c) == ("respeaker_usb_4", 12.0, -3.5)
    assert blocks[0].array.positions_m == read_array("respeaker_usb_4").positions_m


def test_the_wrong_array_is_named_with_both_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "s.wav", riff(fmt(3, 16), part(b"data", pcm16())))
    with pytest.raises(SourceMisconfigured, match="the recording has 3 channels, and respeaker_usb_4 gives 6 or 4"):
        Recording(path, array="respeaker_usb_4").open()
    with pytest.raises(SourceMisconfigured, match="a calibration is of an array: say which"):
        Recording(path, calibration="c.toml")
    with pytest.raises(SourceMisconfigured, match="is btsnoop: it was not recorded with an array"):
        Recording(write(tmp_path / "h.log", b"btsnoop\x00"), array="uma_16").open()


def test_one_channel_is_one_microphone(tmp_path: Path) -> None:
    blocks, _ = read(write(tmp_path / "s.wav", riff(fmt(1, 16), part(b"data", bytes(2_000)))))
    assert blocks[0].array is not None
    assert (blocks[0].array.name, blocks[0].array.positions_m) == ("single_microphone", ((0.0, 0.0, 0.0),))


@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
def test_loops_without_a_gap(tmp_path: Path, kind: str) -> None:
    soundfile.write(tmp_path / "s", SOUND[:3_000], RATE_HZ, format=kind, subtype="PCM_24")
    with Recording(tmp_path / "s", "fast", loop=True) as recording:
        blocks = [block for block, _ in zip(recording.blocks(), range(5), strict=False) if isinstance(block, AudioBlock)]
    assert [block.sequence for block in blocks] == [0, 2_400, 3_000, 5_400, 6_000]
    assert [block.t_mono_ns - blocks[0].t_mono_ns for block in blocks] == [0, 50 * MS, 62.5 * MS, 112.5 * MS, 125 * MS]


def test_a_pipe_is_heard_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sound.pipe"
    os.mkfifo(path)
    data = riff(fmt(3, 16), part(b"data", pcm16(), UNKNOWN), size=UNKNOWN)
    with Recording(path, "live") as recording:
        blocks = recording.blocks()
        found: list[Any] = []
        with path.open("wb", buffering=0) as writer:
            writer.write(data[:21])
            writer.write(data[21 : 44 + 2_400 * 6])
            found.append(next(blocks))
            writer.write(data[44 + 2_400 * 6 :])
            found.append(next(blocks))
        now_ns = time.monotonic_ns()
        found.append(next(blocks))
        with pytest.raises(SourceLost, match=r"the writer of .*sound\.pipe is gone"):
            next(blocks)
    assert (joined(found) == (SOUND >> 16) / np.float32(2**15)).all()
    assert [block.sequence for block in found] == [0, 2_400, 4_800]
    assert found[1].t_mono_ns <= now_ns - 50 * MS


def test_a_pipe_of_flac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.pipe"
    os.mkfifo(path)
    with Recording(path, "live") as recording, path.open("wb", buffering=0) as writer:
        writer.write(b"fLaC\x00\x00\x00\x22" + bytes(34))
        with pytest.raises(SourceMisconfigured, match="FLAC is read from a file, not from a pipe"):
            next(recording.blocks())


def test_flac_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.flac"
    soundfile.write(path, SOUND, RATE_HZ, subtype="PCM_16")
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # STREAMINFO's 36 bits of total samples (RFC 9639, 8.2)
    data[22:26] = bytes(4)
    blocks, recording = read(write(path, bytes(data)))
    assert len(joined(blocks)) == 4_800
    assert recording.words() == "s.flac: without a stated length, and at an end or broken after 4800 frames"


def test_flac_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceMisconfigured, match="is no FLAC that can be read"):
        Recording(write(tmp_path / "s.flac", b"fLaC" + bytes(60))).open()


def test_the_real_recordings(shared_data: Path) -> None:
    paths = sorted(shared_data.glob("acoustic/**/*.wav"))[:40:8]
    assert paths
    for path in paths:
        blocks, _ = read(path)
        expected, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        assert blocks[0].sample_rate_hz == rate_hz
        assert (joined(blocks) == expected).all()


CHUNKS = st.one_of(
    st.builds(part, st.sampled_from([b"fmt ", b"ds64", b"data", b"LIST"]), st.binary(max_size=80), st.none() | st.integers(0, UNKNOWN)),
    st.builds(
        fmt,
        st.integers(0, 100),
        st.sampled_from([0, 8, 16, 24, 32, 64]),
        tag=st.sampled_from([0, 1, 3, 0xFFFE]),
        rate_hz=st.integers(0, UNKNOWN),
        extra=st.binary(max_size=30),
    ),
)
FILES = st.one_of(
    st.binary(max_size=400),
    st.builds(lambda parts, size: riff(*parts, size=size), st.lists(CHUNKS, max_size=6), st.integers(0, UNKNOWN)),
    st.builds(
        lambda channels, bits, sound, size: riff(fmt(channels, abs(bits), tag=1 if bits > 0 else 3), part(b"data", sound, size)),
        st.integers(1, 8),
        st.sampled_from([16, 24, 32, -32]),
        st.binary(max_size=300),
        st.none() | st.sampled_from([0, UNKNOWN]) | st.integers(0, 400),
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150, deadline=None)
@given(data=FILES, cuts=st.lists(st.integers(0, 400), max_size=4))
def test_whatever_the_bytes_hold(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    chunks: Iterator[bytes | None] = (data[a:b] for a, b in pairwise(edges))
    frames = 0
    try:
        for block in wav.blocks(chunks, lambda t_ns: t_ns, 0, Setting()):
            assert block is not None
            assert block.sequence == frames
            assert 1 <= block.samples.shape[1] <= MOST_CHANNELS
            assert 0 < block.sample_rate_hz <= MOST_HZ
            assert np.isfinite(block.samples).all()
            frames += len(block.samples)
    except (SourceMisconfigured, RecordingCut):
        pass
    assert frames * 2 <= len(data)


@given(st.integers(0, UNKNOWN), st.integers(1, 8))
@settings(max_examples=20, deadline=None)
def test_memory_stays_bounded_whatever_a_part_says(size: int, many: int) -> None:
    walk = wav.Walk()
    walk.feed(riff(part(b"LIST", b"", size)))
    for _ in range(many):
        walk.feed(bytes(65_536))
    assert len(walk._buffer) <= max(0, many * 65_536 - size)
