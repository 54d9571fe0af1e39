"""What tests of software radios share: samples that hold their own number."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import IqBlock
from drivers.iq_source import IqSource

DEADLINE_S = 40.0
NUMBERS = 1 << 16


def samples_of(source: IqSource, most: int | None = None) -> Iterator[IqBlock]:
    """What an open radio gives, without its silences."""
    return islice((block for block in source.blocks() if block is not None), most)


def until(source: IqSource, holds: Callable[[IqBlock], bool]) -> list[IqBlock]:
    """All blocks up to the first of which this holds; fails where none comes."""
    found = []
    until_s = time.monotonic() + DEADLINE_S
    for block in source.blocks():
        assert time.monotonic() < until_s, f"never came; {len(found)} blocks did; {source.words()}"
        if block is not None:
            found.append(block)
            if holds(block):
                break
    return found


def numbers_of(block: IqBlock) -> NDArray[np.int64]:
    """The numbers that samples of tools.simulate.rtl_tcp_server.counted hold, of 16 bits."""
    parts = np.rint(block.samples.view(np.float32) * 128 + 127.4).astype(np.uint8)
    return parts.view("<u2").astype(np.int64)


def is_whole(block: IqBlock) -> bool:
    """Whether no sample is missing within it."""
    return bool((np.diff(numbers_of(block)) % NUMBERS == 1).all())


def assert_counted(blocks: list[IqBlock]) -> None:
    """Each block begins where the one before ended, with what was lost."""
    for before, after in pairwise(blocks):
        if not after.tuned_anew:
            assert after.sequence == before.sequence + len(before.samples) + after.lost
        assert after.t_mono_ns > before.t_mono_ns


class FakeDongle(NamedTuple):
    """Two files of tests/drivers/fake_librtlsdr.c: what it was told, and what is to happen to it."""

    log: Path
    fate: Path

    def told(self) -> list[str]:
        """Each setting in turn, such as "rtlsdr_set_agc_mode 0"."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def meet(self, fate: str) -> None:
        """Let it be unplugged ("unplug"), hang ("stall") or lose samples ("drop 1000")."""
        fresh = self.fate.with_suffix(".new")
        fresh.write_text(fate)
        fresh.replace(self.fate)
