"""Where a cooperative drone was by its own Remote ID: metres from the node by the node's clock, with what may be wrong of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import inf
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.field.align.between import agree, bends_m, between, sharpness, steady
from edge_node.fusion.measurement import Measurement, claimed
from edge_node.geometry import LocalFrame
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.judges.heard import HOUR_S, past_the_hour
from edge_node.timebase import Timebase

Array = NDArray[np.float64]
Clock = Literal["utc", "heard"]

MOST_FIXES = 20_000
MOST_RANGE_M = 20_000.0
LEAST_FIXES = 5
WIDEST_GAP_S, MOST_IN_GAPS = 3.5, 0.5
"""Between fixes that are farther apart nobody knows where a drone was; so much of a flight may be like that."""
LEAST_APART_S = 0.02
SAID_JITTER_S, HEARD_JITTER_S = 0.03, 0.15
"""A timestamp counts tenths of a second (F3411-22a table 6); one without is as old as the beacon's turn made it."""
TENTH_S = 0.025
"""Of a time in tenths of a second: some makers round it, others cut it off, so the mean truth is this much later, within 0.04 s."""
LATE_S = -2.0, 10.0
"""A fix that is heard outside of this tells that one of the two clocks is wrong."""
SOONEST = 0.1
"""Share of fixes that are heard with less delay than is taken for the usual one: delays have a long tail to one side alone."""
UNSAID_HEIGHT_SIGMA_M = 30.0
"""Of heights above different zeros: above take-off, above sea, above the ellipsoid."""


class AlignError(Exception):
    """Nothing can be aligned with this flight; the text says why and what to do."""


class Stand(Struct, frozen=True):
    """Where the node's sensors are on WGS-84, and 1-sigma errors of that; without an altitude nobody knows how high."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None
    sigma_horizontal_m: float = 1.5
    sigma_vertical_m: float = 2.5


class Path:
    """Fixes by time: `t_s` (n,) of the node's monotonic clock, `places_m` (n, 3) east, north, up of the node's sensors.

    `sigma_m` (3,) are the drone's own errors, which change over tens of seconds, `stand_sigma_m` (3,) those of the node, which stay;
    `velocities_mps` (n, 3) are the drone's own, None where it says none that agree with its places, and
    `jitter_s` is the random error of each fix's time. `clock` is "utc" where the fix's own time could be brought to the node's clock, and
    "heard" where all of it is late by the same unknown delay.
    """

    def __init__(
        self,
        name: str,
        t_s: Array,
        places_m: Array,
        *,
        sigma_m: Array,
        stand_sigma_m: Array,
        jitter_s: float,
        clock: Clock,
        velocities_mps: Array | None = None,
    ) -> None:
        self.name, self.t_s, self.places_m = name, t_s, places_m
        self.sigma_m, self.stand_sigma_m, self.jitter_s, self.clock = sigma_m, stand_sigma_m, jitter_s, clock
        self.velocities_mps = velocities_mps
        self._sharpness = np.zeros(len(t_s) - 1) if velocities_mps is None else sharpness(velocities_mps)
        self._tangents = np.gradient(places_m, t_s, axis=0)
        self._bends_m = bends_m(t_s, places_m)

    def at(self, t_s: Array) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """Places (m, 3), velocities (m, 3), what turns between fixes leave unknown (m,) and which are known."""
        after = np.clip(np.searchsorted(self.t_s, t_s, side="right"), 1, len(self.t_s) - 1)
        before = after - 1
        step = self.t_s[after] - self.t_s[before]
        known = (t_s >= self.t_s[0]) & (t_s <= self.t_s[-1]) & (step <= WIDEST_GAP_S)
        x, h = np.clip((t_s - self.t_s[before]) / step, 0.0, 1.0)[:, None], step[:, None]
        speeds = self._tangents if self.velocities_mps is None else self.velocities_mps
        ends = (self.places_m[before], speeds[before]), (self.places_m[after], speeds[after])
        if self.velocities_mps is None:
            return *steady(x, h, ends), self._bends_m[before], known
        return *between(x, h, ends, self._sharpness[before]), known


class _Fix(Struct):
    heard_s: float
    said: RemoteIdDetection
    place: Measurement


def aircraft(messages: Iterable[RemoteIdDetection]) -> dict[str, list[RemoteIdDetection]]:
    """What was heard with a place, by serial number, else by transmitter; a Location that comes alone is of whose transmitter sends it."""
    heard = [one for one in messages if one.latitude_deg is not None and one.longitude_deg is not None]
    names = {one.transmitter: name for one in messages if (name := _serial(one))}
    found: dict[str, list[RemoteIdDetection]] = {}
    for one in heard:
        found.setdefault(names.get(one.transmitter, one.transmitter), []).append(one)
    return found


def chosen(messages: Sequence[RemoteIdDetection], wanted: str | None) -> tuple[str, list[RemoteIdDetection]]:
    """The cooperative drone: that of `wanted`, or the only one; raises AlignError."""
    found = aircraft(messages)
    if wanted is not None:
        if wanted in found:
            return wanted, found[wanted]
        raise AlignError(f"no Remote ID of {wanted!r} was heard with a place; heard were {', '.join(sorted(found)[:8]) or 'none'}")
    if not found:
        raise AlignError(
            "no Remote ID with a place was heard: is it on, has the drone a GNSS fix, and does the receiver run (edge-node status)?"
        )
    if len(found) > 1:
        most = Counter({name: len(said) for name, said in found.items()}).most_common(8)
        raise AlignError(f"{len(found)} aircraft say where they are: name yours with --id, of {', '.join(name for name, _ in most)}")
    return next(iter(found.items()))


def path_of(name: str, said: Sequence[RemoteIdDetection], stand: Stand, timebase: Timebase | None) -> Path:
    """The way of one aircraft about the node; `timebase` is the node's clock in UTC, None where nobody vouches for it. AlignError."""
    here = LocalFrame(stand.latitude_deg, stand.longitude_deg, stand.altitude_wgs84_m or 0.0)
    fixes = _distinct(said)
    if len(fixes) < LEAST_FIXES:
        raise AlignError(
            f"{len(fixes)} places of {name} were heard: too few. Fly nearer to the receiver, or park it on the drone's channel"
        )
    t_s, jitter_s, clock = _times(fixes, timebase)
    places, height_sigma_m = _places(fixes, here, stand)
    order = np.argsort(t_s, kind="stable")
    t_s, places = t_s[order], places[order]
    kept = (np.diff(t_s, prepend=-inf) > LEAST_APART_S) & (np.linalg.norm(places, axis=1) < MOST_RANGE_M)
    if np.count_nonzero(kept) < LEAST_FIXES:
        raise AlignError(f"the places and times that {name} says cannot be true")
    steps = np.diff(t_s[kept])
    if steps[steps > WIDEST_GAP_S].sum() > MOST_IN_GAPS * steps.sum():
        raise AlignError(f'{name} was heard too seldom: park the receiver on its channel for the flight (plan = "channel6"), or fly nearer')
    t_s, places, velocities = t_s[kept], places[kept], _velocities(fixes)
    horizontal_m = float(np.median([fix.place.sigma_horizontal_m for fix in fixes]))
    vertical_m = float(np.median([fix.place.sigma_vertical_m for fix in fixes]))
    if velocities is not None:
        velocities = velocities[order][kept]
    return Path(
        name,
        t_s,
        places,
        sigma_m=np.array([horizontal_m, horizontal_m, vertical_m]),
        stand_sigma_m=np.array([stand.sigma_horizontal_m, stand.sigma_horizontal_m, max(stand.sigma_vertical_m, height_sigma_m)]),
        jitter_s=jitter_s,
        clock=clock,
        velocities_mps=velocities if velocities is not None and agree(t_s, places, velocities) else None,
    )


def _velocities(fixes: Sequence[_Fix]) -> Array | None:
    """East, north, up (n, 3), where every fix has one."""
    rows = [(*fix.place.velocity_mps, fix.place.climb_mps) for fix in fixes if fix.place.velocity_mps and fix.place.climb_mps is not None]
    return np.array(rows) if len(rows) == len(fixes) else None


def _serial(said: RemoteIdDetection) -> str | None:
    return next((one.value for one in said.ids if one.type != "none" and one.value), None)


def _distinct(said: Sequence[RemoteIdDetection]) -> list[_Fix]:
    """Each fix once, as it was heard first."""
    found: dict[tuple[float | None, ...], _Fix] = {}
    for one in sorted(said[:MOST_FIXES], key=lambda each: each.t_mono_ns):
        place = claimed(one)
        if place is not None:
            found.setdefault(
                (one.timestamp_s, place.latitude_deg, place.longitude_deg, _height(one)), _Fix(one.t_mono_ns / 1e9, one, place)
            )
    return list(found.values())


def _height(said: RemoteIdDetection) -> float | None:
    return said.altitude_wgs84_m if said.altitude_wgs84_m is not None else said.altitude_msl_m


def _times(fixes: Sequence[_Fix], timebase: Timebase | None) -> tuple[Array, float, Clock]:
    """When each fix was true by the node's clock, how much of that is jitter, and how it is known."""
    heard = np.array([fix.heard_s for fix in fixes])
    said = [fix.said.timestamp_s for fix in fixes]
    live = [one for one in said if one is not None and 0 <= one <= HOUR_S]
    if len(live) < len(fixes) or len(set(live)) < len(fixes) / 2:
        return heard, HEARD_JITTER_S, "heard"
    if timebase is not None and timebase.sigma_s is not None:
        utc_s = [timebase.utc_ns(fix.said.t_mono_ns) / 1e9 % HOUR_S for fix in fixes]
        late = np.array([past_the_hour(now_s, one) for now_s, one in zip(utc_s, live, strict=True)])
        if LATE_S[0] < float(np.median(late)) < LATE_S[1]:
            return heard - late + TENTH_S, SAID_JITTER_S, "utc"
    since = np.array([past_the_hour(one, live[0]) for one in live])
    return since + float(np.quantile(heard - since, SOONEST)), SAID_JITTER_S, "heard"


def _places(fixes: Sequence[_Fix], here: LocalFrame, stand: Stand) -> tuple[Array, float]:
    """East, north, up (n, 3), and how little their common height is known beyond what they say themselves."""
    heights = [_height(fix.said) for fix in fixes]
    if stand.altitude_wgs84_m is not None and None not in heights:
        unsaid = any(fix.said.altitude_wgs84_m is None for fix in fixes)
        rows = [here.to_enu(fix.place.latitude_deg, fix.place.longitude_deg, up or 0.0) for fix, up in zip(fixes, heights, strict=True)]
        return np.array(rows), UNSAID_HEIGHT_SIGMA_M if unsaid else 0.0
    above = [fix.said.height_m for fix in fixes]
    if None in above:
        raise AlignError("the height of the drone above the node is not known: give the node its altitude_wgs84_m")
    base = here.altitude_wgs84_m
    rows = [here.to_enu(fix.place.latitude_deg, fix.place.longitude_deg, base + (up or 0.0)) for fix, up in zip(fixes, above, strict=True)]
    return np.array(rows), UNSAID_HEIGHT_SIGMA_M
