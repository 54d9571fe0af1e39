"""Detections of a node that a vehicle carries: turned to true north by its pose, marked where it drives, and without its own engine."""

from __future__ import annotations

from math import degrees, hypot

from msgspec.structs import replace

from edge_node.messages import AcousticDetection, AttitudeFix, BusMessage, CameraDetection, Coverage, PositionFix
from edge_node.pose.own_noise import OwnNoise
from edge_node.pose.pose import Pose, Stand
from edge_node.pose.turned import turned
from edge_node.pose.turned_sector import turned_sector

DRIVES_MPS = 1.5
SPEED_OF_SOUND_MPS = 340.0
DRIVING = "vehicle_drives"
CAMERA_LATE_S = 0.02


class Vehicle:
    """Pure: time comes with what is said."""

    def __init__(self) -> None:
        self._pose, self._own = Pose(), OwnNoise()
        self.passed_over = self.unturned = 0

    def told(self, said: BusMessage) -> BusMessage | None:
        """As it is from true north, or labelled as the vehicle's where nobody knows its front.

        None of the vehicle's own engine, and of a sector of which nobody knows where it points.
        """
        match said:
            case PositionFix():
                self._pose.hear_fix(said)
            case AttitudeFix():
                self._pose.hear_attitude(said)
            case AcousticDetection():
                return self._heard(replace(said, reference="vehicle"))
            case CameraDetection():
                return self._seen(replace(said, reference="vehicle"))
            case Coverage():
                return self._covered(said)
        return said

    def words(self, t_mono_ns: int) -> str:
        """Say how it stands, and how many of its own noises are passed over."""
        own = f"{self._own.count} sounds are the vehicle's own" if self._own.count else ""
        return ", ".join(filter(None, (self._pose.words(t_mono_ns), own)))

    def _heard(self, said: AcousticDetection) -> AcousticDetection | None:
        stand, speed_mps = self._pose.at(said.t_mono_ns), self._pose.speed_mps(said.t_mono_ns) or 0.0
        if self._own.is_own(said, stand.heading_deg if stand else None):
            self.passed_over += 1
            return None
        turning_deg = abs(stand.turn_rate_dps) * max(said.lag_s, 0.0) if stand else 0.0
        if speed_mps >= DRIVES_MPS:
            said = _while_driving(said, speed_mps)
        return self._turned_sound(said, stand, turning_deg)

    def _covered(self, said: Coverage) -> Coverage | None:
        """What a package's own sensor covers from true north it has turned itself."""
        if said.sense not in ("sight", "sound") and said.reference == "true_north":
            return said
        if said.sense == "sound" and (self._pose.speed_mps(said.t_mono_ns) or 0.0) >= DRIVES_MPS:
            return replace(said, reach_m=0.0, notes=(*said.notes, DRIVING))
        return turned_sector(said, self._pose.at(said.t_mono_ns))

    def _turned_sound(self, said: AcousticDetection, stand: Stand | None, turning_deg: float) -> AcousticDetection:
        if stand is None:
            self.unturned += said.azimuth_deg is not None
            return said
        sigma_deg = said.sigma_azimuth_deg
        return turned(said if sigma_deg is None else replace(said, sigma_azimuth_deg=hypot(sigma_deg, turning_deg)), stand)

    def _seen(self, said: CameraDetection) -> CameraDetection:
        stand = self._pose.at(said.t_mono_ns)
        if stand is None:
            self.unturned += said.azimuth_deg is not None
            return said
        sigma_deg = said.sigma_azimuth_deg
        if sigma_deg is not None:
            said = replace(said, sigma_azimuth_deg=hypot(sigma_deg, stand.turn_rate_dps * CAMERA_LATE_S))
        return turned(said, stand)


def _while_driving(said: AcousticDetection, speed_mps: float) -> AcousticDetection:
    """Marked, and less sure: along the array sound passes by the vehicle's speed faster or slower than it is taken to."""
    off_deg = degrees(speed_mps / SPEED_OF_SOUND_MPS)
    azimuth_deg, elevation_deg = said.sigma_azimuth_deg, said.sigma_elevation_deg
    return replace(
        said,
        sigma_azimuth_deg=None if azimuth_deg is None else hypot(azimuth_deg, off_deg),
        sigma_elevation_deg=None if elevation_deg is None else hypot(elevation_deg, off_deg),
        notes=said.notes if DRIVING in said.notes else (*said.notes, DRIVING),
    )
