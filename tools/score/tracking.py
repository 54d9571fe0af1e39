"""Tracking: how continuous tracks are, whether a number stays with its drone, and how far from the truth they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tools.bench.gospa import angles_deg, gospa, metres, switches
from tools.score.case import Case, spans
from tools.score.detection import HOUR_S, doubted, looks
from tools.score.errors import Errors, errors_of
from tools.score.figures import Figure
from tools.score.intervals import Estimate, mean, percentile, rate, rms, share
from tools.score.matching import EVERY_S, NOBODY

Array = NDArray[np.float64]

CUTOFF_M, CUTOFF_DEG = 30.0, 5.0
"""GOSPA's c, as in the bench of fusion: what is farther away is no track of it."""


def figures(case: Case) -> Iterator[Figure]:
    """All of this part."""
    yield from _continuity(case)
    errors = errors_of(case)
    yield from of_errors(errors)
    yield Figure("delay_s", errors.delay())
    yield from _gospa(case)
    yield Figure("nees_place", mean(errors.t_s, errors.nees_place))
    yield Figure("nees_bearing", mean(errors.t_s, errors.nees_bearing))
    yield Figure("update_s", _update(case))


def of_errors(errors: Errors) -> Iterator[Figure]:
    """RMS and 95 % of what is told."""
    across = np.hypot(errors.place[:, 0], errors.place[:, 1])
    yield Figure("bearing_rms_deg", rms(errors.t_s, errors.direction[:, 0]))
    yield Figure("elevation_rms_deg", rms(errors.t_s, errors.direction[:, 1]))
    yield Figure("horizontal_rms_m", rms(errors.t_s, across))
    yield Figure("horizontal_p95_m", percentile(errors.t_s, across, 95.0))
    yield Figure("vertical_rms_m", rms(errors.t_s, errors.place[:, 2]))
    yield Figure("vertical_p95_m", percentile(errors.t_s, np.abs(errors.place[:, 2]), 95.0))


def _continuity(case: Case) -> Iterator[Figure]:
    """Since each drone's first report, while it is in reach."""
    hits = of = longest = breaks = 0
    for one in case.drones:
        hit = case.hit(one)
        if not hit.any():
            continue
        since = np.arange(len(hit)) >= hit.argmax()
        asked = case.reach[:, one] & since
        hits, of = hits + int(hit.sum()), of + int(asked.sum())
        owner = np.where(hit, case.match.owner[:, one], NOBODY)[asked]
        longest += _longest(owner)
        breaks += int(((owner[:-1] != NOBODY) & (owner[1:] == NOBODY)).sum())
    yield Figure("completeness", share(looks(hits), looks(of)))
    yield Figure("longest_unbroken", share(looks(longest), looks(of)))
    yield Figure("breaks_per_h", rate(breaks, of * EVERY_S / HOUR_S))
    followed = [{one: int(case.match.owner[k, one]) for one in case.drones if case.hit(one)[k]} for k in range(len(case.t_s))] if of else []
    yield Figure("switches_per_h", rate(switches(followed), of * EVERY_S / HOUR_S))
    on = [(float(t_s), float(np.sum(near == one))) for one in case.drones for t_s, near, owns in _moments(case, one) if owns]
    yield Figure("ambiguity", mean(np.array([t_s for t_s, _ in on]), np.array([many for _, many in on])))


def _moments(case: Case, flown: int) -> Iterator[tuple[float, Array, bool]]:
    """Moments, what each living track is near then, and whether the object has one."""
    near = np.where(case.match.alive, case.match.near, NOBODY)
    for t_s, row, owner in zip(case.t_s, near, case.match.owner[:, flown], strict=True):
        yield float(t_s), row, owner != NOBODY


def _longest(owner: NDArray[np.intp]) -> int:
    """The most moments in a row under one number."""
    best = run = 0
    last = NOBODY
    for one in owner:
        run = run + 1 if one == last and one != NOBODY else int(one != NOBODY)
        last, best = one, max(best, run)
    return best


def _gospa(case: Case) -> Iterator[Figure]:
    """Of drones in reach, beside all tracks that the node believes and that are of nothing else."""
    drones = np.array(case.drones, dtype=int)
    believed = np.array([not doubted(told) for told in case.tracks], bool)
    here = case.truth.stand.at(case.t_s)
    places = np.stack([case.truth.seen(one, case.t_s) for one in case.truth.flown]) if case.truth.flown else np.zeros((0, len(case.t_s), 3))
    rows: dict[str, list[tuple[float, ...]]] = {"gospa_deg": [], "gospa_m": []}
    for k in range(len(case.t_s)):
        true = places[drones[case.reach[k, drones]], k] if len(drones) else np.zeros((0, 3))
        near = case.match.near[k]
        told = case.match.alive[k] & believed & ((near == NOBODY) | np.isin(near, drones[case.reach[k, drones]]))
        toward, placed = _unit(case, k, told, here[k]), case.match.places[k, told] - here[k]
        rows["gospa_deg"].append(gospa(angles_deg(_normed(true), toward), CUTOFF_DEG)[:4])
        if np.isfinite(case.match.places[..., 0]).any():
            rows["gospa_m"].append(gospa(metres(true, placed[np.isfinite(placed[:, 0])]), CUTOFF_M)[:4])
    for name, each in rows.items():
        yield Figure(name, mean(case.t_s[: len(each)], np.array([one[0] for one in each])))
    for part, name in enumerate(("gospa_localisation", "gospa_missed", "gospa_false"), 1):
        yield Figure(name, mean(case.t_s, np.array([one[part] for one in rows["gospa_deg"]]) / CUTOFF_DEG**2))


def _unit(case: Case, moment: int, told: NDArray[np.bool_], here: Array) -> Array:
    """Unit vectors (n, 3) of what is told: of its bearing, else towards its place; level where no elevation is known."""
    azimuth, elevation = np.radians(case.match.directions[moment, told]).T
    elevation = np.where(np.isfinite(elevation), elevation, 0.0)
    bearing = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], axis=-1)
    place = case.match.places[moment, told] - here
    place[:, 2] = np.where(np.isfinite(place[:, 2]), place[:, 2], 0.0)
    return np.where(np.isfinite(azimuth)[:, None], bearing, _normed(place))


def _normed(places: Array) -> Array:
    return np.asarray(places / np.maximum(np.linalg.norm(places, axis=-1, keepdims=True), 1e-9))


def _update(case: Case) -> Estimate:
    """The median time between two new states of a track that C2 hears."""
    when, gaps = [np.zeros(0)], [np.zeros(0)]
    for answer in case.answers():
        heard_s = case.tracks[answer.track].heard_s[answer.words]
        when.append(heard_s[1:])
        gaps.append(np.diff(heard_s))
    return percentile(np.concatenate(when), np.concatenate(gaps), 50.0)


def tracked_spans(case: Case, flown: int) -> list[tuple[float, float]]:
    """From when to when each number was on an object."""
    owner = case.match.owner[:, flown]
    return sorted(span for track in np.unique(owner[owner != NOBODY]) for span in spans(case.t_s, owner == track))
