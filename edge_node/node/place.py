"""Where the node itself is: told in its configuration, else by its own receiver."""

from __future__ import annotations

from edge_node.config import NodeTable
from edge_node.messages import PositionFix
from edge_node.publish.wire import Place

FIX_HELD_NS = 60_000_000_000


class OwnPlace:
    """A fixed place wins over a fix; a fix older than a minute is no place for a node that may have moved."""

    def __init__(self, node: NodeTable) -> None:
        self._fixed: Place | None = None
        if node.latitude_deg is not None and node.longitude_deg is not None:
            self._fixed = Place(
                source="fixed",
                latitude_deg=node.latitude_deg,
                longitude_deg=node.longitude_deg,
                altitude_wgs84_m=node.altitude_wgs84_m,
            )
        self._fix: PositionFix | None = None

    def hear(self, fix: PositionFix) -> None:
        """Take what a receiver says."""
        if fix.has_fix:
            self._fix = fix

    def now(self, t_mono_ns: int) -> Place | None:
        """The place, None where nobody knows."""
        fix = self._fix
        if self._fixed or fix is None or t_mono_ns - fix.t_mono_ns > FIX_HELD_NS:
            return self._fixed
        if fix.latitude_deg is None or fix.longitude_deg is None:
            return None
        return Place(
            source="gnss",
            latitude_deg=fix.latitude_deg,
            longitude_deg=fix.longitude_deg,
            altitude_wgs84_m=fix.altitude_wgs84_m,
            sigma_m=fix.sigma_horizontal_m,
        )
