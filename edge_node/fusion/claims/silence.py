"""How probably a drone that is seen and says nothing would have been heard by now, if it said Remote ID at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp

from edge_node.fusion.claims.covered import share
from edge_node.fusion.claims.standing import NS_PER_S, Direction, Seen, Standing
from edge_node.messages import Coverage

USUAL_HZ, USUAL_S = 0.7, 10.0
"""How often one aircraft's Remote ID gets through before anything is known of this place, and how long that counts."""
LEAST_HZ, MOST_HZ = 0.2, 2.0
REMEMBERED_S = 300.0
LIVE_S = 5.0
BEGINS_S = 1.5
"""So much later than a body's first measurement its Remote ID may come without being late."""
FADES, FADE_S = 0.1, 10.0
"""Who was heard before is in reach, but a wing or a house may be between for some seconds, and some stay there."""
SMALL_RANGE = 0.97
"""That what is sensed nearer than the receiver hears, is."""
UNKNOWN_RANGE = 0.5


class Reception:
    """How many times a second an aircraft that says Remote ID is heard here: the mean over those that are, lately."""

    def __init__(self) -> None:
        self._times, self._exposed_s = USUAL_HZ * USUAL_S, USUAL_S
        self._heard: dict[int, int] = {}
        self._t_ns: int | None = None

    @property
    def rate_hz(self) -> float:
        """Of one aircraft."""
        return min(max(self._times / self._exposed_s, LEAST_HZ), MOST_HZ)

    def look(self, t_ns: int, standings: Iterable[Standing]) -> None:
        """Count who was heard anew since the last look."""
        since_s = 0.0 if self._t_ns is None else min((t_ns - self._t_ns) / NS_PER_S, 1.0)
        self._t_ns, before = t_ns, self._heard
        self._heard = {one.number: one.claim.last_mono_ns for one in standings if one.claim and one.claim.age_s(t_ns) <= LIVE_S}
        again = [number for number in self._heard if number in before]
        self._exposed_s += since_s * len(again)
        self._times += sum(self._heard[number] > before[number] for number in again)
        if self._exposed_s > REMEMBERED_S:
            faded = REMEMBERED_S / self._exposed_s
            self._times, self._exposed_s = self._times * faded, REMEMBERED_S


def unheard(rate_hz: float, silent_s: float, missed: float, *, known: bool) -> float:
    """The chance that one that says Remote ID is silent for so long; `missed` is that receivers here never hear it."""
    if known:
        return FADES + (1.0 - FADES) * exp(-rate_hz * max(silent_s - FADE_S, 0.0))
    return missed + (1.0 - missed) * exp(-rate_hz * max(silent_s - BEGINS_S, 0.0))


def never_heard(body: Seen, coverages: Mapping[str, Coverage]) -> float:
    """The chance that no receiver that works here would ever hear it, if it said Remote ID; 1 without receivers."""
    chance = 1.0
    bound_m = _nearer_than_m(body, coverages)
    for said in coverages.values():
        if said.sense == "remote_id" and said.reach_m > 0:
            chance *= 1.0 - said.probability * _within(body, said, bound_m)
    return chance


def _within(body: Seen, said: Coverage, bound_m: float | None) -> float:
    if body.range_m is not None:
        place = Direction(body.azimuth_deg or 0.0, body.elevation_deg, body.range_m, body.sigma_azimuth_deg, body.sigma_range_m)
        return share(said, place)
    return UNKNOWN_RANGE if bound_m is None or bound_m > said.reach_m else SMALL_RANGE


def _nearer_than_m(body: Seen, coverages: Mapping[str, Coverage]) -> float | None:
    """Small as it is, it is sensed no farther than those that sense it reach."""
    reaches = [said.reach_m for name, said in coverages.items() if name in body.sensors and said.reach_m > 0]
    return max(reaches, default=None)
