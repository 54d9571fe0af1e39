"""The node's own place, on its way from receiver to hub."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import convert

from drivers.blocks import GnssFix
from edge_node.messages import PositionFix


class PositionRelay:
    """Hands a fix on as it is: nothing is to be detected in it."""

    def step(self, block: GnssFix) -> Sequence[PositionFix]:
        """One fix in, one fix out."""
        return [convert(block, PositionFix, from_attributes=True)]

    def words(self) -> str:
        """Nothing: the driver says how its fix is."""
        return ""
