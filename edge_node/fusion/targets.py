"""What another sensor says of an object, checked: the target that its track shows, and by what it is known again."""

from __future__ import annotations

from itertools import islice
from math import isfinite
from typing import get_args

from edge_node.fusion.measurement import measured
from edge_node.fusion.motion import AIRCRAFT, DRONE, Pace
from edge_node.fusion.pointing import BEGUN_ANEW_NS, Numbered, Pointing, above_0, as_probability, finite
from edge_node.geometry import distance_m
from edge_node.messages import BearingDetection, PositionDetection, Target, TargetDetection, TargetId, TargetLabel

LABELS: tuple[TargetLabel, ...] = get_args(TargetLabel)
DRONES: tuple[TargetLabel, ...] = ("multirotor", "fixed_wing")
SWIFT: tuple[TargetLabel, ...] = ("aeroplane", "helicopter", "unknown")
MOST_IDS, MOST_ID_LENGTH, MOST_CATEGORY_LENGTH = 4, 64, 16
APART_SIGMAS = 4.0
ALTITUDES_M = (-2_000.0, 100_000.0)


def is_usable(said: TargetDetection) -> bool:
    """Whether every number that must be there is one."""
    if isinstance(said, PositionDetection):
        return measured(said) is not None
    return isinstance(said, BearingDetection) and isfinite(said.azimuth_deg) and above_0(said.sigma_azimuth_deg) is not None


def pace_of(target: Target) -> Pace:
    """How fast it may be: what may be an aircraft may be as fast as one."""
    return AIRCRAFT if target.label in SWIFT else DRONE


class Targeted(Pointing):
    """The newest that was said of one target: by one sensor under one number, or by any under one address."""

    __slots__ = ("_place", "target")
    target: Target
    _place: PositionDetection | None

    def __init__(self, said: TargetDetection) -> None:
        super().__init__(said)
        self.target = told_target(said)
        self._place = said if isinstance(said, PositionDetection) else None

    def update(self, said: TargetDetection) -> None:
        """Take in what is said, which is not before `t_mono_ns`."""
        self.point(said)
        self.target = told_target(said, self.target.ids)
        self._place = said if isinstance(said, PositionDetection) else None

    @property
    def comes_back(self) -> bool:
        """An address means one aircraft for good; a number does not."""
        return isinstance(self.key[2], str)

    def is_another(self, said: Numbered) -> bool:
        """Whether a number came back after a silence with another name, or from where its target cannot be."""
        if not isinstance(said, TargetDetection) or self.comes_back:
            return False
        before, now = _address(self.target.ids), _address(said.ids)
        if before is not None and now is not None and before != now:
            return True
        return self._is_too_far(said) if isinstance(said, PositionDetection) else super().is_another(said)

    def _is_too_far(self, said: PositionDetection) -> bool:
        silent_ns = said.t_mono_ns - self.t_mono_ns
        if self._place is None or silent_ns < BEGUN_ANEW_NS:
            return False
        before = self._place
        apart_m = distance_m(before.latitude_deg, before.longitude_deg, said.latitude_deg, said.longitude_deg)
        reach_m = pace_of(self.target).most_mps * silent_ns / 1e9
        return apart_m > reach_m + APART_SIGMAS * (before.sigma_horizontal_m + said.sigma_horizontal_m)


def told_target(said: TargetDetection, known: tuple[TargetId, ...] = ()) -> Target:
    """What it is said to be, with the names known of it before that are not said this time."""
    probabilities = _shares(said)
    label, likeliest = max(probabilities.items(), key=lambda one: one[1], default=("unknown", 0.0))
    sure = likeliest > 0.5 and label != "unknown"
    placed = said if isinstance(said, PositionDetection) else None
    return Target(
        label=next(one for one in LABELS if one == label) if sure else "unknown",
        probability=sum(probabilities.get(one, 0.0) for one in DRONES) if probabilities else None,
        label_probability=likeliest if sure else None,
        probabilities=probabilities,
        cooperative=said.cooperative,
        on_ground=placed.on_ground if placed else None,
        ids=_names(said.ids, known),
        category=said.category[:MOST_CATEGORY_LENGTH] if said.category else None,
        altitude_baro_m=_altitude(placed.altitude_baro_m) if placed else None,
        rcs_dbsm=finite(placed.rcs_dbsm) if placed else None,
        snr_db=finite(said.snr_db),
    )


def _shares(said: TargetDetection) -> dict[str, float]:
    """Probabilities of labels that there are, which together are no more than 1."""
    given = {name: as_probability(p) for name, p in islice(said.probabilities.items(), 2 * len(LABELS)) if name in LABELS}
    whole = max(sum(given.values()), 1.0)
    return {name: p / whole for name, p in given.items()}


def _names(said: tuple[TargetId, ...], known: tuple[TargetId, ...]) -> tuple[TargetId, ...]:
    """The newest name of each kind, those of now first."""
    newest: dict[str, TargetId] = {}
    for one in (*islice(said, MOST_IDS), *known):
        if 0 < len(one.value) <= MOST_ID_LENGTH:
            newest.setdefault(one.kind, one)
    return tuple(islice(newest.values(), MOST_IDS))


def _address(ids: tuple[TargetId, ...]) -> str | None:
    return next((one.value for one in islice(ids, MOST_IDS) if one.kind == "icao_address"), None)


def _altitude(value: float | None) -> float | None:
    return value if value is not None and ALTITUDES_M[0] <= value <= ALTITUDES_M[1] else None
