"""What a node's sensors detected, as its recorder wrote it, and what they said that they would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import nan
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.geometry import LocalFrame
from tools.score.truth import Flown, Truth, direction_deg, turned_deg

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

REACH_M = {"sound": 150.0, "sight": 120.0, "remote_id": 800.0, "other": 300.0}
"""A node must tell of a small multirotor that is so near, whatever it says of itself: who claims no reach must not score by it."""
NAMES = {"sound": "by ear", "sight": "by eye", "remote_id": "by Remote ID", "other": "without a sensor that said what it is"}
ALL_AROUND = {"microphones": "sound", "acoustic": "sound", "remote_id": "remote_id"}
"""What listens to all sides, by a sensor's sense or by the kind of its detections."""
UNSAID = -1
POINTING = ("acoustic", "camera", "bearing")
PLACING = ("remote_id", "position")


class Plot(NamedTuple):
    """One detection that says where: a direction or a place about the node; `track` is the sensor's own number, UNSAID for none."""

    t_s: float
    track: int
    frame: int
    direction_deg: tuple[float, float]
    place: tuple[float, float, float]
    label: str


class Sensor:
    """All that one sensor said. `kind` is that of its detections, `media` those of Remote ID on which it heard anything."""

    def __init__(self, name: str, kind: str, plots: list[Plot], media: frozenset[str] = frozenset()) -> None:
        self.media = media
        self.name, self.kind, self.plots = name, kind, sorted(plots, key=lambda one: one.t_s)
        self.t_s = np.array([one.t_s for one in self.plots])
        self.direction_deg = np.array([one.direction_deg for one in self.plots]).reshape(-1, 2)
        self.place = np.array([one.place for one in self.plots]).reshape(-1, 3)

    @property
    def points(self) -> bool:
        """Whether it says directions."""
        return self.kind in POINTING


class Cover(NamedTuple):
    """What one sensor would sense from a moment on, as it says itself, and how long after it came it would."""

    t_s: float
    sense: str
    azimuth_deg: float
    width_deg: float
    low_deg: float
    high_deg: float
    reach_m: float
    latency_s: float = 0.0


class Sensed(Struct, frozen=True):
    """All sensors of a node, by name."""

    sensors: dict[str, Sensor]
    covers: dict[str, list[Cover]]


def sensed(rows: Iterable[dict[str, Any]], frame: LocalFrame, mono_begin_ns: int) -> Sensed:
    """Bus messages as they were recorded; kinds that say neither what is there nor what would be are passed over."""
    plots: dict[str, list[Plot]] = {}
    kinds: dict[str, str] = {}
    media: dict[str, set[str]] = {}
    covers: dict[str, list[Cover]] = {}
    for row in rows:
        kind, name, t_s = row.get("kind"), str(row.get("sensor", "")), (row.get("t_mono_ns", mono_begin_ns) - mono_begin_ns) / 1e9
        if kind == "coverage":
            if row["sense"] not in REACH_M:  # of radio links nobody says where they are
                continue
            covers.setdefault(name, []).append(_cover(row, t_s))
        elif kind in POINTING and row.get("azimuth_deg") is not None and row.get("reference", "true_north") == "true_north":
            direction = row["azimuth_deg"], _or_nan(row.get("elevation_deg"))
            plots.setdefault(name, []).append(_plot(row, t_s, direction, (nan, nan, nan)))
        elif kind in PLACING and row.get("latitude_deg") is not None:
            altitude_m = row.get("altitude_wgs84_m")
            east, north, up = frame.to_enu(
                row["latitude_deg"], row["longitude_deg"], frame.altitude_wgs84_m if altitude_m is None else altitude_m
            )
            plots.setdefault(name, []).append(_plot(row, t_s, (nan, nan), (east, north, nan if altitude_m is None else up)))
        else:
            continue
        if kind != "coverage":
            kinds[name] = str(kind)
        if transport := row.get("transport"):
            media.setdefault(name, set()).add("bluetooth" if str(transport).startswith("ble") else "wifi")
    heard = {name: frozenset(some) for name, some in media.items()}
    return Sensed({name: Sensor(name, kinds[name], some, heard.get(name, frozenset())) for name, some in sorted(plots.items())}, covers)


def _plot(row: dict[str, Any], t_s: float, direction: tuple[float, float], place: tuple[float, float, float]) -> Plot:
    shares = row.get("probabilities") or {}
    label = row.get("label") or (max(shares, key=lambda name: shares[name]) if shares and "track" in row else "")
    number, frame = row.get("track"), row.get("frame")
    return Plot(t_s, UNSAID if number is None else number, UNSAID if frame is None else frame, direction, place, label)


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _cover(row: dict[str, Any], t_s: float) -> Cover:
    turned = row.get("reference", "true_north") != "true_north"
    return Cover(
        t_s=t_s,
        sense=row["sense"],
        azimuth_deg=row.get("azimuth_deg", 0.0),
        width_deg=360.0 if turned else row.get("width_deg", 360.0),
        low_deg=row.get("lowest_elevation_deg", -90.0),
        high_deg=row.get("highest_elevation_deg", 90.0),
        reach_m=row["reach_m"],
        latency_s=row.get("latency_s", 0.0),
    )


def in_reach(truth: Truth, flown: Flown, covers: Sequence[Cover], t_s: Array) -> Flags:
    """Whether an object is in a sensor's sector at times, by the newest before each; who says no id is none to Remote ID."""
    lives = flown.lives(t_s)
    newest = np.maximum(np.searchsorted([one.t_s for one in covers], t_s, side="right") - 1, 0)
    place = truth.seen(flown, t_s)
    range_m, (azimuth, elevation) = np.linalg.norm(place, axis=-1), direction_deg(place).T
    inside = np.zeros(len(t_s), bool)
    for k, cover in enumerate(covers):
        if cover.sense == "remote_id" and not flown.ids:
            continue
        mine = newest == k
        ahead = np.abs(turned_deg(azimuth - cover.azimuth_deg)) <= cover.width_deg / 2
        high = (elevation >= cover.low_deg) & (elevation <= cover.high_deg)
        inside |= mine & ahead & high & (range_m < cover.reach_m)
    return np.asarray(inside & lives)


def for_long(asked: Flags, covers: Sequence[Cover], t_s: Array) -> Flags:
    """Of moments in reach, those after as long a time in it as the sensor says that it needs."""
    latency_s = max((one.latency_s for one in covers), default=0.0)
    began = np.maximum.accumulate(np.where(asked, -np.inf, t_s)) if len(t_s) else t_s
    since_s = t_s - np.where(np.isfinite(began), began, t_s[:1])
    return np.asarray(asked & (since_s > latency_s))


def should_reach(covers: Sequence[Cover], what: str) -> list[Cover]:
    """What a sensor should sense: its own sector as far as REACH_M says, or all around, where it listens and said no sector."""
    if covers:
        return [one._replace(reach_m=REACH_M[one.sense]) for one in covers]
    return [_around(ALL_AROUND[what])] if what in ALL_AROUND else []


def _around(sense: str) -> Cover:
    return Cover(0.0, sense, 0.0, 360.0, -90.0, 90.0, REACH_M[sense])


def reach_of_all(truth: Truth, said: Sensed, senses: Iterable[str], t_s: Array) -> tuple[Flags, str]:
    """Whether any sensor should sense each object (n, objects), and which reach that is in words."""
    told = [should_reach(covers, "") for covers in said.covers.values()]
    heard = {one.sense for some in told for one in some}
    silent = sorted({ALL_AROUND[sense] for sense in senses if sense in ALL_AROUND} - heard)
    covers = [*told, *([_around(sense)] for sense in silent)] or [[_around("other")]]
    reach = np.zeros((len(t_s), len(truth.flown)), bool)
    for k, flown in enumerate(truth.flown):
        for one in covers:
            reach[:, k] |= in_reach(truth, flown, one, t_s)
    known = sorted({one.sense for some in covers for one in some})
    return reach, ", ".join(f"{NAMES[sense]} {REACH_M[sense]:.0f} m" for sense in known)
