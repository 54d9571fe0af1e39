"""What a node told C2 of its tracks: as of when, when it came, where, how sure and what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_node.geometry import LocalFrame
from tools.trial.outcome import Heard

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
Key = tuple[int, int]
"""A hub's epoch and the track's number in it."""
SAME_S = 1e-3
UAV = ("multirotor", "fixed_wing")
DISPUTED = "id_in_two_places"
UNKNOWN = "unknown"
SURE_PERCENT = 50.0


class Word(NamedTuple):
    """One track in one message."""

    heard_s: float
    at_s: float
    seen_s: float
    state: str
    place: Three
    velocity: Three
    direction_deg: tuple[float, float]
    rates_dps: tuple[float, float]
    sigma_m: Four
    """Longer and shorter half axis, direction of the longer in degrees, altitude."""
    sigma_deg: Three
    """Azimuth, elevation, mounting."""
    sounds: bool
    label: str
    ids: frozenset[str]
    disputed: bool
    """Whether the node says itself that somebody elsewhere goes by that id too, and so that it does not know whose it is."""
    doubt_percent: float
    """How sure the node is that a mere claim is false."""


class Told:
    """All that was told of one track; arrays have a row for each message, in the order in which they came."""

    def __init__(self, key: Key, words: Sequence[Word]) -> None:
        self.key, self.words = key, words
        self.heard_s, self.at_s, self.seen_s = (np.array([getattr(one, name) for one in words]) for name in ("heard_s", "at_s", "seen_s"))
        self.confirmed: Flags = np.array([one.state == "confirmed" for one in words])
        self.place, self.velocity = np.array([one.place for one in words]), np.array([one.velocity for one in words])
        self.direction_deg, self.rates_dps = np.array([one.direction_deg for one in words]), np.array([one.rates_dps for one in words])
        self.sigma_m, self.sigma_deg = np.array([one.sigma_m for one in words]), np.array([one.sigma_deg for one in words])
        self.sounds: Flags = np.array([one.sounds for one in words])

    @property
    def new(self) -> Flags:
        """Whether a message said a state that none before it did."""
        before = np.maximum.accumulate(np.concatenate([[-np.inf], self.at_s[:-1]]))
        return np.asarray(self.at_s > before + SAME_S)

    @property
    def placed(self) -> bool:
        """Whether it ever was anywhere: a radio link alone is not."""
        return bool(np.isfinite(self.place[:, 0]).any() or np.isfinite(self.direction_deg[:, 0]).any())


def tracks_of(heard: Iterable[Heard], node: str, frame: LocalFrame, begun_utc_ms: int) -> list[Told]:
    """By track, one that was merged into another together with it: C2 was told that they are one."""
    words: dict[Key, list[Word]] = {}
    merged: dict[Key, Key] = {}
    for one in heard:
        event = one.event
        if event.get("node") != node:
            continue
        if event.get("kind") == "tracks":
            sent_s = (event["t_utc_ms"] - begun_utc_ms) / 1000
            for track in event["tracks"]:
                words.setdefault((event["epoch"], track["number"]), []).append(_word(track, one.t_s, sent_s, frame))
        elif event.get("event") == "merged" and event["track"] and event["other"] is not None:
            merged[event["epoch"], event["track"]["number"]] = event["epoch"], event["other"]
    together: dict[Key, list[Word]] = {}
    for key, some in words.items():
        together.setdefault(_root(key, merged), []).extend(some)
    return [Told(key, sorted(some, key=lambda word: word.heard_s)) for key, some in together.items()]


def _root(key: Key, merged: dict[Key, Key]) -> Key:
    passed = {key}
    while key in merged and merged[key] not in passed:
        key = merged[key]
        passed.add(key)
    return key


def _word(track: dict[str, Any], heard_s: float, sent_s: float, frame: LocalFrame) -> Word:
    at_s = sent_s - track["age_s"]
    bearing = track["bearing"] if (track["bearing"] or {}).get("reference") in ("true_north", None) else None
    place, velocity, sigma_m = _placed(track["kinematics"], frame)
    return Word(
        heard_s=heard_s,
        at_s=at_s,
        seen_s=at_s - track["unheard_s"],
        state=track["state"],
        place=place,
        velocity=velocity,
        direction_deg=_both(bearing, "azimuth_deg", "elevation_deg"),
        rates_dps=_both(bearing, "azimuth_rate_dps", "elevation_rate_dps", 0.0),
        sigma_m=sigma_m,
        sigma_deg=(*_both(bearing, "sigma_azimuth_deg", "sigma_elevation_deg"), _number(bearing or {}, "sigma_pose_deg", 0.0)),
        sounds=bool(track["sound"]) and not track["sight"] and not track["target"],
        label=label_of(track),
        ids=frozenset(one["value"] for one in (track["identity"] or {}).get("ids", ())),
        disputed=DISPUTED in track.get("flags", ()),
        doubt_percent=0.0 if _sensed(track) else track["suspicion_percent"] or 0.0,
    )


def _sensed(track: dict[str, Any]) -> bool:
    """Whether any sensor met an object there: then what is doubted is what it claims to be, and not that it is."""
    return any(track[name] for name in ("sound", "sight", "target"))


def _placed(said: dict[str, Any] | None, frame: LocalFrame) -> tuple[Three, Three, Four]:
    if said is None:
        return (nan, nan, nan), (0.0, 0.0, 0.0), (nan, nan, nan, nan)
    altitude_m = said["altitude_wgs84_m"]
    east, north, up = frame.to_enu(
        said["latitude_deg"], said["longitude_deg"], frame.altitude_wgs84_m if altitude_m is None else altitude_m
    )
    speed = [_number(said, f"velocity_{axis}_mps", 0.0) for axis in ("east", "north", "up")]
    ellipse = [_number(said, name) for name in ("sigma_major_m", "sigma_minor_m", "major_axis_deg", "sigma_altitude_m")]
    place = east, north, nan if altitude_m is None else up
    return place, (speed[0], speed[1], speed[2]), (ellipse[0], ellipse[1], ellipse[2], ellipse[3])


def _both(said: dict[str, Any] | None, first: str, second: str, unsaid: float = nan) -> tuple[float, float]:
    return (unsaid, unsaid) if said is None else (_number(said, first, unsaid), _number(said, second, unsaid))


def _number(said: dict[str, Any], name: str, unsaid: float = nan) -> float:
    value = said.get(name)
    return unsaid if value is None else float(value)


def label_of(track: dict[str, Any]) -> str:
    """What C2 may take it for: "drone", another kind, or "unknown" where none is likelier than all others together."""
    shares = (track["judgement"] or {}).get("probabilities") or {}
    if shares:
        drone = sum(shares.get(name, 0) for name in UAV)
        best = max(shares, key=lambda name: shares[name])
        return "drone" if drone > SURE_PERCENT else best if shares[best] > SURE_PERCENT and best not in UAV else UNKNOWN
    if track["rid_claimed"]:
        return "drone"
    named = [one["label"] for one in (track["sight"], track["sound"], track["target"]) if one and one["label"] not in (None, "none")]
    return "drone" if named and named[0] in (*UAV, "drone") else named[0] if named else UNKNOWN
