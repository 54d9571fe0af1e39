"""What a detection says of place and velocity, checked and with 1-sigma errors; the tracker's filters eat nothing else."""

from __future__ import annotations

from math import cos, isfinite, radians, sin

from msgspec import Struct

from edge_node.messages import PositionDetection, RemoteIdDetection

# ASTM F3411-22a's accuracy categories are ADS-B's NACp and NACv, 95 % bounds: of a Rayleigh-distributed length over the two
# horizontal axes, and of one normally distributed vertical axis.
SIGMAS_IN_95_HORIZONTAL = 2.45
SIGMAS_IN_95_VERTICAL = 1.96
# Assumed 95 % bounds where the aircraft says none: those of a poor GNSS fix.
UNSAID_HORIZONTAL_M = 30.0
UNSAID_VERTICAL_M = 50.0
UNSAID_SPEED_MPS = 5.0
# The coding's steps (0.25 m/s, 1 degree, 0.5 m) and a receiver's own noise leave no claim better than this.
LEAST_SIGMA_M = 0.3
LEAST_SIGMA_MPS = 0.3
# Who is told where he is by satellites is wrong by the same for long: ionosphere, ephemeris and reflections change over tens of
# seconds and minutes. A real Parrot that stood for two minutes wandered by 8 m, and by 0.1 m (1 sigma) from one second to the
# next. Of the variance so much stays from one claim to the next, so that no number of claims averages it out.
LASTING = 0.9
LASTS_S = 60.0
# How old a claimed place is when it is heard: a receiver of GNSS computes for a while, and it is said when its turn comes. Of
# ADS-B, 0.2 s too early to 0.6 s too late are allowed of what the aircraft does not make up for itself (RTCA DO-260B).
CLAIM_AGE_S, CLAIM_AGE_SIGMA_S = 0.3, 0.3
ADS_B_AGE_S, ADS_B_AGE_SIGMA_S = 0.2, 0.2
MOST_BOUND = 20_000.0
MOST_SPEED_MPS = 1_000.0
ALTITUDES_M = (-2_000.0, 100_000.0)


class Measurement(Struct, frozen=True, gc=False):
    """WGS-84 place, east, north and up m/s, and each axis's 1-sigma error; what was not said, or is impossible, is None.

    `lasting` is the share of a place's variance that the next from the same source has too; the place is of `age_s` before it was heard.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_horizontal_m: float
    sigma_vertical_m: float
    velocity_mps: tuple[float, float] | None = None
    climb_mps: float | None = None
    sigma_velocity_mps: float = 0.0
    sigma_climb_mps: float = 0.0
    lasting: float = 0.0
    age_s: float = 0.0
    sigma_age_s: float = 0.0


def claimed(said: RemoteIdDetection) -> Measurement | None:
    """The place and velocity that an aircraft claims; None without a place on Earth."""
    latitude, longitude = _within(said.latitude_deg, -90.0, 90.0), _within(said.longitude_deg, -180.0, 180.0)
    if latitude is None or longitude is None:
        return None
    speed_bound = _bound(said.speed_accuracy_mps, UNSAID_SPEED_MPS)
    return Measurement(
        latitude,
        longitude,
        _within(said.altitude_wgs84_m, *ALTITUDES_M),
        max(_bound(said.horizontal_accuracy_m, UNSAID_HORIZONTAL_M) / SIGMAS_IN_95_HORIZONTAL, LEAST_SIGMA_M),
        max(_bound(said.vertical_accuracy_m, UNSAID_VERTICAL_M) / SIGMAS_IN_95_VERTICAL, LEAST_SIGMA_M),
        _velocity(said),
        _within(said.vertical_speed_mps, -MOST_SPEED_MPS, MOST_SPEED_MPS),
        max(speed_bound / SIGMAS_IN_95_HORIZONTAL, LEAST_SIGMA_MPS),
        max(speed_bound / SIGMAS_IN_95_VERTICAL, LEAST_SIGMA_MPS),
        LASTING,
        CLAIM_AGE_S,
        CLAIM_AGE_SIGMA_S,
    )


def measured(said: PositionDetection) -> Measurement | None:
    """The place and velocity that a sensor measured or was told; None without a place on Earth, or one that nobody knows the error of."""
    latitude, longitude = _within(said.latitude_deg, -90.0, 90.0), _within(said.longitude_deg, -180.0, 180.0)
    if latitude is None or longitude is None or not 0 < said.sigma_horizontal_m <= MOST_BOUND:
        return None
    east, north = (_within(one, -MOST_SPEED_MPS, MOST_SPEED_MPS) for one in (said.velocity_east_mps, said.velocity_north_mps))
    sigma_mps = _bound(said.sigma_velocity_mps, UNSAID_SPEED_MPS)
    return Measurement(
        latitude,
        longitude,
        _within(said.altitude_wgs84_m, *ALTITUDES_M),
        max(said.sigma_horizontal_m, LEAST_SIGMA_M),
        max(_bound(said.sigma_vertical_m, UNSAID_VERTICAL_M), LEAST_SIGMA_M),
        None if east is None or north is None else (east, north),
        _within(said.velocity_up_mps, -MOST_SPEED_MPS, MOST_SPEED_MPS),
        max(sigma_mps, LEAST_SIGMA_MPS),
        max(_bound(said.sigma_velocity_up_mps, sigma_mps), LEAST_SIGMA_MPS),
        *((LASTING, ADS_B_AGE_S, ADS_B_AGE_SIGMA_S) if said.cooperative else ()),
    )


def _velocity(said: RemoteIdDetection) -> tuple[float, float] | None:
    """East and north; who stands still needs no direction."""
    speed = _within(said.speed_mps, 0.0, MOST_SPEED_MPS)
    direction = 0.0 if speed == 0 else _within(said.direction_deg, 0.0, 360.0)
    if speed is None or direction is None:
        return None
    return speed * sin(radians(direction)), speed * cos(radians(direction))


def _within(value: float | None, least: float, most: float) -> float | None:
    return value if value is not None and least <= value <= most else None


def _bound(value: float | None, unsaid: float) -> float:
    return min(value, MOST_BOUND) if value is not None and isfinite(value) and value > 0 else unsaid
