"""`python -m tests.drivers.listen OPTIONS BLOCKS`: the real driver in a process of its own; says each block, and how it ended.

A line each: "open", then null for a silence or [sequence, lost, t_mono_ns, first counted frame, whether all samples
are as counted], then how it ended.
"""

from __future__ import annotations

import ctypes
import json
import sys
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AudioBlock
from drivers.mic_array import MicArray
from drivers.source import SourceError

PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 65, 1
STEP = 1_000


def counted(first: int, frames: int, channels: NDArray[Any], bits: int) -> NDArray[Any]:
    """Samples that tell which frame and channel they are, (frames, channels): integers below full scale of so many bits."""
    return (np.arange(first, first + frames)[:, None] + STEP * channels[None, :]) % (1 << (bits - 1))


def _line(block: AudioBlock, bits: int, channels: NDArray[Any]) -> list[Any]:
    values = np.round(block.samples.astype(np.float64) * (1 << (bits - 1))).astype(np.int64)
    first = int(values[0, 0] - STEP * channels[0]) % (1 << (bits - 1))
    exact = (counted(first, len(values), channels, bits) * 2.0 ** (1 - bits) == block.samples).all()
    return [block.sequence, block.lost, block.t_mono_ns, first, bool(exact)]


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Listen to so many blocks, as hardened as the unit where the kernel can."""
    options, most = json.loads(sys.argv[1]), int(sys.argv[2])
    hardened = ctypes.CDLL(None).prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0
    error, source = "", MicArray(**options)
    bits = 16 if source._kind.bits == 16 else 24
    channels = np.array(source._kind.channel_order)
    try:
        with source:
            _say("open")
            for block in islice(source.blocks(), most):
                _say(None if block is None else _line(block, bits, channels))
    except SourceError as what:
        error = f"{type(what).__name__}: {what}"
    _say({"error": error, "words": source.words(), "hardened": hardened})


if __name__ == "__main__":
    main()
