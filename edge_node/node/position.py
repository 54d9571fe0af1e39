"""The node's own place, on its way from receiver to hub."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.blocks import GnssFix
from edge_node.messages import PositionFix


class PositionRelay:
    """Hands a fix on as it is: nothing is to be detected in it."""

    def step(self, block: GnssFix) -> Sequence[PositionFix]:
        """One fix in, one fix out."""
        return [
            PositionFix(
                t_mono_ns=block.t_mono_ns,
                has_fix=block.has_fix,
                t_utc_ns=block.t_utc_ns,
                pulse_mono_ns=block.pulse_mono_ns,
                latitude_deg=block.latitude_deg,
                longitude_deg=block.longitude_deg,
                altitude_wgs84_m=block.altitude_wgs84_m,
                sigma_horizontal_m=block.sigma_horizontal_m,
                quality=block.quality,
            )
        ]

    def words(self) -> str:
        """Nothing: the driver says how its fix is."""
        return ""
