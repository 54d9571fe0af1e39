"""The contract of a driver, and what can go wrong with a device, by what the caller can do about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from drivers.blocks import AnyBlock


class SourceError(Exception):
    """A device cannot be used; the text says what is wrong and what to do."""


class SourceAbsent(SourceError):
    """The device is not there: wait for the plug."""


class SourceLost(SourceError):
    """The device was there and went away: open it again."""


class SourceStalled(SourceError):
    """The device is there and says nothing: end the process that holds it."""


class SourceMisconfigured(SourceError):
    """The device can never work with these options: say so and stop."""


class LibraryMissing(SourceMisconfigured):
    """A library that the driver needs cannot be loaded: wait until it is installed."""


class Source(ABC):
    """One device. Its constructor takes the options of its sensor table as keywords and touches no hardware."""

    @abstractmethod
    def open(self) -> None:
        """Take the device; raises SourceAbsent or SourceMisconfigured."""

    @abstractmethod
    def blocks(self) -> Iterator[AnyBlock | None]:
        """Yield blocks as they come, and None at least once a second while the device lives but is silent.

        Ends when a recording ends; raises SourceLost or SourceStalled.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the device back; may be called at any time, and twice."""

    def found(self) -> None:
        """Learn that the newest block held what is looked for: who moves about stays there a while."""
        return

    @property
    def declared_hz(self) -> float | None:
        """How many pictures a second it shall hand over; None where that is not said, or its blocks say it themselves."""
        return None

    def words(self) -> str:
        """Say in a few words what the device is doing, for the status; empty when there is nothing to add."""
        return ""

    def limits(self) -> tuple[str, ...]:
        """What this device refuses to do that others of its kind do, each in words; empty where nothing, or while it is closed."""
        return ()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
