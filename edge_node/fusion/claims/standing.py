"""What is known of each track at a look, by those who judge claims: what its identity claims, and what is measured of its body."""

from __future__ import annotations

from collections.abc import Mapping
from math import atan2, degrees, hypot, isfinite

from msgspec import Struct

NS_PER_S = 1e9
Velocity = tuple[float, float]


class Claimed(Struct, frozen=True, gc=False):
    """Where an identity claims to be now, metres east, north and up of the node with 1-sigma errors; None where it says no place.

    `first_mono_ns` and `last_mono_ns` are when it was heard first and last; `doubt` is what the judges of Remote ID make of it (0 to 1).
    """

    first_mono_ns: int
    last_mono_ns: int
    east_m: float | None = None
    north_m: float | None = None
    up_m: float | None = None
    sigma_m: float = 10.0
    sigma_up_m: float = 25.0
    velocity_mps: Velocity | None = None
    doubt: float = 0.0

    def age_s(self, t_mono_ns: int) -> float:
        """Since it was heard last."""
        return max(t_mono_ns - self.last_mono_ns, 0) / NS_PER_S


class Seen(Struct, frozen=True):
    """What is measured of a body: by which sensors and when last, a drone how probably, and in which direction; unknown is None.

    The sigmas hold all errors, those of mountings too.
    """

    first_mono_ns: int
    sensors: Mapping[str, int]
    drone_probability: float
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    sigma_azimuth_deg: float = 5.0
    sigma_elevation_deg: float = 10.0
    range_m: float | None = None
    sigma_range_m: float = 50.0
    velocity_mps: Velocity | None = None


class Standing(Struct, frozen=True):
    """One track at a look; `agrees` is how much likelier (natural logarithm) what is measured is if its body is where it claims to be."""

    number: int
    claim: Claimed | None = None
    body: Seen | None = None
    agrees: float | None = None


def is_usable(one: Standing) -> bool:
    """Whether every number that is there is one."""
    numbers: list[float | None] = [one.agrees]
    if (claim := one.claim) is not None:
        numbers += [claim.east_m, claim.north_m, claim.up_m, claim.sigma_m, claim.sigma_up_m, claim.doubt, *(claim.velocity_mps or ())]
    if (body := one.body) is not None:
        numbers += [body.drone_probability, body.azimuth_deg, body.elevation_deg, body.sigma_azimuth_deg, body.sigma_elevation_deg]
        numbers += [body.range_m, body.sigma_range_m, *(body.velocity_mps or ())]
    return all(number is None or isfinite(number) for number in numbers)


class Direction(Struct, frozen=True, gc=False):
    """Where a claimed place is from the node; the elevation is None where no height is claimed."""

    azimuth_deg: float
    elevation_deg: float | None
    range_m: float
    sigma_deg: float
    sigma_range_m: float


def direction_of(claim: Claimed, node_sigma_m: float) -> Direction | None:
    """None of a claim without a place."""
    if claim.east_m is None or claim.north_m is None:
        return None
    across_m = hypot(claim.east_m, claim.north_m)
    range_m, sigma_m = hypot(across_m, claim.up_m or 0.0), hypot(claim.sigma_m, node_sigma_m)
    raised_m = hypot(claim.sigma_up_m, node_sigma_m) if claim.up_m is not None else 0.0
    return Direction(
        degrees(atan2(claim.east_m, claim.north_m)) % 360.0,
        None if claim.up_m is None else degrees(atan2(claim.up_m, across_m)),
        range_m,
        degrees(atan2(max(sigma_m, raised_m), max(range_m, 1.0))),
        sigma_m,
    )


GATE_SIGMAS, SPARE_DEG, SPARE_M = 3.0, 1.0, 10.0


def fits(body: Seen, place: Direction) -> bool:
    """Whether a body may be at a claimed place, as far as its direction and range are known."""
    if body.azimuth_deg is not None:
        off_deg = abs((body.azimuth_deg - place.azimuth_deg + 180.0) % 360.0 - 180.0)
        if off_deg > GATE_SIGMAS * hypot(body.sigma_azimuth_deg, place.sigma_deg) + SPARE_DEG:
            return False
    if body.elevation_deg is not None and place.elevation_deg is not None:
        off_deg = abs(body.elevation_deg - place.elevation_deg)
        if off_deg > GATE_SIGMAS * hypot(body.sigma_elevation_deg, place.sigma_deg) + SPARE_DEG:
            return False
    if body.range_m is None:
        return True
    return abs(body.range_m - place.range_m) <= GATE_SIGMAS * hypot(body.sigma_range_m, place.sigma_range_m) + SPARE_M
