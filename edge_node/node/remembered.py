"""What a sensor learnt of the place, kept in state_dir over restarts; a disk that hangs holds up nobody."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from types import TracebackType

import msgspec

from edge_node import private_file
from edge_node.field.sensor_health import Memory
from edge_node.node.aside import Aside

FOLDER = "noise"
EVERY_NS = 600_000_000_000
"""A card lives long with one small file in ten minutes."""
MOST_BYTES = 4 << 20
END_WITHIN_S, AGAIN_S = 1.0, 0.02
log = logging.getLogger("edge_node.worker")


class Remembered:
    """One file for each sensor; delete it where the sensor stands elsewhere now."""

    def __init__(self, state_dir: Path, sensor: str, now_ns: int) -> None:
        self._path = state_dir / FOLDER / f"{sensor}.json"
        self._aside: Aside[None] = Aside("remember")
        self._kept_ns = now_ns
        self.memory = self._read()

    def _read(self) -> Memory:
        """Anew where there is none or it is broken."""
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(MOST_BYTES), type=Memory)
        except FileNotFoundError:
            return Memory()
        except (OSError, msgspec.DecodeError, UnicodeError) as error:
            log.warning("what was learnt of the noise here, in %s, cannot be read and is learnt anew: %s", self._path, error)
            return Memory()

    def keep(self, now_ns: int) -> None:
        """Write it down when that is due."""
        if now_ns - self._kept_ns >= EVERY_NS:
            self._write(now_ns)

    def __enter__(self) -> Remembered:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write it down a last time; a disk that hangs is not waited for."""
        ends_s = time.monotonic() + END_WITHIN_S
        while not self._write(0):
            if time.monotonic() > ends_s:
                return
            time.sleep(AGAIN_S)
        self._aside.close(END_WITHIN_S)

    def _write(self, now_ns: int) -> bool:
        data = msgspec.json.encode(self.memory).decode()
        if not self._aside.do(lambda: private_file.replace(self._path, data)):
            return False
        self._kept_ns = now_ns
        return True
