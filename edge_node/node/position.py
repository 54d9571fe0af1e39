"""The node's own place and how its vehicle stands, on their way from device to hub."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import convert

from drivers.blocks import Attitude, GnssFix
from edge_node.messages import AttitudeFix, PositionFix


class PositionRelay:
    """Hands a fix on as it is: nothing is to be detected in it."""

    def step(self, block: GnssFix) -> Sequence[PositionFix]:
        """One fix in, one fix out."""
        return [convert(block, PositionFix, from_attributes=True)]

    def words(self) -> str:
        """Nothing: the driver says how its fix is."""
        return ""


class AttitudeRelay:
    """Hands an attitude on as it is."""

    def step(self, block: Attitude) -> Sequence[AttitudeFix]:
        """One attitude in, one out."""
        return [convert(block, AttitudeFix, from_attributes=True)]

    def words(self) -> str:
        """Nothing: the driver says how the vehicle stands."""
        return ""
