"""What a node's sensors say of drones that fly about it: the real detections, with errors as each sensor has them."""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, degrees, hypot
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.fusion.filter.sensing import SOUND_MPS
from edge_node.geometry import LocalFrame
from edge_node.messages import AcousticDetection, CameraDetection, Detection, PositionDetection, RemoteIdDetection, UasId

SECOND = 1_000_000_000
HOME = 48.0, 11.0
Place = NDArray[np.float64]
Path = Callable[[float], Place]
"""East, north, up metres about the node at a time in seconds."""


class Here(Struct, frozen=True):
    """Where the node stands."""

    latitude_deg: float = HOME[0]
    longitude_deg: float = HOME[1]
    altitude_wgs84_m: float | None = 500.0
    sigma_m: float | None = 1.0


FRAME = LocalFrame(*HOME, 500.0)


def straight(start: tuple[float, float, float], velocity: tuple[float, float, float]) -> Path:
    """Straight on for ever."""
    return lambda t_s: np.array(start) + np.array(velocity) * t_s


def around(center: tuple[float, float, float], radius_m: float, speed_mps: float, phase: float = 0.0) -> Path:
    """In circles."""
    return lambda t_s: (
        np.array(center)
        + radius_m * np.array([np.sin(speed_mps / radius_m * t_s + phase), np.cos(speed_mps / radius_m * t_s + phase), 0.0])
    )


def direction(place: Place) -> tuple[float, float]:
    """Azimuth and elevation in degrees."""
    return degrees(atan2(place[0], place[1])) % 360, degrees(atan2(place[2], hypot(place[0], place[1])))


class Sky:
    """One seed's sensors: each camera and array is turned by an error of its own, and every word has a random one."""

    def __init__(self, seed: int, camera_deg: float = 0.15, sound_deg: float = 3.0, pose_deg: float = 1.0) -> None:
        self.rng = np.random.default_rng(seed)
        self.camera_deg, self.sound_deg, self.pose_deg = camera_deg, sound_deg, pose_deg
        self._turned = {name: self.rng.normal(0, pose_deg, 2) for name in ("camera", "mast")}

    def seen(self, path: Path, t_s: float, track: int, **fields: Any) -> CameraDetection:
        """By a camera."""
        azimuth_deg, elevation_deg = self._off(path(t_s), "camera", self.camera_deg)
        said: dict[str, Any] = {"label": "drone", "probability": 0.9, "probabilities": {"drone": 0.9, "bird": 0.1}, "sensor": "camera"}
        return CameraDetection(
            t_mono_ns=round(t_s * SECOND),
            frame=round(t_s * 10),
            track=track,
            box=(0.0, 0.0, 8.0, 8.0),
            snr=9.0,
            azimuth_deg=azimuth_deg,
            elevation_deg=elevation_deg,
            sigma_azimuth_deg=self.camera_deg / cos(np.radians(elevation_deg)),
            sigma_elevation_deg=self.camera_deg,
            sigma_pose_deg=self.pose_deg,
            **(said | fields),
        )

    def heard(self, path: Path, t_s: float, track: int, **fields: Any) -> AcousticDetection:
        """By microphones: what an object sent when it was where it was."""
        sent_s = t_s
        for _ in range(4):
            sent_s = t_s - float(np.linalg.norm(path(sent_s))) / SOUND_MPS
        azimuth_deg, elevation_deg = self._off(path(sent_s), "mast", self.sound_deg)
        said: dict[str, Any] = {"label": "multirotor", "probability": 0.9, "sensor": "mast"}
        return AcousticDetection(
            t_mono_ns=round(t_s * SECOND),
            track=track,
            azimuth_deg=azimuth_deg,
            elevation_deg=elevation_deg,
            sigma_azimuth_deg=self.sound_deg / cos(np.radians(elevation_deg)),
            sigma_elevation_deg=self.sound_deg,
            sigma_pose_deg=self.pose_deg,
            level_db=-40.0,
            snr_db=12.0,
            lag_s=0.2,
            **(said | fields),
        )

    def claimed(self, path: Path, t_s: float, name: str = "A", sigma_m: float = 3.0, age_s: float = 0.3) -> RemoteIdDetection:
        """By Remote ID, of a moment ago."""
        place = path(t_s - age_s) + self.rng.normal(0, sigma_m, 3) * (1, 1, 2)
        velocity = (path(t_s) - path(t_s - 0.2)) / 0.2
        latitude_deg, longitude_deg, altitude_m = FRAME.to_geodetic(*map(float, place))
        return RemoteIdDetection(
            t_mono_ns=round(t_s * SECOND),
            sensor="wifi",
            transport="wifi_beacon",
            transmitter="60:60:1f:00:00:" + name,
            ids=(UasId("serial_number", name),),
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_wgs84_m=altitude_m,
            horizontal_accuracy_m=10.0,
            vertical_accuracy_m=15.0,
            speed_accuracy_mps=1.0,
            speed_mps=float(np.hypot(*velocity[:2])),
            direction_deg=degrees(atan2(velocity[0], velocity[1])) % 360,
            vertical_speed_mps=float(velocity[2]),
            timestamp_s=t_s,
            counter=round(t_s * 10) % 256,
        )

    def plotted(self, path: Path, t_s: float, track: int | None = None, sigma_m: float = 8.0) -> PositionDetection:
        """By a radar."""
        place = path(t_s) + self.rng.normal(0, sigma_m, 3)
        latitude_deg, longitude_deg, altitude_m = FRAME.to_geodetic(*map(float, place))
        return PositionDetection(
            t_mono_ns=round(t_s * SECOND),
            sensor="radar",
            track=track,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            sigma_horizontal_m=sigma_m,
            altitude_wgs84_m=altitude_m,
            sigma_vertical_m=sigma_m,
        )

    def _off(self, place: Place, sensor: str, sigma_deg: float) -> tuple[float, float]:
        azimuth_deg, elevation_deg = direction(place)
        off = self._turned[sensor] + self.rng.normal(0, sigma_deg, 2)
        return (azimuth_deg + off[0] / max(cos(np.radians(elevation_deg)), 0.1)) % 360, float(np.clip(elevation_deg + off[1], -89, 89))


def in_time(*said: Detection) -> list[Detection]:
    """As they come."""
    return sorted(said, key=lambda one: one.t_mono_ns)
