"""The contract of a detector: a pure step, block in, messages out; time comes with the block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from drivers.blocks import AnyBlock
from edge_node.messages import BusMessage


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
