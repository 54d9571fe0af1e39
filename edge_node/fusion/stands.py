"""Trails as those see them who judge claims and links: what is claimed, what is measured, and nothing else."""

from __future__ import annotations

from math import hypot, sqrt

from edge_node.fusion.claims.standing import Claimed, Seen, Standing
from edge_node.fusion.emitting import Emitting
from edge_node.fusion.linking import LinkStanding, ObjectStanding
from edge_node.fusion.sounding import Sounding
from edge_node.fusion.targets import DRONES
from edge_node.fusion.trail import Trail
from edge_node.geometry import LocalFrame
from edge_node.messages import Bearing, Kinematics
from edge_node.suspicion import together

CLAIMED_DRONE = 0.95
"""Who says Remote ID is one, whatever else it lies about."""
DJI_SERIAL, DJI_TRANSPORTS = "1581F", frozenset({"dji_beacon", "dji_droneid"})
GROWS_MPS2 = 3.0
"""How a claimed place gets unsure once it is not said any more."""
USUAL_SIGMA_DEG = 10.0


def standing_of(trail: Trail, frame: LocalFrame | None, agrees: float | None, t_mono_ns: int) -> Standing:
    """What a judge of claims needs to know of a trail."""
    claim, body = claimed_of(trail, frame, t_mono_ns), seen_of(trail, frame)
    return Standing(number=trail.number, claim=claim, body=body, agrees=agrees if claim and body else None)


def claimed_of(trail: Trail, frame: LocalFrame | None, t_mono_ns: int) -> Claimed | None:
    """Where an identity claims to be by now; None where there is none."""
    if trail.claimed_ns is None:
        return None
    first_ns, last_ns = trail.claimed_ns
    doubt = together(trail.doubts)
    if trail.motion is None or frame is None:
        return Claimed(first_mono_ns=first_ns, last_mono_ns=last_ns, doubt=doubt)
    at, age_s = trail.motion.kinematics(), (t_mono_ns - trail.motion.t_mono_ns) / 1e9
    east_m, north_m, up_m = _enu(at, frame)
    return Claimed(
        first_mono_ns=first_ns,
        last_mono_ns=last_ns,
        east_m=east_m + at.velocity_east_mps * age_s,
        north_m=north_m + at.velocity_north_mps * age_s,
        up_m=None if at.altitude_wgs84_m is None else up_m + at.velocity_up_mps * age_s,
        sigma_m=hypot(sqrt(max(at.covariance[0], at.covariance[7])), sqrt(at.covariance[21]) * age_s, GROWS_MPS2 * age_s**2 / 2),
        sigma_up_m=hypot(sqrt(at.covariance[14]), sqrt(at.covariance[35]) * age_s),
        velocity_mps=(at.velocity_east_mps, at.velocity_north_mps),
        doubt=doubt,
    )


def seen_of(trail: Trail, frame: LocalFrame | None) -> Seen | None:
    """What is measured of a trail's object; None where nothing is."""
    if trail.body is None:
        return _heard_alone(trail)
    known, spoke_ns = trail.body.known(), trail.body.spoke_ns
    bearing, at = known.bearing, known.kinematics if trail.motion is None else None
    east_m, north_m, up_m = _enu(at, frame) if at and frame else (0.0, 0.0, 0.0)
    range_m = hypot(east_m, north_m, up_m) if at and frame else None
    return Seen(
        first_mono_ns=trail.body.first_ns,
        sensors={key[1]: spoke for key, spoke in spoke_ns.items()} or dict.fromkeys(trail.plotters, known.t_mono_ns),
        drone_probability=drone_probability(trail),
        azimuth_deg=bearing.azimuth_deg,
        elevation_deg=bearing.elevation_deg,
        sigma_azimuth_deg=_sigma_deg(bearing, bearing.sigma_azimuth_deg),
        sigma_elevation_deg=_sigma_deg(bearing, bearing.sigma_elevation_deg or USUAL_SIGMA_DEG),
        range_m=range_m,
        sigma_range_m=hypot(sqrt(at.covariance[0]), sqrt(at.covariance[7])) if at else 50.0,
        velocity_mps=(at.velocity_east_mps, at.velocity_north_mps) if at else None,
    )


def link_of(number: int, emitting: Emitting) -> LinkStanding:
    """A radio link."""
    emission = emitting.emission
    return LinkStanding(
        number=number,
        link=emission.link,
        first_mono_ns=emitting.first_mono_ns,
        last_mono_ns=emitting.t_mono_ns,
        drone_probability=emission.probability,
        level_rate_db_s=emission.level_rate_db_s,
    )


def object_of(trail: Trail, frame: LocalFrame | None) -> ObjectStanding | None:
    """What a radio link may be of; None of a trail that is but a link."""
    if trail.body is None and trail.claimed_ns is None:
        return None
    at = trail.body.known().kinematics if trail.body else None
    at = at or (trail.motion.kinematics() if trail.motion else None)
    range_m, sigma_m, rate_mps = _range_of(at, frame) if at and frame else (None, 0.0, None)
    first = [trail.body.first_ns] if trail.body else []
    return ObjectStanding(
        number=trail.number,
        first_mono_ns=min([*first, *(trail.claimed_ns or ())[:1]]),
        last_mono_ns=trail.last_seen_ns,
        drone_probability=drone_probability(trail) if trail.body else CLAIMED_DRONE,
        range_m=range_m,
        sigma_range_m=sigma_m,
        range_rate_mps=rate_mps,
        is_dji=_is_dji(trail),
    )


def drone_probability(trail: Trail) -> float:
    """By all that was heard and seen of it."""
    _, _, probabilities = trail.kinds.told()
    return sum(probabilities.get(kind, 0.0) for kind in DRONES)


def _heard_alone(trail: Trail) -> Seen | None:
    """A microphone alone knows no direction, and yet that there is something."""
    heard = {key[1]: one.t_mono_ns for key, one in trail.pointings.items() if isinstance(one, Sounding)}
    if not heard:
        return None
    return Seen(first_mono_ns=trail.first_seen_ns, sensors=heard, drone_probability=drone_probability(trail))


def _range_of(at: Kinematics, frame: LocalFrame) -> tuple[float, float, float]:
    east_m, north_m, up_m = _enu(at, frame)
    range_m = max(hypot(east_m, north_m, up_m), 1.0)
    along = east_m * at.velocity_east_mps + north_m * at.velocity_north_mps + up_m * at.velocity_up_mps
    return range_m, hypot(sqrt(at.covariance[0]), sqrt(at.covariance[7])), along / range_m


def _enu(at: Kinematics, frame: LocalFrame) -> tuple[float, float, float]:
    altitude_m = frame.altitude_wgs84_m if at.altitude_wgs84_m is None else at.altitude_wgs84_m
    return frame.to_enu(at.latitude_deg, at.longitude_deg, altitude_m)


def _sigma_deg(bearing: Bearing, random_deg: float) -> float:
    return hypot(random_deg, bearing.sigma_pose_deg or 0.0)


def _is_dji(trail: Trail) -> bool | None:
    if DJI_TRANSPORTS & trail.transports:
        return True
    serials = [one.value for one in trail.claims.ids if one.type == "serial_number"]
    return None if not serials else any(value.startswith(DJI_SERIAL) for value in serials)
