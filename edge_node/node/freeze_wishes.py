"""Who on the spot wants the last seconds kept: `edge-node freeze`, by a file in the run folder, and a button."""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from edge_node.node.freeze_order import ASKED, MOST_BYTES, FreezeAsked, put

TOLD = "freeze-told.json"
OLDEST_NS = 10_000_000_000
EVENT = struct.Struct("@llHHi")
"""input_event of linux/input.h: seconds, microseconds, type, code, value."""
EV_KEY, PRESSED = 1, 1
AGAIN_NS = 5_000_000_000
MOST_EVENTS = 64


class FreezeTold(Struct, frozen=True):
    """What became of what was asked under this id."""

    id: str
    kept: bool
    words: str


class AskedFreeze:
    """The hub's side of `edge-node freeze`."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir

    def look(self, now_ns: int) -> FreezeAsked | None:
        """What is asked now; each is told once, and what an earlier hub was asked never."""
        path = self._run_dir / ASKED
        try:
            with path.open("rb") as file:
                asked = msgspec.json.decode(file.read(MOST_BYTES), type=FreezeAsked)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            asked = None
        with suppress(OSError):  # a run folder that cannot be written gives no answer either
            path.unlink()
        return asked if asked is not None and 0 <= now_ns - asked.t_mono_ns <= OLDEST_NS else None

    def answer(self, asked: FreezeAsked, kept: bool, words: str) -> None:
        """Tell who asked; raises OSError."""
        put(self._run_dir / TOLD, FreezeTold(asked.id, kept, words))


class Button:
    """A key of an input device (gpio-keys, or any other); one that is not there is looked for again."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._handle: int | None = None
        self._tried_ns: int | None = None
        self.problem = ""

    def pressed(self, now_ns: int) -> bool:
        """Whether any key of it was pressed since."""
        if self._path is None or (self._handle is None and not self._open(self._path, now_ns)):
            return False
        try:
            events = os.read(self._handle or 0, MOST_EVENTS * EVENT.size)
        except BlockingIOError:
            return False
        except OSError as error:
            self._lose(error)
            return False
        whole = events[: len(events) - len(events) % EVENT.size]
        return any((kind, value) == (EV_KEY, PRESSED) for _, _, kind, _, value in EVENT.iter_unpack(whole))

    def close(self) -> None:
        """Let it go."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _open(self, path: Path, now_ns: int) -> bool:
        if self._tried_ns is not None and now_ns - self._tried_ns < AGAIN_NS:
            return False
        self._tried_ns = now_ns
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            self._lose(error)
            return False
        self.problem = ""
        return True

    def _lose(self, error: OSError) -> None:
        self.close()
        self.problem = f"the button {self._path} cannot be read: {error.strerror or error}"
