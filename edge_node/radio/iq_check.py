"""A first look at a software radio within seconds: does it hear anything, is it clipped, starved of gain, or off the middle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drivers.blocks import IqBlock
from edge_node.messages import Finding, Grade

DEAD_DBFS = -90.0
"""A receiver's own noise moves the last bit of 8 (-48 dBFS) or of 12 (-72); below this nothing moves."""
STARVED_DBFS = -44.0
"""Of 8 bits: noise of 0.6 steps in either part, so that the last bit hardly moves and weak links are lost in it."""
CLIPPED_SHARE = 0.01
DC_SHARE = 0.3
"""Of the whole power; a zero-IF receiver that works has some hundredths at most."""


class IqCheck:
    """Takes blocks of one receiver; each centre is levelled for itself, and the quietest and the loudest are told."""

    def __init__(self) -> None:
        self.samples = 0
        self._clipped = 0.0
        self._sum, self._power = 0j, 0.0
        self._levels_dbfs: dict[float, float] = {}
        self._gain_db: float | None = None
        self._eight_bit = True

    def take(self, block: IqBlock) -> None:
        """Look at one block."""
        if not block.samples.size:
            return
        power = float(np.mean(np.square(block.samples.real, dtype=np.float64) + np.square(block.samples.imag, dtype=np.float64)))
        mean = complex(np.mean(block.samples, dtype=np.complex128))
        self.samples += block.samples.size
        self._clipped += block.clipped * block.samples.size
        self._sum += mean * block.samples.size
        self._power += power * block.samples.size
        self._levels_dbfs[block.center_hz or 0.0] = 10 * np.log10(max(power - abs(mean) ** 2, 1e-20))
        self._gain_db = block.gain_db
        steps = block.samples.real[:1024] * 128
        self._eight_bit &= bool(np.ptp(steps - np.rint(steps)) < 1e-3)

    def words(self) -> str:
        """Such as "-32 dBFS at 30 dB gain"."""
        if not self._levels_dbfs:
            return ""
        gain = "" if self._gain_db is None else f" at {self._gain_db:g} dB gain"
        low, high = min(self._levels_dbfs.values()), max(self._levels_dbfs.values())
        level = f"{low:.0f} dBFS" if high - low < 1 else f"{low:.0f} to {high:.0f} dBFS at {len(self._levels_dbfs)} places"
        return f"{level}{gain}"

    def findings(self, about: str) -> tuple[Finding, ...]:
        """What is wrong with it."""
        return tuple(self._wrong(about)) if self.samples else ()

    def _wrong(self, about: str) -> Iterator[Finding]:
        loudest = max(self._levels_dbfs.values())
        if loudest < DEAD_DBFS:
            yield _found(
                about, "sdr_silent", "fail", "its samples are all the same", "raise gain_db; unplug it for 5 s; else its tuner is dead"
            )
            return
        if (share := self._clipped / self.samples) > CLIPPED_SHARE:
            yield _found(
                about,
                "clipped",
                "warn",
                f"{share:.0%} of its samples are clipped",
                f"lower gain_db{self._gain()}, or add a filter for the strong station nearby",
            )
        dc = abs(self._sum / self.samples) ** 2 / max(self._power / self.samples, 1e-20)
        if dc > DC_SHARE:
            yield _found(
                about,
                "sdr_dc",
                "warn",
                f"{dc:.0%} of its power is a constant (DC)",
                "choose a center_hz beside the links; unplug it for 5 s",
            )
        elif self._eight_bit and loudest < STARVED_DBFS:
            yield _found(
                about,
                "sdr_starved",
                "warn",
                f"its noise hardly moves the last bit ({loudest:.0f} dBFS)",
                f"raise gain_db{self._gain()}; look at antenna and plug",
            )

    def _gain(self) -> str:
        return "" if self._gain_db is None else f" (now {self._gain_db:g})"


def _found(about: str, name: str, grade: Grade, words: str, touch: str) -> Finding:
    return Finding(about=about, name=name, grade=grade, words=words, touch=touch)
