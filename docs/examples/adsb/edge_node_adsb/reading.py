"""Bytes from a server, a URL or a file: bounded in size and in time."""

from __future__ import annotations

import socket
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured

MOST_BYTES = 16 << 20
"""Ten thousand aircraft of which all is said take a third of it."""
PATIENCE_S = 0.9
"""A worker says within a second that it lives."""
QUIET_S = 0.2
CHUNK = 65_536


class Feed:
    """A TCP connection to host:port; raises SourceAbsent where nobody answers."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        try:
            self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_S)
        except (ValueError, OverflowError):
            raise SourceMisconfigured(f"basestation = {address!r} must be host:port") from None
        except OSError as error:
            raise SourceAbsent(f"no BaseStation server answers at {address} ({error}): does readsb or dump1090 run with --net?") from error
        self._socket.settimeout(QUIET_S)

    def read(self) -> bytes | None:
        """What came, None where nothing did for a moment, and no bytes at the end; raises SourceLost."""
        try:
            return self._socket.recv(CHUNK)
        except TimeoutError:
            return None
        except OSError as error:
            raise SourceLost(f"the BaseStation server is gone ({error})") from error

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def read_whole(path: Path) -> bytes:
    """A file; raises OSError, also where it is larger than any aircraft.json."""
    with path.open("rb") as file:
        return _bounded(file.read(MOST_BYTES + 1))


def fetched(url: str) -> bytes:
    """What stands behind a URL, asked for without a proxy; raises OSError, also where it is too large or comes too slowly."""
    until_s = time.monotonic() + PATIENCE_S
    data = b""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=PATIENCE_S) as response:
            while len(data) <= MOST_BYTES and (chunk := response.read1(CHUNK)):
                data += chunk
                if time.monotonic() > until_s:
                    raise TimeoutError("it comes too slowly")
    except URLError as error:
        raise OSError(str(error.reason)) from error
    except (ValueError, HTTPException) as error:
        raise OSError(str(error)) from error
    return _bounded(data)


def _bounded(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES >> 20} MiB")
    return data
