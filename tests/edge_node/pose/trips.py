"""A vehicle that drives past what stands still, and what its devices say of that, with seeded errors as large as they claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import atan2, degrees, hypot
from random import Random

import numpy as np

from edge_node.messages import AcousticDetection, AttitudeFix, CameraDetection, PositionFix
from edge_node.mounting import Mounting, angles_deg
from edge_node.pose.vehicle import Vehicle
from tools.simulate.trip import Going, Trip

SECOND_NS = 1_000_000_000
OBJECT_ENU_M = (180.0, 240.0, 60.0)
Said = AttitudeFix | PositionFix | CameraDetection | AcousticDetection


def ns(t_s: float) -> int:
    return round(t_s * SECOND_NS) + SECOND_NS


def fix(going: Going, t_s: float, chance: Random) -> PositionFix:
    """A second's fix of a receiver, 0.1 s late."""
    course_deg = (going.heading_deg + chance.gauss(0, degrees(0.2 / max(going.speed_mps, 1.0)))) % 360
    return PositionFix(
        t_mono_ns=ns(t_s + 0.1),
        sensor="gnss",
        has_fix=True,
        latitude_deg=50.0,
        longitude_deg=4.0,
        speed_mps=going.speed_mps,
        course_deg=course_deg,
    )


def north(going: Going, t_s: float, chance: Random, sigma_deg: float = 0.4) -> AttitudeFix:
    """Two antennas' heading and tilt."""
    return AttitudeFix(
        t_mono_ns=ns(t_s),
        sensor="gnss",
        heading_deg=(going.heading_deg + chance.gauss(0, sigma_deg)) % 360,
        heading_kind="true",
        sigma_heading_deg=sigma_deg,
        pitch_deg=going.pitch_deg + chance.gauss(0, 0.3),
        roll_deg=going.roll_deg + chance.gauss(0, 0.3),
        sigma_tilt_deg=0.3,
        sigma_t_s=0.02,
    )


def gyro(going: Going, t_s: float, chance: Random, zero_deg: float = 77.0) -> AttitudeFix:
    """An IMU's yaw from a zero of its own, drifting by a third of a degree a minute."""
    return AttitudeFix(
        t_mono_ns=ns(t_s),
        sensor="imu",
        heading_deg=(going.heading_deg - zero_deg + t_s / 180 + chance.gauss(0, 0.1)) % 360,
        heading_kind="gyro",
        sigma_heading_deg=0.3,
        pitch_deg=going.pitch_deg + chance.gauss(0, 0.5),
        roll_deg=going.roll_deg + chance.gauss(0, 0.5),
        sigma_tilt_deg=0.8,
        sigma_t_s=0.01,
    )


def seen(going: Going, t_s: float, chance: Random, sigma_deg: float = 0.1) -> CameraDetection:
    """What a camera on the vehicle says of what stands at `OBJECT_ENU_M`, from the vehicle's front and level."""
    azimuth_deg, elevation_deg = relative_deg(going)
    return CameraDetection(
        t_mono_ns=ns(t_s),
        sensor="camera",
        frame=0,
        track=1,
        box=(0.0, 0.0, 4.0, 4.0),
        label="drone",
        probability=0.9,
        snr=9.0,
        azimuth_deg=(azimuth_deg + chance.gauss(0, sigma_deg)) % 360,
        elevation_deg=elevation_deg + chance.gauss(0, sigma_deg),
        sigma_azimuth_deg=sigma_deg,
        sigma_elevation_deg=sigma_deg,
    )


def heard(t_s: float, azimuth_deg: float, elevation_deg: float | None = 5.0, track: int = 1) -> AcousticDetection:
    """What an array on the vehicle says."""
    return AcousticDetection(
        t_mono_ns=ns(t_s),
        sensor="roof",
        track=track,
        label="machine",
        probability=0.6,
        azimuth_deg=azimuth_deg % 360,
        elevation_deg=elevation_deg,
        sigma_azimuth_deg=2.0,
        sigma_elevation_deg=None if elevation_deg is None else 3.0,
        level_db=-30.0,
        snr_db=12.0,
        lag_s=0.3,
    )


def relative_deg(going: Going) -> tuple[float, float]:
    """Azimuth and elevation of the object from the vehicle's front and level."""
    east, north_m, up = (OBJECT_ENU_M[0] - going.east_m, OBJECT_ENU_M[1] - going.north_m, OBJECT_ENU_M[2])
    return angles_deg(Mounting(going.heading_deg, going.pitch_deg, going.roll_deg).to_device(np.array([east, north_m, up])))


def true_deg(going: Going) -> tuple[float, float]:
    """Azimuth from true north and elevation of the object."""
    east, north_m = OBJECT_ENU_M[0] - going.east_m, OBJECT_ENU_M[1] - going.north_m
    return degrees(atan2(east, north_m)) % 360, degrees(atan2(OBJECT_ENU_M[2], hypot(east, north_m)))


Source = Callable[[Going, float, Random], AttitudeFix | PositionFix]


def drive(vehicle: Vehicle, trip: Trip, seconds: float, sources: dict[Source, float], seed: int) -> Iterator[tuple[float, CameraDetection]]:
    """What the camera's ten detections a second become, each told as soon as it is, before what its devices say later."""
    chance = Random(seed)
    said: list[tuple[float, Said]] = []
    for source, rate_hz in sources.items():
        for number in range(int(seconds * rate_hz)):
            t_s = number / rate_hz
            message = source(trip.at(t_s), t_s, chance)
            said.append((max(t_s, (message.t_mono_ns - SECOND_NS) / SECOND_NS) + 0.05, message))
    said += [(number / 10 + 0.03, seen(trip.at(number / 10), number / 10, chance)) for number in range(int(seconds * 10))]
    for _, message in sorted(said, key=lambda one: one[0]):
        told = vehicle.told(message)
        if isinstance(told, CameraDetection):
            yield (told.t_mono_ns - SECOND_NS) / SECOND_NS, told
