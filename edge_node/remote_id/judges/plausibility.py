"""Claims that no aircraft of this class, and no operator of it, can make true."""

from __future__ import annotations

from math import hypot

from edge_node.remote_id.judges.heard import Heard, apart_m

# Visual line of sight ends within 1 km, radio control within 15 km.
OPERATOR_FAR_M, OPERATOR_ABSURD_M = 15_000.0, 100_000.0
# Within this no distance needs to be worked out.
OPERATOR_NEAR_DEG = 0.1
# Nobody flies where the Greenwich meridian meets the equator; a receiver without a fix, and a program without one, say so.
NULL_ISLAND_DEG = 0.01
MOST_MPS, MOST_CLIMB_MPS = 100.0, 50.0
ALTITUDES_M = (-500.0, 10_000.0)
MOST_HEIGHT_M = 5_000.0
IMPLAUSIBLE_FIXES = 3


class Plausibility:
    """Operator, place, altitude and speed, each against what can be."""

    __slots__ = ("_altitudes", "_speeds", "_zeros")

    def __init__(self) -> None:
        self._altitudes = self._speeds = self._zeros = 0

    def hear(self, heard: Heard) -> None:
        """Judge one fix by itself, and the operator by it."""
        flight = heard.flight
        fix = flight.fix
        if fix is None or not (heard.fresh or heard.said.operator_latitude_deg is not None):
            return
        if flight.operator is not None:
            near = abs(flight.operator[0] - fix.place[0]) + abs(flight.operator[1] - fix.place[1]) < OPERATOR_NEAR_DEG
            away_m = 0.0 if near else apart_m(flight.operator, fix.place)
            if away_m > OPERATOR_FAR_M:
                score = 0.9 if away_m > OPERATOR_ABSURD_M else 0.6
                heard.suspect("operator_far", score, f"the operator is said to be {away_m / 1e3:.0f} km from the aircraft")
        if heard.fresh:
            self._place(heard)
            self._altitude(heard)
            self._speed(heard)

    def _place(self, heard: Heard) -> None:
        fix = heard.flight.fix
        if fix and abs(fix.place[0]) < NULL_ISLAND_DEG and abs(fix.place[1]) < NULL_ISLAND_DEG:
            self._zeros += 1
            if self._zeros >= IMPLAUSIBLE_FIXES:
                heard.suspect("position_implausible", 0.6, f"at {fix.place[0]:.4f} {fix.place[1]:.4f}, off the coast of Africa")

    def _altitude(self, heard: Heard) -> None:
        said = heard.said
        altitudes = [altitude for altitude in (said.altitude_wgs84_m, said.altitude_baro_m) if altitude is not None]
        high = said.height_m is not None and abs(said.height_m) > MOST_HEIGHT_M
        if not high and all(ALTITUDES_M[0] <= altitude <= ALTITUDES_M[1] for altitude in altitudes):
            return
        self._altitudes += 1
        if self._altitudes >= IMPLAUSIBLE_FIXES:
            words = f"altitude {max(altitudes, key=abs):.0f} m" if altitudes and not high else f"height {said.height_m:.0f} m"
            heard.suspect("altitude_implausible", 0.6, f"{words}, {self._altitudes} fixes long")

    def _speed(self, heard: Heard) -> None:
        fix = heard.flight.fix
        if fix is None:
            return
        speed_mps, climb_mps = fix.speed_mps or 0.0, fix.climb_mps or 0.0
        if speed_mps <= MOST_MPS and abs(climb_mps) <= MOST_CLIMB_MPS:
            return
        self._speeds += 1
        if self._speeds >= IMPLAUSIBLE_FIXES:
            words = f"{hypot(speed_mps, climb_mps):.0f} m/s, {self._speeds} fixes long"
            heard.suspect("speed_implausible", 0.6, words)
