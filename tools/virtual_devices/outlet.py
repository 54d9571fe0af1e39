"""Where simulated sound goes: a sound card of ALSA's file plugin, or a WAV in a named pipe."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from ctypes.util import find_library
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tools.simulate.alsa_fifo import ALSA_CONF, VirtualArray
from tools.simulate.propagation import Sound
from tools.simulate.wav_pipe import WavPipe

KEEPS_S = 0.5
"""What waits longer in a card is dropped at once: whoever waits for room falls behind, and then plays faster than time goes by."""
FULL_SCALE = {"int16": 1 << 15, "int32": 1 << 31}


class Outlet(Protocol):
    """Takes pieces of `piece_frames` frames (n, channels), full scale 1.0, as time goes by from `start` on; the next begins at `due_s`."""

    piece_frames: int
    due_s: float

    def start(self, at_s: float) -> None:
        """The first frame is of that monotonic time."""

    def play(self, piece: Sound, *, silent: bool = False) -> None:
        """Hand over one piece when it has passed; a silent one passes all the same."""

    def unplug(self) -> None:
        """Be gone; may be done twice."""

    def replug(self) -> None:
        """Be there again."""


class Card:
    """A sound card; whoever opens it needs its `environment`."""

    def __init__(self, folder: Path, name: str, channels: int, rate_hz: int, bits: int) -> None:
        self._card = VirtualArray(folder, name, channels, rate_hz)
        self._card.sample_type = np.dtype("int16" if bits == 16 else "int32")
        self._card.keeps_s, self.due_s = KEEPS_S, 0.0
        self._plugged, self._lock = True, Lock()
        self.piece_frames = self._card.period_frames
        self.environment = {"ALSA_CONFIG_PATH": self._card.environment["ALSA_CONFIG_PATH"]}

    def start(self, at_s: float) -> None:
        self.due_s = self._card.due_s = at_s

    def play(self, piece: Sound, *, silent: bool = False) -> None:
        with self._lock:
            if silent or not self._plugged:
                self._card.pass_time(len(piece))
            else:
                self._card.write(_whole(piece, self._card.sample_type))
            self.due_s = self._card.due_s

    def unplug(self) -> None:
        with self._lock:
            self._plugged = False
            self._card.unplug()

    def replug(self) -> None:
        with self._lock:
            self._card.replug()
            self._plugged = True


class Pipe:
    """A named pipe at `path`."""

    def __init__(self, path: Path, channels: int, rate_hz: int) -> None:
        self.path, self._channels, self._rate_hz = path, channels, rate_hz
        self.piece_frames = rate_hz // 20
        self.due_s = 0.0
        self._out: WavPipe | None = None
        self._lock = Lock()
        self.replug()

    def start(self, at_s: float) -> None:
        self.due_s = at_s

    def play(self, piece: Sound, *, silent: bool = False) -> None:
        self.due_s += len(piece) / self._rate_hz
        time.sleep(max(0.0, self.due_s - time.monotonic()))
        with self._lock:
            if self._out is not None and not silent:
                self._out.write(piece)

    def unplug(self) -> None:
        with self._lock:
            out, self._out = self._out, None
        if out is not None:
            out.close()
            with suppress(FileNotFoundError):
                self.path.unlink()

    def replug(self) -> None:
        if self._out is None:
            os.mkfifo(self.path)
            self._out = WavPipe(self.path, self._channels, self._rate_hz)


def why_no_card() -> str:
    """What is missing for a virtual sound card, in words; empty where nothing is."""
    if not ALSA_CONF.is_file():
        return f"no {ALSA_CONF} (libasound2-data)"
    missing = [name for name in ("portaudio", "asound") if find_library(name) is None]
    return f"no lib{missing[0]}" if missing else ""


def _whole(piece: Sound, kind: np.dtype[Any]) -> NDArray[Any]:
    full = FULL_SCALE[kind.name]
    return np.clip(np.rint(piece.astype(np.float64) * full), -full, full - 1).astype(kind)
