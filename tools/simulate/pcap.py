"""Radio frames as pcap: into a file at once, or into a named pipe whose reader comes and goes."""

from __future__ import annotations

import os
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from struct import pack

from tools.simulate.named_pipe import NamedPipe


def header(link_type: int) -> bytes:
    """What a little-endian pcap of microseconds starts with (draft-ietf-opsawg-pcap)."""
    return pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link_type)


def record(t_utc_ns: int, data: bytes) -> bytes:
    """One frame, stamped in UTC."""
    seconds, rest_ns = divmod(t_utc_ns, 1_000_000_000)
    return pack("<IIII", seconds, rest_ns // 1_000, len(data), len(data)) + data


class PcapPipe(NamedPipe):
    """A named pipe, written without ever waiting: as with a radio, what nobody reads in time is gone.

    A reader that goes and another that comes between the same two frames cannot be told apart: that one gets no header.
    """

    def __init__(self, path: Path, link_type: int) -> None:
        super().__init__(path)
        self._link_type = link_type

    def write(self, t_utc_ns: int, data: bytes) -> bool:
        """Write one frame whole, after a header where the reader is new; False when it went unread."""
        return self._count(self._has_reader() and self._put(record(t_utc_ns, data)))

    def widen(self, size_bytes: int) -> None:
        """Give the pipe more room than the system's 64 KiB; nothing where nobody reads."""
        if self._fd is not None:
            fcntl(self._fd, F_SETPIPE_SZ, size_bytes)

    def _greet(self) -> bool:
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
