"""A recording as a source: what it hands over, when, and what it says."""

from __future__ import annotations

import os
import struct
import time
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks import Block, RadioFrame
from drivers.recording import MOST_AHEAD_NS, Pace, Recording, RecordingClock
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured
from tests.drivers.captures import interface, packet, pcap, section

START_US = 1_700_000_000_000_000
MS = 1_000_000
THREE = [(START_US, b"one"), (START_US + 20_000, b"two"), (START_US + 30_000, b"three")]
REAL = (
    ("parrot_anafi4_real.pcap", 5_091, 5_091),
    ("parrot_anafi4_spoofed.pcap", 1_606, 1_606),
    ("odid_wifi_sample.pcap", 63, 63),
    ("mavic_multiple_spoofed.pcapng", 239, 239),
    ("odid_bt5_lr_sample.pcapng", 274, 244),
)


def write(path: Path, data: bytes) -> Path:
    """The same path, with this in it."""
    path.write_bytes(data)
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Three frames in 30 ms."""
    return write(tmp_path / "three.pcap", pcap(THREE))


def frames(recording: Recording, most: int | None = None) -> list[RadioFrame]:
    """All frames of an open recording, or the first few."""
    return list(islice((block for block in recording.blocks() if isinstance(block, RadioFrame)), most))


@pytest.mark.parametrize("pace", ["fast", "recorded"])
def test_keeps_the_spacing_of_the_recording(capture: Path, pace: Pace) -> None:
    with Recording(capture, pace) as recording:
        found = frames(recording)
        assert recording.t_utc_start_ns == START_US * 1_000
        assert [frame.t_mono_ns - (recording.t_mono_start_ns or 0) for frame in found] == [0, 20 * MS, 30 * MS]
        assert [(frame.sequence, frame.lost, frame.data) for frame in found] == [(0, 0, b"one"), (1, 0, b"two"), (2, 0, b"three")]
        if pace == "recorded":
            assert time.monotonic_ns() >= found[-1].t_mono_ns
        assert recording.progress == 1.0
        assert recording.words() == "playing three.pcap, 100%"


def test_is_silent_once_a_second_in_a_long_pause(tmp_path: Path) -> None:
    path = write(tmp_path / "pause.pcap", pcap([(START_US, b"one"), (START_US + 1_100_000, b"two")]))
    with Recording(path) as recording:
        assert [block is None for block in recording.blocks()] == [False, True, False]


def test_live_is_stamped_on_arrival(capture: Path) -> None:
    with Recording(capture, "live") as recording:
        stamps = [frame.t_mono_ns for frame in frames(recording)]
        assert stamps == sorted(stamps)
        assert stamps[-1] <= time.monotonic_ns()
        assert recording.t_utc_start_ns is None


def test_loops_with_time_and_count_going_on(capture: Path) -> None:
    with Recording(capture, "fast", loop=True) as recording:
        found = frames(recording, 8)
        steps = [(later.t_mono_ns - earlier.t_mono_ns) / MS for earlier, later in pairwise(found)]
    assert [frame.sequence for frame in found] == list(range(8))
    assert steps == [20, 10, 102.4, 20, 10, 102.4, 20]


def test_a_loop_of_nothing_ends(tmp_path: Path) -> None:
    with Recording(write(tmp_path / "none.pcap", pcap([])), "fast", loop=True) as recording:
        assert list(recording.blocks()) == []
        assert recording.t_utc_start_ns is None


def test_says_where_a_file_was_cut(tmp_path: Path) -> None:
    with Recording(write(tmp_path / "cut.pcap", pcap(THREE)[:-1]), "fast") as recording:
        assert len(frames(recording)) == 2
        assert recording.words() == "cut.pcap: cut short after 2 frames"


def test_ends_at_a_hostile_length(tmp_path: Path) -> None:
    data = pcap(THREE) + struct.pack("<IIII", 0, 0, 2**32 - 1, 0)
    with Recording(write(tmp_path / "hostile.pcap", data), "fast") as recording:
        assert len(frames(recording)) == 3
        assert recording.words() == "hostile.pcap: cut short by a record of 4294967295 bytes after 3 frames"


def test_counts_records_that_hold_no_frame_as_lost(tmp_path: Path) -> None:
    whole = b"\x00\x00\x09\x00\x20\x00\x00\x00\xc4" + b"frame"
    data = pcap([(1, whole), (2, b"\x00"), (3, whole[:9]), (4, whole)], link_type=127)
    with Recording(write(tmp_path / "bad.pcap", data), "fast") as recording:
        assert [(frame.sequence, frame.lost, frame.rssi_dbm) for frame in frames(recording)] == [(0, 0, -60), (1, 2, -60)]


@pytest.mark.parametrize(
    ("flags", "missing", "captured"),
    [(0x10, 0, b"frameFCS."), (0x50, 0, b"frameFCS."), (0x10, 3, b"frameF"), (0x10, 9, b"frame"), (0, 0, b"frame")],
)
def test_strips_what_was_captured_of_the_fcs(tmp_path: Path, flags: int, missing: int, captured: bytes) -> None:
    whole = b"\x00\x00\x09\x00\x02\x00\x00\x00" + bytes([flags]) + captured
    data = pcap([], link_type=127) + struct.pack("<IIII", 0, 0, len(whole), len(whole) + missing) + whole
    with Recording(write(tmp_path / "fcs.pcap", data), "fast") as recording:
        (frame,) = frames(recording)
    assert frame.data == b"frame"
    assert frame.intact == (flags != 0x50)


def test_mixed_interfaces(tmp_path: Path) -> None:
    data = (
        section()
        + interface()
        + interface(link_type=127)
        + packet("<", 0, 1, b"plain")
        + packet("<", 1, 2, b"\x00\x00\x08\x00" + bytes(4) + b"tap")
    )
    with Recording(write(tmp_path / "mixed.pcapng", data), "fast") as recording:
        assert [frame.data for frame in frames(recording)] == [b"plain", b"tap"]


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "is empty"), (b"RI", "starts with 52 49"), (b"no capture at all", "starts with 6e 6f 20 63 61 70 74 75")]
)
def test_says_what_is_no_capture(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(
        SourceMisconfigured, match=f"x.pcap {words}; recordings of these kinds are read: avi, btsnoop, flac, .*, mp4, .*, wav"
    ):
        Recording(write(tmp_path / "x.pcap", data)).open()


def test_names_a_link_type_that_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(SourceMisconfigured, match=r"link type 1 are not read here; these are: 105 .*, 127 .*, 272 "):
        Recording(write(tmp_path / "ether.pcap", pcap([(0, b"x")], link_type=1))).open()


def test_says_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match=r"there is no .*gone\.pcap"):
        Recording(tmp_path / "gone.pcap").open()
    with pytest.raises(SourceMisconfigured, match="is a folder"):
        Recording(tmp_path).open()
    with pytest.raises(SourceMisconfigured, match="cannot be read: Not a directory"):
        Recording(write(tmp_path / "file", b"") / "below").open()


def test_closes_twice_and_opens_again(capture: Path) -> None:
    recording = Recording(capture, "fast", loop=True)
    recording.close()
    for _ in range(2):
        with recording:
            assert len(frames(recording, 4)) == 4
        recording.close()
        assert list(recording.blocks()) == []


def test_a_pipe_waits_for_its_writer_and_is_lost_with_it(tmp_path: Path) -> None:
    path = tmp_path / "air.pipe"
    os.mkfifo(path)
    data = pcap(THREE)
    with Recording(path, "live") as recording:
        blocks = recording.blocks()
        assert next(blocks) is None
        with path.open("wb", buffering=0) as writer:
            writer.write(data[:2])
            writer.write(data[2:60])
            found: list[Block | None] = [next(blocks)]
            writer.write(data[60:])
            found += islice(blocks, 2)
        assert [block.data for block in found if isinstance(block, RadioFrame)] == [b"one", b"two", b"three"]
        assert recording.words() == "reading air.pipe as it is written"
        assert recording.progress is None
        with pytest.raises(SourceLost, match=r"the writer of .*air\.pipe is gone"):
            next(blocks)


def test_live_frames_keep_their_distances_however_late_they_are_handed_over(tmp_path: Path) -> None:
    path = tmp_path / "air.pipe"
    os.mkfifo(path)
    data = pcap([(START_US, b"one"), (START_US + 50_000, b"two"), (START_US + 100_000, b"six")])
    with Recording(path, "live") as recording, path.open("wb", buffering=0) as writer:
        blocks = (block for block in recording.blocks() if isinstance(block, RadioFrame))
        writer.write(data[: 24 + 16 + 3])
        stamps = [next(blocks).t_mono_ns]
        time.sleep(0.4)
        writer.write(data[24 + 16 + 3 :])
        stamps += [block.t_mono_ns for block in islice(blocks, 2)]
    assert [later - earlier for earlier, later in pairwise(stamps)] == [50 * MS, 50 * MS]


def test_a_pipe_of_something_else_is_refused_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "air.pipe"
    os.mkfifo(path)
    with Recording(path, "live") as recording, path.open("wb", buffering=0) as writer:
        writer.write(b"something else")
        with pytest.raises(SourceMisconfigured, match="starts with"):
            next(recording.blocks())


@given(st.lists(st.integers(0, 2**70)), st.integers(0, 2**62))
def test_no_clock_leads_time_backwards_or_far_ahead(stamps: list[int], start_ns: int) -> None:
    clock = RecordingClock(start_ns)
    told = [start_ns, *(clock.stamp(t_ns) for t_ns in stamps)]
    assert all(0 <= later - earlier <= MOST_AHEAD_NS for earlier, later in pairwise(told))


@pytest.mark.parametrize(("name", "count", "intact"), REAL)
def test_real_captures(shared_data: Path, name: str, count: int, intact: int) -> None:
    with Recording(shared_data / "remote_id" / name, "fast") as recording:
        found = frames(recording)
    assert len(found) == count
    assert sum(frame.intact for frame in found) == intact
    assert sum(frame.lost for frame in found) == 0
    assert [frame.sequence for frame in found] == list(range(count))
    assert {frame.medium for frame in found} == {"ble" if "bt5" in name else "wifi"}


def test_the_real_flight_lasts_as_long_as_it_did(shared_data: Path) -> None:
    with Recording(shared_data / "remote_id" / "parrot_anafi4_real.pcap", "fast") as recording:
        found = frames(recording)
    assert (found[-1].t_mono_ns - found[0].t_mono_ns) / 1e9 == pytest.approx(122.7, abs=0.1)
    assert {frame.center_hz for frame in found} == {2_412_000_000}
