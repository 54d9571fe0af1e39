"""Detection: whether a drone is told of, how soon, what is told where nothing is, and how late it comes to C2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tools.score.case import Case
from tools.score.figures import Figure
from tools.score.intervals import BLOCK_S, Estimate, over_objects, percentile, rate, share
from tools.score.matching import EVERY_S, NOBODY
from tools.score.told import Told

HOUR_S = 3600.0
BELIEVED = 0.5
DOUBTED_PERCENT = 50.0
"""What a node itself doubts so much, it warns of: a claim of nothing, told as such, is no false alarm."""
SAME_S = 1e-3


def figures(case: Case) -> Iterator[Figure]:
    """All of this part."""
    yield Figure("pd", pd(case))
    yield Figure("found", found(case))
    yield Figure("time_to_first_s", time_to_first(case))
    yield Figure("false_tracks_per_h", rate(len(false_tracks(case)), case.seconds / HOUR_S))
    yield Figure("others_told_drones", others(case))
    t_s, late_s = latencies(case.tracks)
    for name, percent in (("latency_p50_s", 50.0), ("latency_p95_s", 95.0), ("latency_p99_s", 99.0)):
        yield Figure(name, percentile(t_s, late_s, percent))


def looks(moments: float) -> float:
    """How many looks so many moments are worth that are independent: one in a block of time."""
    return moments * EVERY_S / BLOCK_S


def pd(case: Case, within: NDArray[np.bool_] | None = None) -> Estimate:
    """Of the moments at which drones are in reach (and `within` (moments, objects) holds), at how many a confirmed track is on them."""
    hits = of = 0
    for one in case.drones:
        asked = case.reach[:, one] if within is None else case.reach[:, one] & within[:, one]
        hits, of = hits + int((case.hit(one) & asked).sum()), of + int(asked.sum())
    return share(looks(hits), looks(of))


def found(case: Case) -> Estimate:
    """Of the drones that came into reach, how many were told of."""
    came = [one for one in case.drones if case.reach[:, one].any()]
    return share(sum(bool(case.hit(one).any()) for one in came), len(came))


def time_to_first(case: Case) -> Estimate:
    """Seconds from a drone's coming into reach until a confirmed track is on it; who is never found counts with all its time in reach."""
    waits = []
    for one in case.drones:
        came, hit = np.flatnonzero(case.reach[:, one]), np.flatnonzero(case.hit(one))
        if len(came):
            waits.append(float(case.t_s[hit[0]] - case.t_s[came[0]]) if len(hit) else len(came) * EVERY_S)
    return over_objects(np.array(waits))


def false_tracks(case: Case) -> list[int]:
    """Tracks that were confirmed, mostly near no object at all, and not doubted by the node itself; a link without a place is none."""
    near, alive = case.match.near, case.match.alive
    some = [k for k in range(len(case.tracks)) if alive[:, k].any() and (near[alive[:, k], k] != NOBODY).mean() < BELIEVED]
    return [k for k in some if not doubted(case.tracks[k])]


def doubted(told: Told) -> bool:
    """Whether the node doubted a track for most of its confirmed time."""
    percent = [word.doubt_percent for word in told.words if word.state == "confirmed"]
    return bool(percent) and float(np.median(percent)) >= DOUBTED_PERCENT


def others(case: Case) -> Estimate:
    """Of the time that tracks are on objects that are no drones, for how much they are told as drones."""
    told = of = 0
    for k, flown in enumerate(case.truth.flown):
        if not flown.is_drone:
            labels = labels_on(case, k)
            told, of = told + labels.count("drone"), of + len(labels)
    return share(looks(told), looks(of))


def labels_on(case: Case, flown: int) -> list[str]:
    """What an object was told to be, moment by moment."""
    labels = []
    for moment in np.flatnonzero(case.match.owner[:, flown] != NOBODY):
        told = case.tracks[case.match.owner[moment, flown]]
        last = int(np.searchsorted(told.heard_s, case.t_s[moment], side="right")) - 1
        labels.append(told.words[last].label)
    return labels


def latencies(tracks: Sequence[Told]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When C2 first heard of each detection of a confirmed track, and how long after the node's sensor had it."""
    when, late = [], []
    for told in tracks:
        before = np.maximum.accumulate(np.concatenate([[-np.inf], told.seen_s[:-1]])) if len(told.seen_s) else told.seen_s
        anew = told.confirmed & (told.seen_s > before + SAME_S)
        when.append(told.heard_s[anew])
        late.append(told.heard_s[anew] - told.seen_s[anew])
    return (np.concatenate(when), np.concatenate(late)) if when else (np.zeros(0), np.zeros(0))
