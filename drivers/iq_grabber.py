"""What every way to read a software radio shares: the contract of what holds the device in the reader's process."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from drivers.iq_line import Tuned

Put = Callable[..., None]
"""Takes whole samples as bytes, when they came (monotonic, ns), and `overflowed` where the device says that it dropped some before."""


class Tuning(NamedTuple):
    """What is asked of a device."""

    center_hz: float
    rate_hz: float
    gain_db: float


class IqGrabber(Protocol):
    """One open device. It is made by a callable that takes a Request, and raises SourceAbsent or SourceMisconfigured."""

    def words(self) -> str:
        """What it is and what is odd about it."""

    def tune(self, tuning: Tuning) -> Tuned:
        """Tune before `run`, or meanwhile from another thread; as it stands then; raises SourceMisconfigured where it cannot."""

    def run(self, put: Put) -> None:
        """Hand over what comes until the device is gone; raises SourceLost."""
