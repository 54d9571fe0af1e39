"""The contract of a detector: a pure step, block in, messages out; time comes with the block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from drivers.blocks import AnyBlock
from edge_node.messages import BusMessage, Coverage


class Detector(Protocol):
    """Keeps bounded state, raises nothing for anything that came off the air, knows no clock, bus or file."""

    def step(self, block: AnyBlock) -> Sequence[BusMessage]:
        """What this block holds; mostly nothing."""

    def words(self) -> str:
        """Say in a few words what was found so far, for the status."""


@runtime_checkable
class Finishing(Protocol):
    """A detector that holds on to what may go on in the next block."""

    def finish(self) -> Sequence[BusMessage]:
        """What can be told of it, as no more blocks come."""


@runtime_checkable
class Covering(Protocol):
    """A detector that knows what its sensor would sense now."""

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """Asked about once a second, at a block or while its source lives and has none; None where nobody can tell."""


@runtime_checkable
class Ailing(Protocol):
    """A detector that knows when something is wrong with its sensor, though it runs."""

    @property
    def problem(self) -> str:
        """What a person should mend, empty where nothing; it makes the node's verdict amber as long as it is said."""


@runtime_checkable
class Telling(Protocol):
    """A detector that tells what is wrong with its sensor by stable names; it need not have a `problem`."""

    def findings(self) -> Sequence[tuple[str, str]]:
        """Names of field.health_names, each with a sentence such as "channel 3 is silent: look at its plug"."""


@runtime_checkable
class Levelled(Protocol):
    """A detector that knows how strong the noise of its sensor is."""

    def levels(self) -> Mapping[str, float]:
        """In dB, of now, by what it is the level of: "spectrum 2437 MHz"; a level that nobody knows now is left out."""
