"""The MAVLink driver on pseudo-terminals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drivers.mavlink_rid import MavlinkRid
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.far_end import far_end, frames, take, until
from tests.drivers.mavlink_frames import FRAMES, OPEN_DRONE_ID


def test_every_open_drone_id_message_comes_through() -> None:
    with far_end() as device, MavlinkRid(device.port) as source:
        assert source.words() == f"waiting for {device.port} to speak"
        before_ns = time.monotonic_ns()
        device.say_later(b"".join(FRAMES.values()))
        found = frames(source, len(OPEN_DRONE_ID))
        assert source.words() == f"{len(OPEN_DRONE_ID)} Remote ID messages from {device.port}"
    assert [frame.data for frame in found] == OPEN_DRONE_ID
    assert [frame.sequence for frame in found] == list(range(len(OPEN_DRONE_ID)))
    assert {(frame.medium, frame.rssi_dbm, frame.center_hz, frame.intact, frame.lost) for frame in found} == {
        ("mavlink", None, None, True, 0)
    }
    assert before_ns < found[0].t_mono_ns < time.monotonic_ns()


def test_garbage_is_skipped_and_counted() -> None:
    with far_end() as device, MavlinkRid(device.port) as source:
        device.say_later(FRAMES["PACK"] + b"\xfd\xff\x00 garbage" + FRAMES["PACK"])
        found = frames(source, 2)
        assert source.words().endswith("1 times garbled")
    assert [(frame.data, frame.lost) for frame in found] == [(FRAMES["PACK"], 0), (FRAMES["PACK"], 1)]


def test_silence_before_any_heartbeat_is_no_fault() -> None:
    with far_end() as device, MavlinkRid(device.port, silent_after_s=0.1) as source:
        blocks = source.blocks()
        begun_s = time.monotonic()
        assert next(blocks) is None
        assert time.monotonic() - begun_s < 1.0
        assert [next(blocks), next(blocks)] == [None, None]
        device.say(FRAMES["SELF_ID"])
        assert take(blocks, 1)[0].data == FRAMES["SELF_ID"]


def test_heartbeats_that_end_are_a_stall() -> None:
    with far_end() as device, MavlinkRid(device.port, silent_after_s=0.3) as source:
        device.say(FRAMES["HEARTBEAT"])
        with pytest.raises(SourceStalled, match="fell silent"):
            until(source.blocks(), lambda: False)


def test_another_rate_is_named() -> None:
    with far_end(), far_end() as device, MavlinkRid(device.port, silent_after_s=0.3) as source:
        device.say(b"\x81\x7f\x00" * 200)
        with pytest.raises(SourceStalled, match="no MAVLink at 115200 baud: its rate is likely another, such as 57600"):
            until(source.blocks(), lambda: False)


def test_an_unplugged_receiver_is_lost() -> None:
    with far_end() as device, MavlinkRid(device.port) as source:
        blocks = source.blocks()
        device.say(FRAMES["PACK"])
        take(blocks, 1)
        device.unplug()
        with pytest.raises(SourceLost, match="is gone"):
            take(blocks, 1)


def test_ports_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match="is it plugged in"):
        MavlinkRid(str(tmp_path / "ttyUSB7")).open()
    with pytest.raises(SourceMisconfigured, match="is no serial port"):
        MavlinkRid(str(tmp_path)).open()


def test_reopens_and_closes_twice() -> None:
    with far_end() as device:
        source = MavlinkRid(device.port)
        for _ in range(2):
            with source:
                device.say(FRAMES["PACK"])
                assert frames(source, 1)[0].sequence == 0
            source.close()
        assert list(source.blocks()) == []
