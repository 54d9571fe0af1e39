"""Sound whose every sample tells its frame and channel, and the real driver listening to it in a process of its own.

`python -m tools.simulate.counted_sound OPTIONS BLOCKS` says a line each: "open", then null for a silence or
[sequence, lost, t_mono_ns, first counted frame, whether all samples are as counted], then how it ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AudioBlock
from drivers.mic_array import MicArray
from drivers.microphone_arrays import read_array
from drivers.source import SourceError
from tools.simulate.alsa_fifo import VirtualArray

PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 65, 1
STEP = 1_000
OPEN_WITHIN_S = 30.0


class Heard(NamedTuple):
    """What one block held."""

    sequence: int
    lost: int
    t_mono_ns: int
    counted: int
    exact: bool


def counted(first: int, frames: int, channels: NDArray[np.intp], bits: int) -> NDArray[np.int64]:
    """Integers below the full scale of so many bits, (frames, channels)."""
    return (np.arange(first, first + frames)[:, None] + STEP * channels[None, :]) % (1 << (bits - 1))


def play(card: VirtualArray, first: int, periods: int = 1) -> int:
    """Play so many periods of counted frames as time goes by; returns the frame that follows."""
    bits = 16 if card.sample_type == np.int16 else 24
    for _ in range(periods):
        samples = counted(first, card.period_frames, np.arange(card.channels), bits)
        card.write((samples << (0 if bits == 16 else 8)).astype(card.sample_type))
        first += card.period_frames
    return first


class Listener:
    """A process that listens to the card with the real driver: its `blocks` so far, and how it came to its `end`."""

    def __init__(self, card: VirtualArray, most: int, options: dict[str, Any]) -> None:
        call = [sys.executable, "-m", "tools.simulate.counted_sound", json.dumps({"device": card.name} | options), str(most)]
        self.blocks: list[Heard] = []
        self.end: dict[str, Any] = {}
        self.opened, self.over = Event(), Event()
        self._child = subprocess.Popen(call, env=card.environment, stdout=subprocess.PIPE, text=True)
        self.pid = self._child.pid
        self._thread = Thread(target=self._hear)
        self._thread.start()

    def close(self) -> None:
        """End it, if it has not ended."""
        self._child.kill()
        self._thread.join()
        self._child.communicate()

    def cpu_s(self) -> float:
        """What it has spent so far (proc(5): stat, fields 14 and 15)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _hear(self) -> None:
        for line in self._child.stdout or ():
            match json.loads(line):
                case "open":
                    self.opened.set()
                case list() as block:
                    self.blocks.append(Heard(*block))
                case dict() as end:
                    self.end = end
        self._child.wait()
        self.opened.set()
        self.over.set()


@contextmanager
def listening(card: VirtualArray, most: int = 1_000_000, **options: Any) -> Iterator[Listener]:
    """A process that listens until it has had so many blocks, its device fails, or the caller is done; raises TimeoutError."""
    made = Listener(card, most, options)
    try:
        if not made.opened.wait(OPEN_WITHIN_S):
            raise TimeoutError(f"the driver did not open {card.name}")
        yield made
    finally:
        made.close()


def main() -> None:
    """Listen as hardened as the unit is, where the kernel can."""
    options, most = json.loads(sys.argv[1]), int(sys.argv[2])
    ctypes.CDLL(None).prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
    kind, source, error = read_array(options["array"]), MicArray(**options), ""
    bits, channels = 16 if kind.bits == 16 else 24, np.array(kind.channel_order)
    try:
        with source:
            _say("open")
            for block in islice(source.blocks(), most):
                _say(None if block is None else _heard(block, bits, channels))
    except SourceError as what:
        error = f"{type(what).__name__}: {what}"
    _say({"error": error, "words": source.words(), "rate_ppm": source.rate_ppm})


def _heard(block: AudioBlock, bits: int, channels: NDArray[np.intp]) -> Heard:
    scale = float(1 << (bits - 1))
    first = int(block.samples[0, 0] * scale - STEP * channels[0]) % (1 << (bits - 1))
    exact = (counted(first, len(block.samples), channels, bits) / scale == block.samples).all()
    return Heard(block.sequence, block.lost, block.t_mono_ns, first, bool(exact))


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
