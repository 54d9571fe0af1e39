"""Many aircraft at once, on circles about a place: for benches and tests of what must stand a crowd."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import cos, degrees, radians, sin
from random import Random

from edge_node.geometry import LocalFrame
from edge_node.messages import Bearing, Hearing, Identity, Kinematics, Track, UasId
from edge_node.publish import wire

BEARINGS_OF_TEN = 1
SPEED_MPS = 12.0
COVARIANCE = tuple(9.0 if row == column else 0.0 for row in range(6) for column in range(6))


class Crowd:
    """So many tracks of one node, all new at every call; one of ten is a bearing alone."""

    def __init__(self, place: wire.Place, count: int, seed: int) -> None:
        chance = Random(seed)
        self._frame = LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0)
        self._circles = [(chance.uniform(100, 4_000), chance.uniform(0, 360), chance.uniform(30, 150)) for _ in range(count)]

    def tracks(self, t_s: float) -> Sequence[Track]:
        """All of them at `t_s`."""
        now_ns = time.monotonic_ns()
        return [self._track(number, circle, t_s, now_ns) for number, circle in enumerate(self._circles, 1)]

    def _track(self, number: int, circle: tuple[float, float, float], t_s: float, now_ns: int) -> Track:
        radius_m, start_deg, height_m = circle
        azimuth_deg = (start_deg + t_s * SPEED_MPS / radius_m * degrees(1)) % 360
        east_m, north_m = radius_m * sin(radians(azimuth_deg)), radius_m * cos(radians(azimuth_deg))
        alone = number % 10 < BEARINGS_OF_TEN
        return Track(
            number=number,
            state="confirmed",
            t_mono_ns=now_ns,
            first_seen_mono_ns=0,
            last_seen_mono_ns=now_ns,
            bearing=_bearing(azimuth_deg) if alone else None,
            kinematics=None if alone else self._kinematics(east_m, north_m, height_m, azimuth_deg),
            identity=None if alone else _identity(number, self._frame, height_m),
            heard=(Hearing(transport="wifi_beacon", count=1, last_mono_ns=now_ns, rssi_dbm=-70),),
            sensors=("microphones",) if alone else ("wifi",),
            cooperation=None if alone else "unknown",
        )

    def _kinematics(self, east_m: float, north_m: float, height_m: float, azimuth_deg: float) -> Kinematics:
        latitude_deg, longitude_deg, altitude_m = self._frame.to_geodetic(east_m, north_m, height_m)
        return Kinematics(
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_wgs84_m=altitude_m,
            velocity_east_mps=SPEED_MPS * cos(radians(azimuth_deg)),
            velocity_north_mps=-SPEED_MPS * sin(radians(azimuth_deg)),
            velocity_up_mps=0.0,
            covariance=COVARIANCE,
        )


def _bearing(azimuth_deg: float) -> Bearing:
    return Bearing(azimuth_deg=azimuth_deg, elevation_deg=5.0, sigma_azimuth_deg=2.0, sigma_elevation_deg=3.0, azimuth_rate_dps=0.3)


def _identity(number: int, frame: LocalFrame, height_m: float) -> Identity:
    return Identity(
        ids=(UasId("serial_number", f"TST0CCROWD{number:08d}"),),
        ua_type="helicopter_or_multirotor",
        status="airborne",
        height_m=height_m,
        height_reference="take_off",
        operator_latitude_deg=frame.latitude_deg,
        operator_longitude_deg=frame.longitude_deg,
        operator_location="take_off",
    )
