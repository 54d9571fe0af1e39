"""Snoop logs of a host controller: the same frames as the live driver's."""

from __future__ import annotations

import struct
import time
from pathlib import Path
from typing import Any

import pytest
from bumble.snoop import BtSnooper, Snooper
from hypothesis import given
from hypothesis import strategies as st

from drivers import btsnoop
from drivers.ble_hci import BleHci
from drivers.blocks import RadioFrame
from drivers.byte_stream import RecordingCut
from drivers.recording import Recording
from drivers.source import SourceMisconfigured
from tests.drivers.controllers import Controlled, extended, legacy, report
from tests.drivers.far_end import far_end, frames

EVENTS = [
    legacy(b"\x02\x01\x06"),
    extended(report(bytes(229), more=True)),
    extended(report(b"end!!")),
    extended(report(b"\x03\xff\x01\x02", kind=0x10, coded=False), report(b"two", rssi=127)),
]
COMMAND = b"\x01\x03\x0c\x00"
START_US = 1_700_000_000_000_000
FIELDS = ("medium", "data", "rssi_dbm", "center_hz", "intact", "coded_phy", "extended", "sequence", "lost")


def log(*records: tuple[int, int, bytes], link_type: int = 1002, drops: int = 0, missing: int = 0) -> bytes:
    """A whole log of (microseconds from the start, flags, data)."""
    out = b"btsnoop\x00" + struct.pack(">II", 1, link_type)
    for t_us, flags, data in records:
        t_year_0_us = START_US + t_us + btsnoop.EPOCH_US
        out += struct.pack(">IIIIq", len(data) + missing, len(data), flags, drops, t_year_0_us) + data
    return out


def read(path: Path, data: bytes) -> tuple[list[RadioFrame], Recording]:
    """All frames of a log, as fast as it goes."""
    path.write_bytes(data)
    with Recording(path, "fast") as recording:
        return [block for block in recording.blocks() if isinstance(block, RadioFrame)], recording


def facts(found: list[RadioFrame]) -> list[list[Any]]:
    """All that a frame says but when."""
    return [[getattr(frame, name) for name in FIELDS] for frame in found]


def test_a_log_of_another_project_gives_what_the_driver_gave(tmp_path: Path) -> None:
    with far_end(Controlled(air=b"".join(EVENTS))) as device, BleHci(device.port) as source:
        live = frames(source, 4)
    before_ns = time.time_ns()
    with (tmp_path / "hci.log").open("wb") as output:
        snooper = BtSnooper(output)
        snooper.snoop(COMMAND, Snooper.Direction.HOST_TO_CONTROLLER)
        for packet in EVENTS:
            snooper.snoop(packet, Snooper.Direction.CONTROLLER_TO_HOST)
    found, recording = read(tmp_path / "hci.log", (tmp_path / "hci.log").read_bytes())
    assert facts(found) == facts(live)
    assert before_ns - 1_000 < (recording.t_utc_start_ns or 0) < time.time_ns()


@pytest.mark.parametrize(("link_type", "flags", "skip"), [(1002, 1, 0), (1001, 3, 1), (2001, 3, 1), (2001, 0x00010003, 1)])
def test_each_link_type_has_its_events_and_times(tmp_path: Path, link_type: int, flags: int, skip: int) -> None:
    others = [(0, 2, COMMAND[skip:]), (1, 0x05, b"\x02\x00\x20\x00\x00"[skip:]), (2, 0x10002, b"")]
    records = [(index * 20_000, flags, packet[skip:]) for index, packet in enumerate(EVENTS)]
    found, recording = read(tmp_path / "hci.log", log(*others, *records, link_type=link_type))
    assert [len(frame.data) - 6 for frame in found] == [3, 234, 4, 3]
    assert [(frame.t_mono_ns - found[0].t_mono_ns) // 1_000 for frame in found] == [0, 40_000, 60_000, 60_000]
    assert recording.t_utc_start_ns == START_US * 1_000


def test_drops_and_cut_packets_count_as_lost(tmp_path: Path) -> None:
    header = log()
    first = log((0, 1, EVENTS[1]))[16:]
    after_drops = log((1_000, 1, EVENTS[2]), drops=3)[16:]
    cut = log((2_000, 1, EVENTS[0][:-2]), drops=3, missing=2)[16:]
    last = log((3_000, 1, EVENTS[0]), drops=3)[16:]
    found, _ = read(tmp_path / "hci.log", header + first + after_drops + cut + last)
    assert [(frame.data[6:], frame.lost) for frame in found] == [(b"end!!", 2), (b"\x02\x01\x06", 1)]


def test_a_log_that_breaks_off_says_so(tmp_path: Path) -> None:
    whole = log(*((index, 1, packet) for index, packet in enumerate(EVENTS)))
    found, recording = read(tmp_path / "hci.log", whole[:-3])
    assert len(found) == 2
    assert recording.words() == "hci.log: cut short after 2 frames"
    _, recording = read(tmp_path / "hci.log", log() + b"\xff" * 24)
    assert "cut short by a record of 4294967295 bytes" in recording.words()


@pytest.mark.parametrize("head", [struct.pack(">II", 1, 1003), struct.pack(">II", 2, 1002)])
def test_other_versions_and_link_types_are_named(tmp_path: Path, head: bytes) -> None:
    with pytest.raises(SourceMisconfigured, match=r"version \d and link type \d+ is not read here"):
        read(tmp_path / "hci.log", b"btsnoop\x00" + head)


@given(
    link_type=st.sampled_from([1001, 1002, 2001]),
    records=st.lists(
        st.tuples(st.integers(-(2**62), 2**61), st.integers(0, 7), st.sampled_from(EVENTS) | st.binary(max_size=80)), max_size=6
    ),
    tail=st.binary(max_size=40),
    cut=st.integers(1, 200),
)
def test_any_log_is_read_to_its_end(link_type: int, records: list[tuple[int, int, bytes]], tail: bytes, cut: int) -> None:
    data = b"btsnoop\x00" + struct.pack(">II", 1, link_type)
    for t_us, flags, packet in records:
        data += struct.pack(">IIIIq", len(packet), len(packet), flags, 0, t_us) + packet
    data += tail
    chunks = iter([data[at : at + cut] for at in range(0, len(data), cut)])
    try:
        found = list(btsnoop.frames(chunks, lambda t_ns: t_ns, 0))
    except RecordingCut:
        return
    assert all(frame is not None and len(frame.data) >= 6 for frame in found)
