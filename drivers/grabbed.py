"""What every way to grab pictures shares: a picture with what its device says of it, and the contract of a grabber."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8] | NDArray[np.uint16]
"""Grey, (rows, columns), row 0 at the top."""

Raw = NDArray[Any]
"""What OpenCV hands over."""

Request = dict[str, Any]
"""What a reader is asked for, as plain values: see drivers.camera."""


class Grabbed(NamedTuple):
    """One picture (rows, columns), when it came, the device's own time and count of it where it has them, and what else it says.

    `by_our_clock` says that the time is of this machine's monotonic clock, as the kernel told it. `kelvin_per_count` is 0 where the device
    says that its counts are no temperatures, None where it says nothing.
    """

    picture: Picture
    arrival_ns: int
    device_ns: int | None = None
    counter: int | None = None
    shutter: bool = False
    kelvin_per_count: float | None = None
    by_our_clock: bool = False


class Grabber(Protocol):
    """One open device. It is made by a callable that takes a Request, and raises SourceAbsent or SourceMisconfigured."""

    def words(self) -> str:
        """What it is and what is odd about it."""

    def grab(self) -> Grabbed | None:
        """Wait for the next picture; None for one that came damaged; raises SourceLost."""
