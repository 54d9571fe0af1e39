"""What a sensor says of an object that it numbers itself, and where it points: what sound, sight and radio have in common."""

from __future__ import annotations

from math import acos, cos, degrees, hypot, isfinite, radians, sin

from edge_node.messages import (
    AcousticDetection,
    Bearing,
    BearingDetection,
    CameraDetection,
    Emission,
    LinkDetection,
    Sight,
    Sound,
    Target,
    TargetDetection,
    TargetId,
)

Numbered = AcousticDetection | CameraDetection | LinkDetection | TargetDetection
Key = tuple[str, str, int | str]
"""What kind of detection, a sensor's name, and the sensor's own number of what it hears or sees; or of any sensor, whose address."""
KNOWN_BY = ("icao_address", "serial_number", "other_address")
"""Names that one object alone has; a callsign is anybody's."""
MOST_LOOKED_AT, LONGEST_NAME = 4, 64

# A sensor that was silent for this long may have begun anew, with its numbers: they then mean something else.
BEGUN_ANEW_NS = 2_000_000_000
# What flies past at 20 m/s turns faster than this only within 60 m, and not for long.
MOST_TURN_DPS = 20.0
APART_SIGMAS = 4.0
MOST_SIGMA_DEG = 180.0


def key_of(said: Numbered) -> Key:
    """The name of what it is said of."""
    if isinstance(said, TargetDetection) and said.track is None:
        own = own_id(said)
        return type(said).__name__, f"any {own.kind}" if own else said.sensor, own.value if own else ""
    return type(said).__name__, said.sensor, said.track or 0


def is_bare(said: Numbered) -> bool:
    """Whether it is a plot: nobody numbers or names what it is of."""
    return isinstance(said, TargetDetection) and said.track is None and own_id(said) is None


def own_id(said: TargetDetection) -> TargetId | None:
    """The name by which a target without a number is known."""
    usable = [one for one in said.ids[:MOST_LOOKED_AT] if one.kind in KNOWN_BY and 0 < len(one.value) <= LONGEST_NAME]
    return min(usable, key=lambda one: KNOWN_BY.index(one.kind), default=None)


class Pointing:
    """The newest that one sensor said under one number; a bearing stands as it is said, for the sensor has smoothed it."""

    __slots__ = ("bearing", "key", "t_mono_ns")
    sound: Sound | None = None
    sight: Sight | None = None
    emission: Emission | None = None
    target: Target | None = None

    def __init__(self, said: Numbered) -> None:
        self.key = key_of(said)
        self.point(said)

    @property
    def comes_back(self) -> bool:
        """Whether the number still means it when it was lost."""
        return False

    def point(self, said: Numbered) -> None:
        """Take in where it is, which is not from before `t_mono_ns`."""
        self.t_mono_ns = said.t_mono_ns
        self.bearing = told_bearing(said)

    def is_another(self, said: Numbered) -> bool:
        """Whether the number came back after a silence from where the object of this one cannot be."""
        silent_ns = said.t_mono_ns - self.t_mono_ns
        bearing = told_bearing(said) if silent_ns >= BEGUN_ANEW_NS else None
        if self.bearing is None or bearing is None:
            return False
        if bearing.reference != self.bearing.reference:
            return False
        sigma_deg = hypot(_sigma_deg(self.bearing), _sigma_deg(bearing))
        return _apart_deg(self.bearing, bearing) > APART_SIGMAS * sigma_deg + MOST_TURN_DPS * silent_ns / 1e9


def told_bearing(said: Numbered) -> Bearing | None:
    """The direction with its errors; None where there is none, or one of which nobody knows how wrong it is."""
    if not isinstance(said, AcousticDetection | CameraDetection | BearingDetection):
        return None
    azimuth_deg, sigma_deg = finite(said.azimuth_deg), above_0(said.sigma_azimuth_deg)
    if azimuth_deg is None or sigma_deg is None:
        return None
    elevation_deg, sigma_elevation_deg = finite(said.elevation_deg), above_0(said.sigma_elevation_deg)
    raised = elevation_deg is not None and sigma_elevation_deg is not None and -90.0 <= elevation_deg <= 90.0
    return Bearing(
        azimuth_deg=azimuth_deg % 360,
        elevation_deg=elevation_deg if raised else None,
        azimuth_rate_dps=finite(said.azimuth_rate_dps),
        elevation_rate_dps=finite(said.elevation_rate_dps) if raised else None,
        sigma_azimuth_deg=min(sigma_deg, MOST_SIGMA_DEG),
        sigma_elevation_deg=min(sigma_elevation_deg or 0.0, MOST_SIGMA_DEG) if raised else None,
        sigma_pose_deg=above_0(said.sigma_pose_deg),
        reference=said.reference,
    )


def as_probability(value: float) -> float:
    """Within 0 and 1; what is no number says nothing for it."""
    return min(max(value, 0.0), 1.0) if isfinite(value) else 0.0


def finite(value: float | None) -> float | None:
    """A number, or None."""
    return value if value is not None and isfinite(value) else None


def above_0(value: float | None) -> float | None:
    """A number above 0, or None."""
    return value if value is not None and isfinite(value) and value > 0 else None


def _sigma_deg(bearing: Bearing) -> float:
    return max(bearing.sigma_azimuth_deg, bearing.sigma_elevation_deg or 0.0)


def _apart_deg(one: Bearing, other: Bearing) -> float:
    """The angle between two directions; along the horizon where one of them has no elevation."""
    turned = cos(radians(one.azimuth_deg - other.azimuth_deg))
    if one.elevation_deg is None or other.elevation_deg is None:
        return degrees(acos(turned))
    low, high = radians(one.elevation_deg), radians(other.elevation_deg)
    return degrees(acos(min(max(sin(low) * sin(high) + cos(low) * cos(high) * turned, -1.0), 1.0)))
