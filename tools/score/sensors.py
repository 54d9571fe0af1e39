"""Each sensor by itself: what it finds of what it could, what it makes up, how askew and how late it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.score.detection import BELIEVED, HOUR_S, looks
from tools.score.errors import directions
from tools.score.figures import Figure
from tools.score.fitting import Said, fit
from tools.score.intervals import BLOCK_S, Estimate, rate, rms, share
from tools.score.matching import GATE_DEG, GATE_M, apart_deg, apart_m, pairs
from tools.score.sensed import UNSAID, Cover, Sensor, for_long, in_reach, should_reach
from tools.score.truth import Truth, direction_deg, off_deg

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

NOBODY = -1
STALE_STEPS, LEAST_STALE_S = 2.5, 1.0
FEWEST_STEPS = 8
LONGEST_STEPS = {"camera": 20.0, "acoustic": 2.5}
"""Who says nothing for more steps than this lost its object, and did not miss a step. Microphones do so as soon as two sounds are in one
direction or one fades: what is lost on the way is lost one by one."""
STEADY = "acoustic", "camera"
"""Kinds that tell of what they follow at every step."""
DRONES = {
    "acoustic": ("multirotor", "fixed_wing"),
    "camera": ("drone",),
    "bearing": ("multirotor", "fixed_wing"),
    "position": ("multirotor", "fixed_wing"),
}
CLAIMING = "remote_id"
"""What is claimed is said again and again until it is known anew, and what is made up is no fault of who hears it."""
NO_LABEL = "", "unknown", "none"


class Owned(Struct, frozen=True):
    """A sensor's plots, and whose each is."""

    sensor: Sensor
    truth: Truth
    whose: Indices

    @property
    def sounds(self) -> bool:
        """Whether what it says was on its way as sound."""
        return self.sensor.kind == "acoustic"


def owned(sensor: Sensor, truth: Truth) -> Owned:
    """Plots of one moment by global nearest neighbour to what flies then."""
    whose = np.full(len(sensor.plots), NOBODY)
    if truth.flown and sensor.plots:
        costs = _costs(sensor, truth)
        begins = np.flatnonzero(np.concatenate([[True], np.diff(sensor.t_s) > 0]))
        for first, last in zip(begins, [*begins[1:], len(sensor.t_s)], strict=True):
            for row, column in pairs(costs[:, first:last]):
                whose[first + column] = row
    return Owned(sensor, truth, whose)


def _costs(sensor: Sensor, truth: Truth) -> Array:
    """In gates (objects, plots)."""
    costs = []
    for flown in truth.flown:
        true = truth.seen(flown, sensor.t_s, sensor.kind == "acoustic")
        if sensor.points:
            apart = apart_deg(sensor.direction_deg, direction_deg(true)) / GATE_DEG
        else:
            apart = apart_m(sensor.place, true + truth.stand.at(sensor.t_s)) / GATE_M
        costs.append(np.where(flown.lives(sensor.t_s), apart, np.inf))
    return np.array(costs)


def figures(mine: Owned, covers: Sequence[Cover], t_s: Array, seconds: float) -> Iterator[Figure]:
    """All of one sensor; `t_s` are the moments of the scene."""
    name = mine.sensor.name
    drone = np.isin(mine.whose, mine.truth.drones())
    yield Figure("sensor_pd", _pd(mine, should_reach(covers, mine.sensor.kind), t_s), name)
    yield Figure("sensor_claimed_pd", _pd(mine, covers, t_s, after=True), name)
    if mine.sensor.kind in STEADY:
        yield Figure("sensor_steps", _steps(mine, drone), name)
    if mine.sensor.kind != CLAIMING:
        yield Figure("sensor_false_per_h", rate(_false(mine), seconds / HOUR_S), name)
    fitted = fit(_said(mine), 2)
    if mine.sensor.points:
        off = _off_deg(mine, drone)
        yield Figure("sensor_azimuth_rms_deg", rms(mine.sensor.t_s[drone], off[:, 0]), name)
        yield Figure("sensor_azimuth_bias_deg", fitted.biases[0], name)
        yield Figure("sensor_elevation_bias_deg", fitted.biases[1], name)
    else:
        yield Figure("sensor_horizontal_rms_m", rms(mine.sensor.t_s[drone], _off_m(mine, drone)), name)
    yield Figure("sensor_claim_delay_s" if mine.sensor.kind == CLAIMING else "sensor_delay_s", fitted.delay_s, name)
    if mine.sensor.kind in DRONES:
        yield Figure("sensor_labels", _labels(mine, drone), name)


def stale_s(sensor: Sensor) -> float:
    """For how long what it said last still says that it has an object."""
    step_s = _step_s([sensor.t_s])
    return LEAST_STALE_S if step_s is None else max(LEAST_STALE_S, STALE_STEPS * step_s)


def having(mine: Owned, flown: int, t_s: Array) -> NDArray[np.bool_]:
    """Whether it had an object at moments."""
    said_s = mine.sensor.t_s[mine.whose == flown]
    if not len(said_s):
        return np.zeros(len(t_s), bool)
    last = np.searchsorted(said_s, t_s, side="right") - 1
    return np.asarray((last >= 0) & (t_s - said_s[np.maximum(last, 0)] <= stale_s(mine.sensor)))


def _pd(mine: Owned, covers: Sequence[Cover], t_s: Array, *, after: bool = False) -> Estimate:
    """Of drones' time in a reach, how much has a detection; NOTHING without a reach. Who speaks on other media alone is not asked for.

    `after` the time in reach that the sensor says that it needs.
    """
    hits = of = 0
    for one in mine.truth.drones() if covers else ():
        spoken, heard = mine.truth.flown[one].media, mine.sensor.media
        if spoken and heard and spoken.isdisjoint(heard):
            continue
        asked = in_reach(mine.truth, mine.truth.flown[one], covers, t_s)
        asked = for_long(asked, covers, t_s) if after else asked
        hits, of = hits + int((having(mine, one, t_s) & asked).sum()), of + int(asked.sum())
    return share(looks(hits), looks(of))


def _steps(mine: Owned, drone: NDArray[np.bool_]) -> Estimate:
    """Of the steps between the first and the last word on a drone under one of the sensor's own numbers, at how many it said one.

    A camera counts its pictures; of others the step is what lies between most of their words. Steps are independent: what is lost on
    the way is lost one by one, so Wilson's interval is of all of them.
    """
    numbers = np.array([one.track for one in mine.sensor.plots])
    frames = np.array([one.frame for one in mine.sensor.plots])
    runs = [
        run for number in np.unique(numbers[drone]) if number != UNSAID for run in _runs(mine, np.flatnonzero(drone & (numbers == number)))
    ]
    step_s = _step_s([mine.sensor.t_s[run] for run in runs])
    said = of = 0
    for run in runs:
        if len(run) >= FEWEST_STEPS and step_s:
            counted = frames[run[-1]] - frames[run[0]] if frames[run[0]] != UNSAID else round(np.ptp(mine.sensor.t_s[run]) / step_s)
            said, of = said + len(run) - 1, of + max(int(counted), len(run) - 1)
    return share(said, of)


def _runs(mine: Owned, plots: Indices) -> list[Indices]:
    """Parts of one number's plots between which it lost its object."""
    gaps = np.diff(mine.sensor.t_s[plots])
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    return np.split(plots, np.flatnonzero(gaps > LONGEST_STEPS[mine.sensor.kind] * usual) + 1)


def _step_s(each: Sequence[Array]) -> float | None:
    """What lies between most words: the mean of those gaps that are about the median."""
    gaps = np.concatenate([np.diff(one) for one in each]) if each else np.zeros(0)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return None
    usual = float(np.median(gaps))
    return float(gaps[np.abs(gaps - usual) < usual / 2].mean())


def _false(mine: Owned) -> int:
    """Its own numbers that were mostly of nothing, and all of nothing that has no number."""
    whose: dict[int, list[bool]] = {}
    for plot, owner in zip(mine.sensor.plots, mine.whose, strict=True):
        whose.setdefault(plot.track, []).append(bool(owner != NOBODY))
    bare = sum(not one for one in whose.pop(UNSAID, ()))
    return bare + sum(sum(each) < BELIEVED * len(each) for each in whose.values())


def _off_deg(mine: Owned, drone: NDArray[np.bool_]) -> Array:
    off = np.full((int(drone.sum()), 2), np.nan)
    of = mine.whose[drone]
    for one in np.unique(of):
        t_s = mine.sensor.t_s[drone][of == one]
        true = direction_deg(mine.truth.seen(mine.truth.flown[one], t_s, mine.sounds))
        off[of == one] = off_deg(mine.sensor.direction_deg[drone][of == one], true)
    return off


def _off_m(mine: Owned, drone: NDArray[np.bool_]) -> Array:
    off = np.full(int(drone.sum()), np.nan)
    of = mine.whose[drone]
    for one in np.unique(of):
        true = mine.truth.flown[one].at(mine.sensor.t_s[drone][of == one])
        off[of == one] = np.linalg.norm((mine.sensor.place[drone][of == one] - true)[:, :2], axis=-1)
    return off


def _said(mine: Owned) -> list[Said]:
    """What delay and biases are fitted to."""
    said: list[Said] = []
    for one in mine.truth.drones():
        flown, plots = mine.truth.flown[one], mine.whose == one
        t_s = mine.sensor.t_s[plots]
        if mine.sensor.points:
            said += directions(mine.truth, flown, t_s, mine.sensor.direction_deg[plots], np.full(len(t_s), mine.sounds))
        else:
            place = mine.sensor.place[plots]
            said += [Said(t_s, place[:, axis], lambda at_s, of=flown, k=axis: of.at(at_s)[:, k], np.subtract) for axis in range(2)]  # type: ignore[misc]
    return said


def _labels(mine: Owned, drone: NDArray[np.bool_]) -> Estimate:
    """Of looks a block of time apart, for a sensor that errs errs for a while."""
    labels = Counter(plot.label for plot, one in zip(mine.sensor.plots, drone, strict=True) if one)
    known = sum(count for label, count in labels.items() if label not in NO_LABEL)
    step_s = _step_s([mine.sensor.t_s]) or 0.0
    worth = step_s / BLOCK_S
    return share(sum(labels[name] for name in DRONES[mine.sensor.kind]) * worth, known * worth)
