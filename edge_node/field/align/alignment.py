"""What a flight says of each bearing sensor: how it stands, how late it tells, how sure that is, or what to fly instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from edge_node.field.align.angles import gradients, pose_of, sigmas_deg
from edge_node.field.align.bearings import Bearings, Pose, Sense, bearings_of, joined, thinned
from edge_node.field.align.errors import levers
from edge_node.field.align.flown import LEAST_RATE_DPS, MOVED_DEG, WIDE_DEG, Flown, flown
from edge_node.field.align.lines import Lines, lines, sound_mps, turned
from edge_node.field.align.path import Array, Clock, Path
from edge_node.field.align.search import Fit, fits
from edge_node.field.align.solve import Solution, may_be, solve
from edge_node.field.align.still import still
from edge_node.messages import BusMessage

Unknown = Literal["azimuth_deg", "tilt_deg", "roll_deg", "late_s"]
UNKNOWNS: tuple[Unknown, ...] = ("azimuth_deg", "tilt_deg", "roll_deg", "late_s")

MOST_SIGMA_DEG, MOST_SIGMA_ROLL_DEG, MOST_SIGMA_S = 1.0, 2.0, 0.1
"""What is less sure is not told as a result; roll moves a bearing by less than half of itself within 50 degrees of view."""
ALWAYS_DEG: dict[Sense, float] = {"sound": 0.2, "sight": 0.1, "other": 0.2}
"""No flight shows it: wind of 1 m/s bends sound by 0.17 degrees, lenses and arrays are not quite as their files say."""
ALWAYS_S = 0.04
USUAL_TEMPERATURE_C, SPEED_DOUBT = 15.0, 0.018
"""Ten degrees colder or warmer than is thought."""
LEAST_DETECTIONS, LEAST_SPAN_S = 12, 8.0
MOST_UNEXPLAINED = 0.3
"""Of the way that the drone made as seen from the node, what its detections may be off it on average beside lasting errors of places."""
RIVAL = 0.92
FAR_OFF, PLACE_M = 3.0, (2.0, 3.0)
"""So many times the usual errors of node and drone together, along the ground and in height, in metres."""
MARGIN = 1.3
SILENT = (
    "it told no bearing in this time: does it run (edge-node status), did the drone come near and into its view, "
    "and has a camera its lens and a rough azimuth_deg?"
)


class Alignment(Struct, frozen=True, kw_only=True):
    """One sensor: how node.toml has it (`was`), how it stands (`now`) and how late its times are against Remote ID's, with 1 sigma each.

    `unseen` are those that this flight does not tell, `advice` says what to fly instead, `trouble` why nothing is told at all, `notes` what
    else is odd. Of `of` thinned detections `used` are of the drone, and `rms_deg` is how far
    these are off the drone as it claims to be, errors of GNSS included.
    """

    sensor: str
    sense: Sense
    was: Pose
    of: int
    now: Pose | None = None
    sigma: Pose | None = None
    late_s: float | None = None
    sigma_late_s: float | None = None
    clock: Clock = "heard"
    rms_deg: float | None = None
    used: int = 0
    flown: Flown | None = None
    covariance: tuple[tuple[float, ...], ...] = ()
    unseen: tuple[Unknown, ...] = ()
    advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def usable(self) -> bool:
        """Whether where it looks may be written down."""
        return self.now is not None and not self.trouble and not {"azimuth_deg", "tilt_deg"} & set(self.unseen)


def align(
    messages: Sequence[BusMessage], path: Path, poses: Mapping[str, Pose], temperatures_c: Mapping[str, float] | None = None
) -> list[Alignment]:
    """One for each sensor of `poses`, in their order; temperatures of the air are for those who hear."""
    found = bearings_of(messages, poses)
    known = temperatures_c or {}
    return [
        aligned(path, found[name], known.get(name))
        if name in found
        else Alignment(sensor=name, sense="other", was=pose, of=0, trouble=SILENT)
        for name, pose in poses.items()
    ]


def aligned(path: Path, bearings: Bearings, temperature_c: float | None = None) -> Alignment:
    """One sensor."""
    sound = sound_mps(USUAL_TEMPERATURE_C if temperature_c is None else temperature_c)
    part = thinned(bearings)
    told = Alignment(sensor=part.sensor, sense=part.sense, was=part.pose, of=len(part), clock=path.clock)
    ways = fits(path, part, sound) if len(part) >= LEAST_DETECTIONS else []
    part = _of_drone(path, bearings, part, ways[0], sound) if ways else part
    told = replace(told, of=len(part))
    solution = _solved(path, part, ways, sound)
    if solution is None:
        return replace(told, trouble=f"of {len(part)} detections too few are of the drone: fly nearer to it and within its view")
    line = lines(path, part, solution.late_s, sound)
    place_m = float(np.hypot(path.sigma_m, path.stand_sigma_m)[0])
    place_deg = float(np.degrees(place_m / np.median(line.range_m[solution.used])))
    seen = Seen(part.of(solution.used), line.of(solution.used), solution, place_deg)
    trouble = _trouble(seen, ways)
    doubt_s = 0.0 if temperature_c is not None or part.sense != "sound" else SPEED_DOUBT * float(seen.line.range_m.mean()) / sound
    return _told(replace(told, trouble=trouble), seen, doubt_s)


def _of_drone(path: Path, bearings: Bearings, part: Bearings, way: Fit, sound: float) -> Bearings:
    """What may be of the drone, thinned alone: among many birds little of it is left in `part`. All that is not, as it is there."""
    moving = bearings.of(~still(path, bearings, way.late_s, sound))
    near, other = (may_be(path, one, way, sound) for one in (moving, part))
    return joined(thinned(moving.of(near)), part.of(~other))


def _solved(path: Path, part: Bearings, ways: Sequence[Fit], sound: float) -> Solution | None:
    """From the best way; None where there is none, or where what is told makes no sense together."""
    try:
        return solve(path, part, ways[0], sound) if ways else None
    except np.linalg.LinAlgError:
        return None


class Seen(Struct, frozen=True):
    """The detections that are of the drone, its lines of sight, and what was solved from them.

    `place_deg` is what errors of places are at the usual range.
    """

    bearings: Bearings
    line: Lines
    solution: Solution
    place_deg: float


def _told(told: Alignment, seen: Seen, doubt_s: float) -> Alignment:
    solution = seen.solution
    always = np.diag([*[np.radians(ALWAYS_DEG[told.sense]) ** 2] * 3, ALWAYS_S**2 + doubt_s**2])
    covariance, rotation, late_s = solution.covariance + always, solution.rotation, solution.late_s
    sigma = (*sigmas_deg(rotation, covariance[:3, :3], told.was), float(np.sqrt(covariance[3, 3])))
    limits = (MOST_SIGMA_DEG, MOST_SIGMA_DEG, MOST_SIGMA_ROLL_DEG, MOST_SIGMA_S)
    unseen = tuple(name for name, one, most in zip(UNKNOWNS, sigma, limits, strict=True) if one > most)
    if "roll_deg" in unseen and len(unseen) == 1:
        rotation = _with_roll(rotation, covariance, told.was)
    way = flown(seen.bearings.t_s, seen.line.directions * seen.line.range_m[:, None])
    return replace(
        told,
        now=pose_of(rotation, told.was),
        sigma=Pose(*sigma[:3]),
        late_s=late_s,
        sigma_late_s=sigma[3],
        rms_deg=float(np.degrees(_rms(solution.off))),
        used=len(seen.bearings),
        flown=way,
        covariance=tuple(tuple(float(one) for one in row) for row in covariance),
        unseen=unseen,
        advice=_advice(unseen, way, seen) if unseen or told.trouble else (),
        notes=_notes(seen),
    )


def _with_roll(rotation: Array, covariance: Array, was: Pose) -> Array:
    """The likeliest pose with the roll that it had, where the flight does not show another."""
    slope = gradients(rotation, was)[2]
    short = np.radians(was.roll_deg - pose_of(rotation, was).roll_deg)
    spread = covariance[:3, :3] @ slope
    return turned(rotation, spread * (short / float(slope @ spread)))


def _trouble(seen: Seen, ways: Sequence[Fit]) -> str:
    """Why nothing that was solved is to be believed; empty where it is."""
    bearings, line, solution = seen.bearings, seen.line, seen.solution
    if len(bearings) < LEAST_DETECTIONS or np.ptp(bearings.t_s) < LEAST_SPAN_S:
        return f"only {len(bearings)} of its detections, within {np.ptp(bearings.t_s):.0f} s, are of the drone"
    way = _rms(line.directions - line.directions.mean(axis=0))
    if _rms(solution.off - levers(bearings, line) @ solution.bias_m) > MOST_UNEXPLAINED * way:
        return "what it detected did not move as the drone did, or the drone did not move as seen from here"
    if any(other.gain > RIVAL * ways[0].gain for other in ways[1:]):
        return "it may stand in two quite different ways that explain this flight alike"
    return ""


ONE_DIRECTION = "it was in one direction all the time: fly across, from side to side, near and far, and climb and descend"


def _advice(unseen: Sequence[Unknown], way: Flown, seen: Seen) -> tuple[str, ...]:
    """What to fly instead."""
    said = []
    if way.width_deg < MOVED_DEG and way.height_deg < MOVED_DEG:
        return (ONE_DIRECTION,)
    if "late_s" in unseen and way.turning_dps < LEAST_RATE_DPS:
        said.append("fly across faster, 8 m/s or so, and back")
    elif unseen and not way.both_ways:
        said.append("it went round one way only: turn and fly back the same way")
    if {"azimuth_deg", "roll_deg"} & set(unseen) and way.width_deg < WIDE_DEG:
        said.append("fly far to both sides, as far as it senses you, and low and high")
    if seen.place_deg > MOST_SIGMA_DEG:
        said.append(_farther(seen))
    return tuple(said) or ("fly on for longer: to and fro, near and far, low and high",)


def _farther(seen: Seen) -> str:
    """GNSS errors are metres, and what they are in degrees is a matter of range."""
    range_m = float(np.median(seen.line.range_m))
    needed_m = MARGIN * range_m * seen.place_deg / MOST_SIGMA_DEG
    error = f"errors of GNSS are {seen.place_deg:.1f} degrees at {range_m:.0f} m"
    return f"{error}: fly near and far in turns, out to {needed_m:.0f} m if it is seen there"


def _rms(vectors: Array) -> float:
    """Of the lengths of vectors (n, k)."""
    return float(np.sqrt(np.mean(np.sum(vectors**2, axis=1))))


def _notes(seen: Seen) -> tuple[str, ...]:
    """A place that is wrong shows itself."""
    _, _, up_m = seen.solution.bias_m
    side_m = float(np.hypot(*seen.solution.bias_m[:2]))
    said = []
    if side_m > FAR_OFF * PLACE_M[0]:
        said.append(f"node and drone seem to be {side_m:.0f} m off each other's map: is the node's latitude_deg and longitude_deg right?")
    if abs(up_m) > FAR_OFF * PLACE_M[1]:
        said.append(f"heights seem to be {abs(up_m):.0f} m off: altitude_wgs84_m is that of the sensors above the ellipsoid, not the sea")
    return tuple(said)
