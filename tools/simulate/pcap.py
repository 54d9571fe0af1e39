"""Radio frames as pcap: into a file at once, or into a named pipe whose reader comes and goes."""

from __future__ import annotations

import os
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from struct import pack


def header(link_type: int) -> bytes:
    """What a little-endian pcap of microseconds starts with (draft-ietf-opsawg-pcap)."""
    return pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link_type)


def record(t_utc_ns: int, data: bytes) -> bytes:
    """One frame, stamped in UTC."""
    seconds, rest_ns = divmod(t_utc_ns, 1_000_000_000)
    return pack("<IIII", seconds, rest_ns // 1_000, len(data), len(data)) + data


class PcapPipe:
    """A named pipe, written without ever waiting: as with a radio, what nobody reads in time is gone.

    A reader that goes and another that comes between the same two frames cannot be told apart: that one gets no header.
    """

    def __init__(self, path: Path, link_type: int) -> None:
        self.written = self.unread = self.readers = 0
        self._path, self._link_type = path, link_type
        self._fd: int | None = None

    def write(self, t_utc_ns: int, data: bytes) -> bool:
        """Write one frame whole, after a header where the reader is new; False when it went unread."""
        read = self._has_reader() and self._put(record(t_utc_ns, data))
        self.written += read
        self.unread += not read
        return read

    def widen(self, size_bytes: int) -> None:
        """Give the pipe more room than the system's 64 KiB; nothing where nobody reads."""
        if self._fd is not None:
            fcntl(self._fd, F_SETPIPE_SZ, size_bytes)

    def close(self) -> None:
        """Let the pipe go; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _has_reader(self) -> bool:
        if self._fd is not None:
            return True
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # ENXIO: nobody reads; ENOENT: the pipe is not made yet
            return False
        self.readers += 1
        return self._put(header(self._link_type))

    def _put(self, data: bytes) -> bool:
        """All or nothing: Linux writes up to PIPE_BUF (4096 bytes) in one piece."""
        try:
            return self._fd is not None and os.write(self._fd, data) == len(data)
        except BlockingIOError:
            return False
        except BrokenPipeError:
            self.close()
            return False
