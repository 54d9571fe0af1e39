"""A serial port, taken for this process alone, with its troubles in words."""

from __future__ import annotations

import errno
import os
import select

import serial

from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured

CHUNK_BYTES = 4_096
WRITE_WITHIN_S = 0.5


class SerialPort:
    """Opens at once; raises SourceAbsent or SourceMisconfigured."""

    def __init__(self, path: str, baud: int, *, rtscts: bool = False) -> None:
        self.path = path
        self._link: serial.Serial | None = _open(path, baud, rtscts=rtscts)

    @property
    def closed(self) -> bool:
        """Whether it was given back."""
        return self._link is None

    def fileno(self) -> int:
        """For a poll; raises ValueError when it was given back."""
        if self._link is None:
            raise ValueError(f"{self.path} is closed")
        return int(self._link.fileno())

    def read(self, wait_s: float) -> bytes:
        """What came, at once; empty when nothing came for `wait_s` or the port was closed; raises SourceLost."""
        return b"" if self._link is None else read_some(self._link.fileno(), wait_s, self.path)

    def write(self, data: bytes) -> None:
        """Send; what the device does not take is dropped, and shows as an answer that never comes; raises SourceLost."""
        if self._link is None:
            return
        try:
            self._link.write(data)
        except serial.SerialTimeoutException:
            return
        except serial.SerialException as error:
            raise SourceLost(f"{self.path} is gone: {error}") from error

    def close(self) -> None:
        """Give the port back; may be called twice."""
        link, self._link = self._link, None
        if link is not None:
            link.close()


def read_some(fd: int, wait_s: float, name: str) -> bytes:
    """What came on a port or socket, at once; empty when nothing came for `wait_s`; raises SourceLost."""
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    if not waiting.poll(wait_s * 1e3):
        return b""
    try:
        chunk = os.read(fd, CHUNK_BYTES)
    except BlockingIOError:
        return b""
    except OSError as error:
        raise SourceLost(f"{name} is gone: {error.strerror}") from error
    if not chunk:
        raise SourceLost(f"{name} is gone")
    return chunk


def _open(path: str, baud: int, *, rtscts: bool) -> serial.Serial:
    try:
        return serial.Serial(path, baud, timeout=0, write_timeout=WRITE_WITHIN_S, rtscts=rtscts, exclusive=True)
    except serial.SerialException as error:
        cause = getattr(error.__context__, "args", ()) or (None,)
        raise open_error(path, error.errno or cause[0]) from error
    except (ValueError, OSError) as error:
        raise SourceMisconfigured(f"{path} cannot be set to {baud} baud: {error}") from error


def open_error(path: str, number: int | None) -> SourceAbsent | SourceMisconfigured:
    """What an errno at opening means, and what to do."""
    match number:
        case errno.EACCES | errno.EPERM:
            return SourceMisconfigured(f"{path} may not be opened: add this user to the group dialout (usermod -aG dialout USER)")
        case errno.ENOTTY | errno.EINVAL | errno.EISDIR:
            return SourceMisconfigured(f"{path} is no serial port")
        case errno.EAGAIN | errno.EBUSY:
            return SourceAbsent(f"another program holds {path}: gpsd (name it in place of port), ModemManager, or a second [[sensor]]?")
        case _:
            return SourceAbsent(f"there is no {path}: is it plugged in?")
