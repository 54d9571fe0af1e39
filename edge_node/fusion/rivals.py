"""Whether what a transmitter says can be of the aircraft whose id it names, by where that one is said to be at the same time."""

from __future__ import annotations

from math import hypot, sqrt

from edge_node.fusion.measurement import claimed
from edge_node.fusion.motion import Motion
from edge_node.fusion.trail import Trail
from edge_node.geometry import distance_m
from edge_node.messages import Kinematics, RemoteIdDetection

TOGETHER_S = 3.0
"""Who was silent for longer may have changed its address, and found itself again elsewhere."""
STALE_S = 2.0
"""ASTM F3411-22a lets a place be a second old when it is sent; over several ways it is sent in turn."""
SPARE_MPS, UNSAID_MPS = 15.0, 50.0
"""Beyond its claimed speed an aircraft may be this much faster; where none is said, as fast as the fastest that sells."""
SIGMAS = 5.0


def is_elsewhere(trail: Trail, said: RemoteIdDetection) -> bool:
    """Whether another transmitter than the trail's last says a place at the same time that nobody reaches from the trail's."""
    place = claimed(said)
    if trail.motion is None or place is None or said.damaged or said.transmitter == trail.placed_by:
        return False
    speed_mps = UNSAID_MPS if said.speed_mps is None else said.speed_mps
    return _apart(trail.motion, (place.latitude_deg, place.longitude_deg), place.sigma_horizontal_m, speed_mps, said.t_mono_ns)


def are_apart(trail: Trail, other: Trail) -> bool:
    """Whether two trails, placed by two transmitters, were at the same time where nobody is at once."""
    if trail.motion is None or other.motion is None or trail.placed_by == other.placed_by:
        return False
    at = other.motion.kinematics()
    place, speed_mps = (at.latitude_deg, at.longitude_deg), hypot(at.velocity_east_mps, at.velocity_north_mps)
    return _apart(trail.motion, place, _sigma_m(at), speed_mps, other.motion.t_mono_ns)


def _apart(motion: Motion, place: tuple[float, float], sigma_m: float, speed_mps: float, t_mono_ns: int) -> bool:
    passed_s, at = abs(t_mono_ns - motion.t_mono_ns) / 1e9, motion.kinematics()
    if passed_s > TOGETHER_S:
        return False
    fastest_mps = max(hypot(at.velocity_east_mps, at.velocity_north_mps), speed_mps) + SPARE_MPS
    reach_m = SIGMAS * hypot(_sigma_m(at), sigma_m) + fastest_mps * (passed_s + STALE_S)
    return distance_m(at.latitude_deg, at.longitude_deg, *place) > reach_m


def _sigma_m(at: Kinematics) -> float:
    return sqrt(max(at.covariance[0], at.covariance[7]))
