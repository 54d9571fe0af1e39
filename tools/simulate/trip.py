"""A vehicle's trip: round a block and round again, with corners that it eases into as a driver does."""

from __future__ import annotations

from math import cos, pi, radians, sin

from msgspec import Struct

STEP_S = 0.02
LEANS_DEG = 3.0
"""A car's roll, to the outside, at the sharpest of a corner."""
NODS_DEG = 0.8


class Going(Struct, frozen=True, gc=False):
    """Where the vehicle is, metres from the trip's start, how it stands and how it moves."""

    east_m: float
    north_m: float
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    speed_mps: float
    turn_rate_dps: float


class Trip:
    """Four straights and four corners of `turn_deg`; with 90 degrees the block closes."""

    def __init__(
        self, *, speed_mps: float = 8.0, turn_deg: float = 90.0, turn_s: float = 5.0, straight_s: float = 8.0, heading_deg: float = 20.0
    ) -> None:
        self._speed_mps, self._turn_deg, self._turn_s, self._straight_s = speed_mps, turn_deg, turn_s, straight_s
        self._first_deg = heading_deg
        self.side_s = straight_s + turn_s
        self._places = self._integrated()

    def at(self, t_s: float) -> Going:
        """At a time since it set out; it goes round for ever."""
        side, into_s = divmod(t_s, self.side_s)
        turned_deg, rate_dps = self._corner(into_s)
        heading_deg = self._first_deg + side * self._turn_deg + turned_deg
        place = min(int((t_s % (4 * self.side_s)) / STEP_S), len(self._places) - 1)
        over_s = t_s % (4 * self.side_s) - place * STEP_S
        east_m, north_m = self._places[place]
        along_m, sharp = self._speed_mps * over_s, rate_dps / (2 * self._turn_deg / self._turn_s) if self._turn_deg else 0.0
        return Going(
            east_m + along_m * sin(radians(heading_deg)),
            north_m + along_m * cos(radians(heading_deg)),
            heading_deg % 360,
            NODS_DEG * sin(2 * pi * t_s / 3.0),
            -LEANS_DEG * sharp,
            self._speed_mps,
            rate_dps,
        )

    def _corner(self, into_s: float) -> tuple[float, float]:
        """How far it has turned after so long on a side, and how fast it turns: a raised cosine of the turn rate."""
        share = min(max((into_s - self._straight_s) / self._turn_s, 0.0), 1.0)
        rate_dps = self._turn_deg / self._turn_s * (1 - cos(2 * pi * share)) if 0.0 < share < 1.0 else 0.0
        return self._turn_deg * (share - sin(2 * pi * share) / (2 * pi)), rate_dps

    def _integrated(self) -> list[tuple[float, float]]:
        east_m = north_m = 0.0
        places = []
        for number in range(round(4 * self.side_s / STEP_S)):
            places.append((east_m, north_m))
            side, into_s = divmod((number + 0.5) * STEP_S, self.side_s)
            heading = radians(self._first_deg + side * self._turn_deg + self._corner(into_s)[0])
            east_m += self._speed_mps * STEP_S * sin(heading)
            north_m += self._speed_mps * STEP_S * cos(heading)
        return places
