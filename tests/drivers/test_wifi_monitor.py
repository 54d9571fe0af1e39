"""The monitor interface, over a real TAP device."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from drivers import radiotap
from drivers.blocks import RadioFrame
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured
from drivers.tuning import ChannelRefused
from drivers.wifi_monitor import WifiMonitor
from tests.flight import frames, is_heard
from tools.virtual_devices.tap import ETHERNET, Tap, tap

pytestmark = [pytest.mark.root, pytest.mark.usefixtures("as_root")]

TWO_CLOCKS_NS = 20_000_000
"""UTC and monotonic time are read one after the other, by a process that may be made to wait between."""
BEACON = bytes([0x80]) + bytes(35)
SIGNAL_ONLY = struct.pack("<BxHIb", 0, 9, 1 << 5, -60)


@pytest.fixture
def device() -> Iterator[Tap]:
    """An interface in monitor mode that is up."""
    with tap() as made:
        yield made


@pytest.fixture
def flight(shared_data: Path) -> list[bytes]:
    """The records of a real flight, radiotap and all."""
    return frames(shared_data)


def take(blocks: Iterator[RadioFrame | None], until: bytes) -> list[RadioFrame]:
    """Frames up to and with the one that holds this."""
    taken: list[RadioFrame] = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        block = next(blocks)
        if block is not None:
            taken.append(block)
            if block.data == until:
                return taken
    pytest.fail("the last frame did not come")


def test_all_frames_arrive_or_are_counted(device: Tap, flight: list[bytes]) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        for _ in range(4):
            for data in flight:
                device.write(data)
        blocks = monitor.blocks()
        taken = [next(blocks) for _ in range(1_000)]
        device.write(SIGNAL_ONLY + BEACON)
        frames = [frame for frame in taken if frame is not None] + take(blocks, BEACON)
        written = 4 * sum(map(is_heard, flight)) + 1
        assert written == 4 * 4_652 + 1
        assert len(frames) + sum(frame.lost for frame in frames) == written
        assert [frame.sequence for frame in frames] == list(range(len(frames)))
        assert monitor.dropped == sum(frame.lost for frame in frames)
        expected = f"monitor mode on {device.name}, channel 1 (2412 MHz)"
        assert monitor.words().startswith(expected)
        assert (f", {monitor.dropped} dropped by the kernel" in monitor.words()) == (monitor.dropped > 0)


def test_frames_are_those_of_the_recording(device: Tap, flight: list[bytes]) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        before_ns = time.monotonic_ns()
        for data in [*flight[:300], SIGNAL_ONLY + BEACON]:
            device.write(data)
        frames = take(monitor.blocks(), BEACON)
    expected = [
        data[header.header_bytes : len(data) - header.fcs_bytes]
        for data in filter(is_heard, flight[:300])
        if (header := radiotap.read(data))
    ]
    assert [frame.data for frame in frames] == [*expected, BEACON]
    assert all(before_ns <= frame.t_mono_ns <= time.monotonic_ns() for frame in frames)
    assert {frame.center_hz for frame in frames[:-1]} == {2_412_000_000}
    assert (frames[-1].rssi_dbm, frames[-1].center_hz) == (-60, None)


def test_a_frame_that_is_read_late_has_the_time_of_its_arrival(device: Tap) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        late_ns = [_late_ns(device, monitor) for _ in range(5)]
    assert min(late_ns) < TWO_CLOCKS_NS, "the kernel begins to stamp soon after it was asked to"


def _late_ns(device: Tap, monitor: WifiMonitor) -> int:
    """How much later than it was sent a frame is stamped that is read a tenth of a second later."""
    sent_ns = time.monotonic_ns()
    device.write(SIGNAL_ONLY + BEACON)
    time.sleep(0.1)
    (frame,) = take(monitor.blocks(), BEACON)
    return frame.t_mono_ns - sent_ns


def test_a_clock_that_was_set_meanwhile_is_not_believed(device: Tap, monkeypatch: pytest.MonkeyPatch) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
        device.write(SIGNAL_ONLY + BEACON)
        before_ns = time.monotonic_ns()
        (frame,) = take(monitor.blocks(), BEACON)
    assert before_ns <= frame.t_mono_ns <= time.monotonic_ns()


def test_the_kernel_lets_only_some_management_frames_through(device: Tap) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        for control in range(256):
            device.write(SIGNAL_ONLY + bytes([control]) + BEACON[1:])
        device.write(struct.pack("<BxHI", 0, 2_000, 0) + BEACON)
        device.write(struct.pack("<BxHI", 0, 300, 0) + bytes(292) + BEACON + b"end")
        frames = take(monitor.blocks(), BEACON + b"end")
    assert [frame.data[0] for frame in frames] == [0x50, 0x80, 0xD0, 0x80]


def test_what_is_no_radiotap_counts_as_lost(device: Tap) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        device.write(struct.pack("<BxHIb", 1, 9, 1 << 5, -60) + BEACON)
        device.write(struct.pack("<BxHI", 0, 8, 1 << 5) + BEACON)
        device.write(struct.pack("<BxHIB", 0, 9, 1 << 1, 0x50) + BEACON + b"FCS.")
        (frame,) = take(monitor.blocks(), BEACON)
    assert (frame.sequence, frame.lost, frame.intact) == (0, 2, False)


def test_silence_is_told_every_second(device: Tap) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        assert next(monitor.blocks()) is None
        assert monitor.words() == f"monitor mode on {device.name}"


def test_an_unplugged_adapter_is_lost(device: Tap) -> None:
    with WifiMonitor(device.name, "none") as monitor:
        device.write(SIGNAL_ONLY + BEACON)
        blocks = monitor.blocks()
        assert next(blocks) is not None
        device.unplug()
        with pytest.raises(SourceLost, match=f"{device.name} is gone"):
            next(blocks)
    with pytest.raises(SourceAbsent, match=f"no interface {device.name}: plug the adapter in"):
        monitor.open()


def test_an_interface_set_down_is_lost_then_absent_then_back(device: Tap) -> None:
    monitor = WifiMonitor(device.name, "none")
    with monitor:
        device.down()
        with pytest.raises(SourceLost):
            next(monitor.blocks())
    with pytest.raises(SourceAbsent, match=f"is down: sudo ip link set {device.name} up"):
        monitor.open()
    device.up()
    with monitor:
        device.write(SIGNAL_ONLY + BEACON)
        assert next(monitor.blocks()) is not None


def test_an_interface_that_is_not_in_monitor_mode_says_how_to_put_it_there() -> None:
    with (
        tap(link_type=ETHERNET) as device,
        pytest.raises(SourceAbsent, match=f"edge-node-monitor@{device.name}; by hand: .*sudo iw dev {device.name} set type monitor"),
    ):
        WifiMonitor(device.name, "none").open()


def test_an_unknown_plan_names_the_others() -> None:
    with pytest.raises(SourceMisconfigured, match=r"no channel plan 'all'; these are: default, 2\.4ghz"):
        WifiMonitor("mon0", "all").open()


def test_without_the_right_to_listen_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, os.strerror(1))

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(SourceMisconfigured, match=r"CAP_NET_RAW, which edge-node\.service grants; by hand: sudo setcap"):
        WifiMonitor("mon0", "none").open()


def test_a_frame_that_names_no_channel_is_on_the_tuned_one(device: Tap) -> None:
    tuned = Event()

    def tune(interface: str, center_mhz: int) -> None:
        assert (interface, center_mhz) == (device.name, 2437)
        tuned.set()

    with WifiMonitor(device.name, "channel6", tune) as monitor:
        assert tuned.wait(5)
        deadline = time.monotonic() + 5
        while "channel 6" not in monitor.words():
            assert time.monotonic() < deadline
        device.write(SIGNAL_ONLY + BEACON)
        (frame,) = take(monitor.blocks(), BEACON)
        assert frame.center_hz == 2_437_000_000
        assert monitor.words() == f"monitor mode on {device.name}, channel 6 (2437 MHz)"


def test_reads_on_while_the_tuner_hangs(device: Tap) -> None:
    asked, release = Event(), Event()

    def tune(_interface: str, _center_mhz: int) -> None:
        asked.set()
        release.wait(20)
        raise ChannelRefused("it hung")

    with WifiMonitor(device.name, "channel6", tune) as monitor:
        assert asked.wait(5)
        device.write(SIGNAL_ONLY + BEACON)
        (frame,) = take(monitor.blocks(), BEACON)
        assert frame.center_hz is None
        release.set()


def test_closes_twice() -> None:
    monitor = WifiMonitor("mon0", "none")
    monitor.close()
    monitor.close()
    assert list(monitor.blocks()) == []
