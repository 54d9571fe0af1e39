"""What nodes say of their tracks as bearings from a place and as positions, each with its time and all that is known of its errors."""

from __future__ import annotations

from math import cos, hypot, radians, sin

import numpy as np
from msgspec import Struct

from edge_node.fusion.filter.models import AXES, STATE, Array
from edge_node.geometry import LocalFrame
from tools.c2.picture import Event, Key
from tools.c2.triangulation import Sight, axes

LEAST_SIGMA_DEG = 0.05
LEAST_SIGMA_M, LEAST_SIGMA_MPS = 0.5, 0.3
MOST_AHEAD_S = 1.0
"""What holds later than this after it was sent is no report."""
UNSAID_M, UNSAID_UP_M, UNSAID_MPS = 30.0, 100.0, 5.0
"""Sigmas where a node says none."""


class Report(Struct, frozen=True, kw_only=True):
    """One track of one node as of `t_s` of C2's monotonic clock, known to `sigma_t_s`; a bearing from `place`, a position, or both."""

    key: Key
    t_s: float
    sigma_t_s: float
    place: Event | None = None
    bearing: Event | None = None
    kinematics: Event | None = None
    sounds: bool = False
    ids: frozenset[str] = frozenset()

    @property
    def node8(self) -> str:
        """The node's name."""
        return self.key[0]

    def sight(self, now_s: float) -> Sight:
        """For crossing at one moment: with the error of the sensor's mounting, of which another node's bearings have no part."""
        bearing, place = self.bearing or {}, self.place or {}
        raised, pose_deg, rate_dps = bearing["sigma_elevation_deg"], bearing["sigma_pose_deg"] or 0.0, bearing["azimuth_rate_dps"]
        return Sight(
            node=self.node8,
            key=self.key,
            latitude_deg=place["latitude_deg"],
            longitude_deg=place["longitude_deg"],
            altitude_wgs84_m=place["altitude_wgs84_m"] or 0.0,
            sigma_place_m=place["sigma_m"] or 0.0,
            azimuth_deg=bearing["azimuth_deg"],
            sigma_azimuth_deg=max(hypot(bearing["sigma_azimuth_deg"], pose_deg, self.sigma_t_s * (rate_dps or 0.0)), LEAST_SIGMA_DEG),
            elevation_deg=bearing["elevation_deg"],
            sigma_elevation_deg=None if raised is None else hypot(raised, pose_deg),
            azimuth_rate_dps=rate_dps,
            elevation_rate_dps=bearing["elevation_rate_dps"],
            age_s=max(now_s - self.t_s, 0.0),
        )

    def origin(self, frame: LocalFrame) -> Array:
        """Where the node stands (3) in a frame."""
        place = self.place or {}
        return np.array(frame.to_enu(place["latitude_deg"], place["longitude_deg"], place["altitude_wgs84_m"] or 0.0))

    def towards(self, frame: LocalFrame) -> Array:
        """The bearing as a unit vector (3) of a frame; on the horizon where it has no elevation."""
        bearing, place = self.bearing or {}, self.place or {}
        azimuth, elevation = radians(bearing["azimuth_deg"]), radians(bearing["elevation_deg"] or 0.0)
        own = np.array([sin(azimuth) * cos(elevation), cos(azimuth) * cos(elevation), sin(elevation)])
        turn = axes(place["latitude_deg"], place["longitude_deg"]) @ axes(frame.latitude_deg, frame.longitude_deg).T
        return np.asarray(own @ turn)

    @property
    def sigma(self) -> Array:
        """Random errors (2) across azimuth and along elevation, radians; infinite where no elevation was measured."""
        bearing = self.bearing or {}
        raised = bearing["sigma_elevation_deg"] if bearing["elevation_deg"] is not None else None
        across = bearing["sigma_azimuth_deg"] * cos(radians(bearing["elevation_deg"] or 0.0))
        return np.array([radians(max(across, LEAST_SIGMA_DEG)), np.inf if raised is None else radians(max(raised, LEAST_SIGMA_DEG))])

    @property
    def sigma_pose(self) -> float:
        """Of the sensor's mounting, radians."""
        return radians((self.bearing or {})["sigma_pose_deg"] or 0.0)

    def state(self, frame: LocalFrame) -> tuple[Array, Array]:
        """Place and velocity (6) in a frame and their covariance (6, 6), as far as the wire tells it."""
        said = self.kinematics or {}
        altitude_m = said["altitude_wgs84_m"]
        place = frame.to_enu(said["latitude_deg"], said["longitude_deg"], frame.altitude_wgs84_m if altitude_m is None else altitude_m)
        speed = [said[name] or 0.0 for name in ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps")]
        cov = np.zeros((STATE, STATE))
        cov[:2, :2] = _ellipse(said)
        cov[2, 2] = (UNSAID_UP_M if altitude_m is None else max(said["sigma_altitude_m"] or UNSAID_M, LEAST_SIGMA_M)) ** 2
        known = said["velocity_east_mps"] is not None
        sigma_mps = said["sigma_velocity_mps"] if known and said["sigma_velocity_mps"] is not None else UNSAID_MPS
        cov[AXES:, AXES:] = np.eye(AXES) * max(sigma_mps, LEAST_SIGMA_MPS) ** 2
        return np.array([*place, *speed]), cov


def _ellipse(said: Event) -> Array:
    major_m, minor_m, axis = said["sigma_major_m"], said["sigma_minor_m"], radians(said["major_axis_deg"] or 0.0)
    if major_m is None or minor_m is None:
        major_m = minor_m = UNSAID_M
    along, aside = np.array([sin(axis), cos(axis)]), np.array([cos(axis), -sin(axis)])
    return np.asarray(np.outer(along, along) * max(major_m, LEAST_SIGMA_M) ** 2 + np.outer(aside, aside) * max(minor_m, LEAST_SIGMA_M) ** 2)


def report(key: Key, track: Event, place: Event | None, sent_s: float, sigma_t_s: float) -> Report | None:
    """What a track is good for here; None where it is lost, or hidden just now, or says neither where it is nor a direction."""
    bearing = track["bearing"] if place is not None and pointed(track["bearing"]) and not _hidden(track) else None
    if track["state"] == "lost" or (bearing is None and track["kinematics"] is None) or track["age_s"] < -MOST_AHEAD_S:
        return None
    claim = track["identity"] or {"ids": ()}
    return Report(
        key=key,
        t_s=sent_s - track["age_s"],
        sigma_t_s=sigma_t_s,
        place=place,
        bearing=bearing,
        kinematics=track["kinematics"],
        sounds=bool(track["sound"]) and not track["sight"] and not track["target"],
        ids=frozenset(f"{one['type']} {one['value']}" for one in claim["ids"]),
    )


def pointed(bearing: Event | None) -> bool:
    """Whether it is a direction on the map, of which it is known how sure it is."""
    return bearing is not None and bearing["sigma_azimuth_deg"] is not None and bearing["reference"] == "true_north"


def _hidden(track: Event) -> bool:
    return track["sight"] is not None and track["sight"]["seen"] == "extrapolated" and not track["sound"]
