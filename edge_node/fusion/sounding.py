"""What is heard of an object, checked: the bearing and the sound that its track shows."""

from __future__ import annotations

from math import acos, cos, degrees, hypot, isfinite, radians, sin

from edge_node.messages import AcousticDetection, Bearing, Sound

Key = tuple[str, int]
"""A sensor's name and the sensor's own number of what it hears."""

# A sensor that was silent for this long may have begun anew, with its numbers: they then mean something else.
BEGUN_ANEW_NS = 2_000_000_000
# What flies past at 20 m/s turns faster than this only within 60 m, and not for long.
MOST_TURN_DPS = 20.0
APART_SIGMAS = 4.0
MOST_SIGMA_DEG = 180.0


def is_usable(said: AcousticDetection) -> bool:
    """Whether every number that must be there is one."""
    return isfinite(said.probability) and isfinite(said.level_db) and isfinite(said.snr_db)


class Sounding:
    """The newest that one sensor said under one number; a bearing stands as it is said, for the sensor has smoothed it."""

    __slots__ = ("bearing", "key", "sound", "t_mono_ns")

    def __init__(self, said: AcousticDetection) -> None:
        self.key: Key = said.sensor, said.track
        self.update(said)

    def update(self, said: AcousticDetection) -> None:
        """Take in what is said, which is not before `t_mono_ns`."""
        self.t_mono_ns = said.t_mono_ns
        self.bearing = heard_bearing(said)
        self.sound = heard_sound(said)

    def is_another(self, said: AcousticDetection) -> bool:
        """Whether the number came back after a silence from where the object of this one cannot be."""
        silent_ns, bearing = said.t_mono_ns - self.t_mono_ns, heard_bearing(said)
        if silent_ns < BEGUN_ANEW_NS or self.bearing is None or bearing is None:
            return False
        sigma_deg = hypot(_sigma_deg(self.bearing), _sigma_deg(bearing))
        return _apart_deg(self.bearing, bearing) > APART_SIGMAS * sigma_deg + MOST_TURN_DPS * silent_ns / 1e9


def heard_bearing(said: AcousticDetection) -> Bearing | None:
    """The direction with its errors; None where there is none, or one of which nobody knows how wrong it is."""
    if not _known(said.azimuth_deg, said.sigma_azimuth_deg) or said.azimuth_deg is None or said.sigma_azimuth_deg is None:
        return None
    raised = _known(said.elevation_deg, said.sigma_elevation_deg) and -90.0 <= (said.elevation_deg or 0.0) <= 90.0
    return Bearing(
        azimuth_deg=said.azimuth_deg % 360,
        elevation_deg=said.elevation_deg if raised else None,
        azimuth_rate_dps=_finite(said.azimuth_rate_dps),
        elevation_rate_dps=_finite(said.elevation_rate_dps) if raised else None,
        sigma_azimuth_deg=min(said.sigma_azimuth_deg, MOST_SIGMA_DEG),
        sigma_elevation_deg=min(said.sigma_elevation_deg or 0.0, MOST_SIGMA_DEG) if raised else None,
    )


def heard_sound(said: AcousticDetection) -> Sound:
    """What it sounds like."""
    return Sound(
        label=said.label,
        probability=min(max(said.probability, 0.0), 1.0),
        blade_pass_hz=_finite(said.blade_pass_hz),
        level_db=said.level_db,
        level_reference=said.level_reference,
        snr_db=said.snr_db,
    )


def _known(angle_deg: float | None, sigma_deg: float | None) -> bool:
    return angle_deg is not None and sigma_deg is not None and isfinite(angle_deg) and isfinite(sigma_deg) and sigma_deg > 0


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _sigma_deg(bearing: Bearing) -> float:
    return max(bearing.sigma_azimuth_deg, bearing.sigma_elevation_deg or 0.0)


def _apart_deg(one: Bearing, other: Bearing) -> float:
    """The angle between two directions; along the horizon where one of them has no elevation."""
    turned = cos(radians(one.azimuth_deg - other.azimuth_deg))
    if one.elevation_deg is None or other.elevation_deg is None:
        return degrees(acos(turned))
    low, high = radians(one.elevation_deg), radians(other.elevation_deg)
    return degrees(acos(min(max(sin(low) * sin(high) + cos(low) * cos(high) * turned, -1.0), 1.0)))
