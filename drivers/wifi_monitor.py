"""A Wi-Fi interface in monitor mode, read by AF_PACKET (packet(7))."""

from __future__ import annotations

import ctypes
import errno
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

from drivers import radiotap
from drivers.blocks import RadioFrame
from drivers.channels import PLANS, Hopper, channel_name
from drivers.source import Source, SourceAbsent, SourceLost, SourceMisconfigured
from drivers.tuning import Tuner, tune

ETH_P_ALL = 0x0003
ARPHRD_IEEE80211_RADIOTAP = 803
SO_ATTACH_FILTER, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 26, 33, 35
TIMESPEC = struct.Struct("@qq")
LATEST_NS = 60_000_000_000
"""No frame waits so long; a stamp that is older, or not yet due, is of a clock that was set meanwhile."""
SOL_PACKET, PACKET_STATISTICS = 263, 6
RECEIVE_BYTES = 8 * 2**20
MOST_FRAME_BYTES = 65_536
SPACE = socket.CMSG_SPACE(TIMESPEC.size)
NS_PER_S = 1_000_000_000
SILENCE_MS = 1_000
COUNT_EVERY = 128

# Classic BPF (kernel: Documentation/networking/filter.rst): code, jump if true, jump if false, operand.
MANAGEMENT_FILTER = (
    (0x30, 0, 0, 3),  # ldb [3]        A = high byte of radiotap's it_len
    (0x64, 0, 0, 8),  # lsh #8         A <<= 8
    (0x07, 0, 0, 0),  # tax            X = A
    (0x30, 0, 0, 2),  # ldb [2]        A = low byte of it_len
    (0x4C, 0, 0, 0),  # or x           A |= X: it_len, which is little-endian whatever the machine is
    (0x07, 0, 0, 0),  # tax            X = A
    (0x50, 0, 0, 0),  # ldb [x + 0]    A = first byte of frame control; beyond the frame's end the kernel drops it
    (0x15, 2, 0, 0x80),  # jeq #0x80   a beacon: keep
    (0x15, 1, 0, 0x50),  # jeq #0x50   a probe response: keep
    (0x15, 0, 1, 0xD0),  # jeq #0xd0   an action frame: keep, anything else: drop
    (0x06, 0, 0, MOST_FRAME_BYTES),  # ret #65536    keep so many bytes
    (0x06, 0, 0, 0),  # ret #0         drop
)


class WifiMonitor(Source):
    """802.11 beacons, probe responses and action frames off the air, while a thread of its own hops through a named plan."""

    def __init__(self, interface: str, plan: str = "default", tune: Tuner = tune) -> None:
        self.interface = interface
        self.plan = plan
        self.dropped = 0
        self._tune = tune
        self._socket: socket.socket | None = None
        self._hopper = Hopper(interface, ())
        self._stop = Event()
        self._thread: Thread | None = None
        self._last_hz: int | None = None

    def open(self) -> None:
        """Take the interface, and start to hop."""
        if self.plan not in PLANS:
            raise SourceMisconfigured(f"there is no channel plan {self.plan!r}; these are: {', '.join(PLANS)}")
        self.dropped = 0
        self._last_hz = None
        self._socket = _listen(self.interface)
        self._hopper = Hopper(self.interface, PLANS[self.plan], self._tune)
        self._stop = Event()
        if PLANS[self.plan]:
            self._thread = Thread(target=_hop, args=(self._hopper, self._stop), name=f"hop {self.interface}", daemon=True)
            self._thread.start()

    def blocks(self) -> Iterator[RadioFrame | None]:
        """Yield frames stamped when the kernel had them, however late they are read; raises SourceLost when the interface goes."""
        buffer = memoryview(bytearray(MOST_FRAME_BYTES))
        waiting = select.poll()
        if self._socket is not None:
            waiting.register(self._socket, select.POLLIN)
        sequence = lost = until_count = 0
        while (link := self._socket) is not None:
            try:
                size, told, _, _ = link.recvmsg_into([buffer], SPACE)
            except BlockingIOError:
                until_count = 0
                if not waiting.poll(SILENCE_MS):
                    yield None
                continue
            except OSError as error:
                raise SourceLost(f"{self.interface} is gone: {error.strerror}") from None
            if until_count == 0:
                lost += self._count_drops(link)
            until_count = (until_count + 1) % COUNT_EVERY
            frame = self._frame(buffer[:size], _received_ns(told), sequence, lost)
            if frame is None:
                lost += 1
            else:
                sequence += 1
                lost = 0
            yield frame

    def close(self) -> None:
        """Leave the interface as it is tuned."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def words(self) -> str:
        """Say where it listens, and what the kernel dropped."""
        tuned = self._hopper.words()
        if not tuned and self._last_hz is not None:
            tuned = channel_name(self._last_hz // 1_000_000)
        dropped = f"{self.dropped} dropped by the kernel" if self.dropped else ""
        return ", ".join(part for part in (f"monitor mode on {self.interface}", tuned, dropped) if part)

    def limits(self) -> tuple[str, ...]:
        """The channels that it cannot be tuned to."""
        return self._hopper.limits()

    def _frame(self, data: memoryview, t_mono_ns: int, sequence: int, lost: int) -> RadioFrame | None:
        header = radiotap.read(data)
        if header is None:
            return None
        header_bytes, fcs_bytes, bad_fcs, center_hz, rssi_dbm = header
        frame = bytes(data[header_bytes : len(data) - fcs_bytes])
        if not frame:
            return None
        if center_hz is None and self._hopper.center_mhz is not None:
            center_hz = self._hopper.center_mhz * 1_000_000
        self._last_hz = center_hz or self._last_hz
        return RadioFrame(t_mono_ns, sequence, lost, "wifi", frame, rssi_dbm, center_hz, not bad_fcs)

    def _count_drops(self, link: socket.socket) -> int:
        _, drops = struct.unpack("@II", link.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.dropped += int(drops)
        return int(drops)


def _hop(hopper: Hopper, stop: Event) -> None:
    while not stop.wait(hopper.step(time.monotonic())):
        pass


def _received_ns(told: Sequence[tuple[int, int, bytes]]) -> int:
    """Monotonic time of the kernel's own stamp of a frame, which is UTC; of its reading where there is none to be believed."""
    now_ns = time.monotonic_ns()
    for level, kind, data in told:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) == TIMESPEC.size:
            seconds, nanoseconds = TIMESPEC.unpack(data)
            waited_ns = time.time_ns() - seconds * NS_PER_S - nanoseconds
            return now_ns - waited_ns if 0 <= waited_ns <= LATEST_NS else now_ns
    return now_ns


def _listen(interface: str) -> socket.socket:
    try:
        # Protocol 0 receives nothing: no frame can slip in before the filter stands.
        link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError:
        raise SourceMisconfigured(
            "listening needs CAP_NET_RAW, which edge-node.service grants; by hand: "
            f"sudo setcap cap_net_raw,cap_net_admin=eip {Path(sys.executable).resolve()}"
        ) from None
    except OSError as error:
        raise SourceMisconfigured(f"this kernel offers no AF_PACKET: {error.strerror}") from None
    try:
        _attach_filter(link)
        _enlarge_buffer(link)
        link.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        _bind(link, interface)
    except BaseException:
        link.close()
        raise
    link.setblocking(False)
    return link


def _attach_filter(link: socket.socket) -> None:
    program = b"".join(struct.pack("@HBBI", *step) for step in MANAGEMENT_FILTER)
    code = ctypes.create_string_buffer(program, len(program))
    link.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(MANAGEMENT_FILTER), ctypes.addressof(code)))


def _enlarge_buffer(link: socket.socket) -> None:
    try:
        link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES)
    except PermissionError:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)


def _bind(link: socket.socket, interface: str) -> None:
    try:
        link.bind((interface, ETH_P_ALL))
    except OSError as error:
        raise SourceAbsent(f"no interface {interface}: plug the adapter in, or see what `ip link` calls it ({error.strerror})") from None
    if link.getsockname()[3] != ARPHRD_IEEE80211_RADIOTAP:
        raise SourceAbsent(
            f"{interface} is not in monitor mode: sudo systemctl enable --now edge-node-monitor@{interface}; by hand: sudo ip link set "
            f"{interface} down && sudo iw dev {interface} set type monitor && sudo ip link set {interface} up"
        )
    if link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ENETDOWN:
        raise SourceAbsent(f"interface {interface} is down: sudo ip link set {interface} up")
