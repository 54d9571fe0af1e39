"""The ground that bodies are told in: east, north and up metres about where the node stood when it first knew its place."""

from __future__ import annotations

import numpy as np

from edge_node.fusion.embodied import UNSAID_SIGMA_M, Standpoint
from edge_node.fusion.filter.models import Array
from edge_node.geometry import LocalFrame

MOST_OFF_M = 3_000.0
"""From here on a node that has moved begins a new ground: on the old one, up would lean by a thirtieth of a degree."""


class Ground:
    """Before anybody knows the place, the node is in its middle, and places on Earth mean nothing."""

    def __init__(self) -> None:
        self.frame: LocalFrame | None = None
        self.here: Array = np.zeros(3)
        self.sigma_m = UNSAID_SIGMA_M
        self.knows_altitude = False

    def stand(self, place: Standpoint) -> Array | None:
        """Note where the node is; on a new ground by how much (3) all that stands on the old one is moved."""
        before, knew = self.here, self.knows_altitude
        self.sigma_m = UNSAID_SIGMA_M if place.sigma_m is None else place.sigma_m
        self.knows_altitude = place.altitude_wgs84_m is not None
        where = place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0
        if self.frame is None:
            self.frame = LocalFrame(*where)
            return None
        self.here = np.array(self.frame.to_enu(*where))
        if knew == self.knows_altitude and float(np.linalg.norm(self.here)) <= MOST_OFF_M:
            return None
        moved = -self.here if knew == self.knows_altitude else -before
        self.frame, self.here = LocalFrame(*where), np.zeros(3)
        return moved

    def enu(self, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float | None) -> tuple[float, float, float]:
        """East, north and up of a place, as high as the ground's own where its altitude is None; raises ValueError on no ground."""
        if self.frame is None:
            raise ValueError("places on Earth mean nothing before the node's own is known")
        return self.frame.to_enu(latitude_deg, longitude_deg, self.frame.altitude_wgs84_m if altitude_wgs84_m is None else altitude_wgs84_m)
