"""Aircraft in, positions out: what each most likely is, and how well its place is known (DO-260B)."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

from edge_node.messages import PositionDetection, TargetId, TargetIdKind
from edge_node_adsb.aircraft import Aircraft, AircraftSeen

SURE = 0.95
"""ADS-B is not signed: whoever sends may lie, and transponders are set up wrongly."""
AEROPLANE, HELICOPTER, BALLOON, VEHICLE = ({label: SURE} for label in ("aeroplane", "helicopter", "balloon", "vehicle"))
DRONE = {"multirotor": SURE / 2, "fixed_wing": SURE / 2}
UNSAID = {"aeroplane": 0.8, "helicopter": 0.1}
"""Of what tells no category, and of all that comes by BaseStation, which leaves it out."""
CATEGORIES = {
    **dict.fromkeys(("A1", "A2", "A3", "A4", "A5", "A6", "B1", "B4"), AEROPLANE),  # B1 gliders, B4 ultralights
    **dict.fromkeys(("C1", "C2"), VEHICLE),
    "A7": HELICOPTER,
    "B2": BALLOON,
    "B6": DRONE,
}
"""The others are parachutists, spacecraft and obstacles: unknown."""
# 95 % bounds in metres and m/s, by category; unsaid counts as the worst that surveillance services still use.
NAC_P_M = {11: 3.0, 10: 10.0, 9: 30.0, 8: 92.6, 7: 185.2, 6: 555.6, 5: 926.0, 4: 1852.0, 3: 3704.0, 2: 7408.0, 1: 18_520.0}
NAC_V_MPS = {4: 0.3, 3: 1.0, 2: 3.0, 1: 10.0}
GVA_M = {2: 45.0, 1: 150.0}
UNSAID_M, UNSAID_MPS, UNSAID_UP_M = 185.2, 10.0, 150.0
SIGMAS_IN_95_HORIZONTAL, SIGMAS_IN_95_VERTICAL = 2.45, 1.96


class AdsbDetector:
    """Pure: time comes with the block."""

    def step(self, block: AircraftSeen) -> Sequence[PositionDetection]:
        """A detection an aircraft."""
        return [position(one) for one in block.aircraft]

    def words(self) -> str:
        """Say nothing: the driver tells how many there are."""
        return ""


def position(one: Aircraft) -> PositionDetection:
    """One aircraft in the words that any sensor may use."""
    east, north = _velocity(one.speed_mps, one.track_deg)
    return PositionDetection(
        t_mono_ns=one.t_mono_ns,
        ids=_ids(one),
        probabilities=UNSAID if one.category in (None, "A0", "B0", "C0") else CATEGORIES.get(one.category or "", {}),
        cooperative=not one.by_radar,
        category=one.category,
        latitude_deg=one.latitude_deg,
        longitude_deg=one.longitude_deg,
        sigma_horizontal_m=NAC_P_M.get(one.nac_p or 0, UNSAID_M) / SIGMAS_IN_95_HORIZONTAL,
        altitude_wgs84_m=one.altitude_wgs84_m,
        sigma_vertical_m=GVA_M.get(one.gva or 0, UNSAID_UP_M) / SIGMAS_IN_95_VERTICAL,
        altitude_baro_m=one.altitude_baro_m,
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=one.climb_mps,
        sigma_velocity_mps=NAC_V_MPS.get(one.nac_v or 0, UNSAID_MPS) / SIGMAS_IN_95_HORIZONTAL,
        on_ground=one.on_ground,
    )


def _ids(one: Aircraft) -> tuple[TargetId, ...]:
    kind: TargetIdKind = "other_address" if one.address.startswith("~") else "icao_address"
    address = TargetId(kind, one.address.removeprefix("~"))
    return (address, TargetId("callsign", one.callsign)) if one.callsign else (address,)


def _velocity(speed_mps: float | None, track_deg: float | None) -> tuple[float | None, float | None]:
    if speed_mps is None or track_deg is None:
        return None, None
    return speed_mps * sin(radians(track_deg)), speed_mps * cos(radians(track_deg))
