"""What the drivers write from front to back is read by others."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader
from scapy.utils import PcapNgReader

from drivers import matroska, mcap, pcapng_file, sigmf, wav_file
from drivers.blocks import Frame, RadioFrame
from drivers.byte_stream import RecordingCut
from drivers.capture import frames
from drivers.recording import Recording
from drivers.sigmf_file import Stood, meta

SCHEMA = ("thing", b'{"type":"object"}')
UTC_NS = 1_764_350_000_000_000_123
BEACON = bytes.fromhex("80000000ffffffffffff020000000001020000000001000000000000000000006400010000024142")
ADVERTISING = bytes.fromhex("020b0102030405ff0416fafff0")
FRAMES = [
    RadioFrame(0, 0, 0, "wifi", BEACON, -60, 2_437_000_000),
    RadioFrame(0, 1, 0, "wifi", BEACON, intact=False),
    RadioFrame(0, 2, 0, "ble", ADVERTISING, -70, 2_402_000_000),
    RadioFrame(0, 3, 0, "ble", ADVERTISING, None, 2_480_000_000, coded_phy=True),
]


def written(first_id: int = 1, many: int = 5) -> bytes:
    out = io.BytesIO()
    writer = mcap.McapWriter(out.write, "test", first_id)
    for number in range(many):
        writer.message("/a" if number % 2 else "/b", SCHEMA, 100 - number, b'{"n":%d}' % number)
    writer.finish()
    return out.getvalue()


def test_mcap_is_read_by_its_own_library() -> None:
    reader = make_reader(io.BytesIO(written()))
    summary = reader.get_summary()
    assert summary is not None
    assert summary.statistics is not None
    assert (summary.statistics.message_count, summary.statistics.message_start_time, summary.statistics.message_end_time) == (5, 96, 100)
    found = [(message.log_time, channel.topic, message.data) for _, channel, message in reader.iter_messages()]
    assert sorted(found) == sorted((100 - n, "/a" if n % 2 else "/b", b'{"n":%d}' % n) for n in range(5))


def test_files_of_several_writers_are_joined_record_by_record() -> None:
    out = io.BytesIO()
    joined = mcap.McapWriter(out.write, "test")
    for part in (written(1), written(64)):
        for kind, content in mcap.records(io.BytesIO(part)):
            if kind in {mcap.SCHEMA, mcap.CHANNEL, mcap.MESSAGE}:
                joined.copy(kind, content)
    joined.finish()
    assert len(list(make_reader(io.BytesIO(out.getvalue())).iter_messages())) == 10
    assert len(list(mcap.messages(io.BytesIO(out.getvalue())))) == 10


@given(share=st.floats(0, 1), junk=st.binary(max_size=40))
def test_mcap_cut_anywhere_gives_what_stands_before(share: float, junk: bytes) -> None:
    whole = written(many=20)
    end = whole.rindex(b"\x0f\x04\0\0\0\0\0\0\0")
    before = list(mcap.messages(io.BytesIO(whole)))
    found = list(until_cut(whole[: round(share * end)]))
    assert found == before[: len(found)]
    torn = list(until_cut(whole[: round(share * end)] + junk))
    assert torn[: len(found)] == found


def until_cut(data: bytes) -> Iterator[mcap.Message]:
    try:
        yield from mcap.messages(io.BytesIO(data))
    except RecordingCut:
        return
    pytest.fail("a cut was not noticed")


@pytest.mark.parametrize("bits", [8, 16])
def test_pictures_are_read_by_opencv_and_ffmpeg_as_they_were(tmp_path: Path, bits: int) -> None:
    rng = np.random.default_rng(bits)
    pictures = [rng.integers(0, 2**bits, (51, 64)).astype(np.uint16 if bits == 16 else np.uint8) for _ in range(6)]
    path = tmp_path / "x.mkv"
    with path.open("wb") as file:
        file.write(matroska.head("test", 64, 51, bits))
        for number, picture in enumerate(pictures):
            file.write(matroska.before_picture(number * 33_333_000, picture.nbytes) + picture.tobytes())
    with Recording(path, "fast") as recording:
        seen = [block for block in recording.blocks() if isinstance(block, Frame)]
    assert [one.picture.tobytes() for one in seen] == [one.tobytes() for one in pictures]
    assert [one.t_mono_ns - seen[0].t_mono_ns for one in seen] == [number * 33_333_000 for number in range(6)]
    if shutil.which("ffmpeg") is not None:
        form = "gray16le" if bits == 16 else "gray"
        ffmpeg = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", form, "-"]
        told = subprocess.run(ffmpeg, capture_output=True, check=True)
        assert (told.stdout, told.stderr) == (b"".join(one.tobytes() for one in pictures), b"")


@pytest.mark.parametrize(("is_float", "known"), [(False, True), (False, False), (True, True), (True, False)])
def test_sound_is_read_by_libsndfile_also_while_it_is_written(tmp_path: Path, is_float: bool, known: bool) -> None:
    samples: Any = np.random.default_rng(0).integers(-(2**15), 2**15, (100, 3)).astype("<i2")
    samples = samples.astype("<f4") / 7 if is_float else samples
    begun = wav_file.head(48_000, 3, is_float=is_float)
    whole = wav_file.closed(begun, len(begun) + samples.nbytes)
    assert len(whole) == len(begun) == wav_file.HEADER_BYTES
    path = tmp_path / "x.wav"
    path.write_bytes((whole if known else begun) + samples.tobytes())
    back, rate_hz = soundfile.read(path, dtype="float32" if is_float else "int16")
    assert rate_hz == 48_000
    assert np.array_equal(back, samples)


def test_sound_beyond_4_gib_is_rf64() -> None:
    begun = wav_file.head(48_000, 16, is_float=True)
    whole = wav_file.closed(begun, 5 << 30)
    assert (whole[:4], whole[12:16]) == (b"RF64", b"ds64")
    assert int.from_bytes(whole[28:36], "little") == ((5 << 30) - wav_file.HEADER_BYTES) // 64 * 64
    for broken in (b"", begun[:50], b"OggS" + begun[4:]):
        with pytest.raises(ValueError, match="does not begin"):
            wav_file.closed(broken, 1_000)


def captured(some: list[RadioFrame]) -> bytes:
    packets = []
    for number, frame in enumerate(some):
        packet, at = pcapng_file.packet(frame, UTC_NS + number)
        assert packet[at : at + len(frame.data)] == frame.data
        packets.append(packet)
    return pcapng_file.head("test") + b"".join(packets)


def test_frames_come_back_through_the_capture_driver() -> None:
    back = [frame for frame in frames(iter((captured(FRAMES),)), lambda t_ns: t_ns, 0) if frame is not None]
    assert [one.t_mono_ns for one in back] == [UTC_NS + number for number in range(len(FRAMES))]
    told = ("medium", "data", "rssi_dbm", "center_hz", "intact", "coded_phy")
    assert [[getattr(one, name) for name in told] for one in back] == [[getattr(one, name) for name in told] for one in FRAMES]


def test_frames_are_read_by_scapy_and_by_tshark(tmp_path: Path) -> None:
    report = RadioFrame(0, 4, 0, "ble_report", ADVERTISING[2:], -70)
    others = [RadioFrame(0, 5, 0, "ble_report", bytes(200), extended=True), RadioFrame(0, 6, 0, "mavlink", b"\xfd" + bytes(20))]
    path = tmp_path / "x.pcapng"
    path.write_bytes(captured([*FRAMES, report, *others]))
    with PcapNgReader(str(path)) as reader:
        assert len(list(reader)) == len(FRAMES) + 3
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    fields = ("frame.protocols", "btle.crc.incorrect", "_ws.malformed")
    command = ["tshark", "-r", str(path), "-T", "fields", *(word for field in fields for word in ("-e", field))]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    wifi, ble = "radiotap:wlan_radio:wlan", "bluetooth:btle_rf:btle:btcommon"
    assert [line.split("\t")[0] for line in told] == [wifi, wifi, ble, ble, ble, "user_dlt:data", "user_dlt:data"]
    assert all(line.split("\t")[1:] == ["", ""] for line in told)


def test_iq_is_described_as_sigmf_says(tmp_path: Path) -> None:
    stood = [Stood(0, 0, 868e6, UTC_NS, 20.7), Stood(100, 150, 869e6, UTC_NS + 10**9, None), Stood(200, 250, None, None, None)]
    (tmp_path / "x.sigmf-meta").write_bytes(meta("cu8", 2.4e6, stood, "test"))
    document = json.loads((tmp_path / "x.sigmf-meta").read_bytes())
    assert document["global"] == {
        "core:version": "1.2.0",
        "core:datatype": "cu8",
        "core:sample_rate": 2.4e6,
        "core:num_channels": 1,
        "core:recorder": "test",
    }
    assert document["annotations"] == []
    assert document["captures"][0] == {
        "core:sample_start": 0,
        "core:global_index": 0,
        "core:frequency": 868e6,
        "core:datetime": "2025-11-28T17:13:20.000000Z",
    }
    told = sigmf.read(tmp_path / "x.sigmf-meta")
    assert (told.form, told.rate_hz) == ("cu8", 2.4e6)
    assert [(one.sample_start, one.global_index, one.center_hz) for one in told.captures] == [one[:3] for one in stood]
    assert told.captures[0].t_utc_ns == UTC_NS // 1_000 * 1_000
