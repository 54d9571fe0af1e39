"""What one detection says of the kind of its object: probabilities of TargetLabel, and how far they are to be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from edge_node.fusion.pointing import as_probability
from edge_node.messages import AcousticDetection, CameraDetection, Detection, LinkDetection, RemoteIdDetection, TargetDetection, TargetLabel

Shares = dict[TargetLabel, float]

PRIOR: Shares = {
    "multirotor": 0.3,
    "fixed_wing": 0.2,
    "helicopter": 0.05,
    "aeroplane": 0.09,
    "bird": 0.2,
    "balloon": 0.02,
    "vehicle": 0.04,
    "unknown": 0.1,
}
"""Before anything is said; half are drones, as where the sensors' probabilities were calibrated. "unknown" is all that has no label."""
DRONES: tuple[TargetLabel, ...] = ("multirotor", "fixed_wing")
AMONG_DRONES: Shares = {name: PRIOR[name] / sum(PRIOR[one] for one in DRONES) for name in DRONES}
AMONG_OTHERS: Shares = {name: share / (1 - sum(PRIOR[one] for one in DRONES)) for name, share in PRIOR.items() if name not in DRONES}
MANNED: Shares = {"aeroplane": 0.65, "helicopter": 0.2, "fixed_wing": 0.05}
"""Who tells itself by ADS-B; what is missing is for gliders, vehicles of airports and lies."""

RELIABILITY = {"acoustic": 0.8, "camera": 0.7, "link": 0.7, "target": 0.7, "cooperative": 0.9, "claim": 0.5}
"""Exponents of the opinion pool. Of microphones AUC is 0.98 on what is like their lessons and 0.84 on other recordings, at a calibration
error of 0.07; of cameras 0.96 (thermal) and 0.89 (visible) at 0.17 and 0.09 (docs/benchmarks.md). A link is named right nearly always,
and may be the pilot's. Nobody here knows how other sensors are calibrated; ADS-B's categories are set by who installs it, and seldom wrong.
A claim of Remote ID costs nothing to make."""

LOUD: Shares = {"helicopter": 0.22, "aeroplane": 0.2, "vehicle": 0.22, "unknown": 0.3, "bird": 0.05, "balloon": 0.01}
"""What sounds like a rotor and is no drone."""
MACHINES: Shares = {"vehicle": 0.4, "unknown": 0.6}
RIGHT_KIND = 0.8
"""How often a sound that is a drone's is of the kind of drone that its label says."""
ABOARD = 0.9
"""How often a drone's link is of the drone, not of another one near by or of who flies it."""
LISTENED: dict[str, Shares] = {"radiosonde": {"balloon": 1.0}, "adsb": MANNED}
"""Links that are no drone's, and still say what sends them."""

CLAIMED = 0.6
"""How often a claim is true, as far as anybody can tell from it alone."""
CLAIMS: dict[str, Shares] = {
    "aeroplane": {"fixed_wing": 1.0},
    "helicopter_or_multirotor": {"multirotor": 1.0},
    "gyroplane": {"multirotor": 0.5, "fixed_wing": 0.5},
    "hybrid_lift": {"multirotor": 0.5, "fixed_wing": 0.5},
    "ornithopter": {"fixed_wing": 1.0},
    "glider": {"fixed_wing": 1.0},
    "kite": {"unknown": 1.0},
    "free_balloon": {"balloon": 1.0},
    "captive_balloon": {"balloon": 1.0},
    "airship": {"balloon": 1.0},
    "free_fall_parachute": {"unknown": 1.0},
    "rocket": {"unknown": 1.0},
    "tethered_powered_aircraft": {"multirotor": 1.0},
    "ground_obstacle": {"unknown": 1.0},
}
"""Types of ASTM F3411-22a, all without people aboard, so that its aeroplane is a fixed_wing here."""
MOST_LABELS = 16


class Opinion(NamedTuple):
    """Probabilities of all of PRIOR, which sum to 1; `kind` is that of RELIABILITY, by which sources share their errors."""

    kind: str
    shares: Shares


def opinion(said: Detection) -> Opinion | None:
    """What is said of the kind, where ignorance says what everybody knows; None for what says nothing new of it."""
    match said:
        case AcousticDetection():
            return Opinion("acoustic", _sounds(said))
        case CameraDetection(predicted=False):
            return Opinion("camera", _looks(said))
        case LinkDetection():
            return Opinion("link", _sends(said))
        case TargetDetection():
            told = _known(said.probabilities)
            return Opinion("cooperative", _whole(told or MANNED)) if said.cooperative else Opinion("target", _whole(told))
        case RemoteIdDetection(ua_type=str(claimed)):
            return Opinion("claim", _whole(_scaled(CLAIMS.get(claimed, AMONG_DRONES), CLAIMED)))
    return None


def _sounds(said: AcousticDetection) -> Shares:
    """`probability` is of any drone, whatever the label."""
    drone = as_probability(said.probability)
    if said.label in ("multirotor", "fixed_wing"):
        other: TargetLabel = "fixed_wing" if said.label == "multirotor" else "multirotor"
        which: Shares = {said.label: RIGHT_KIND, other: 1 - RIGHT_KIND}
    else:
        which = AMONG_DRONES
    rest: Shares = {"helicopter": 1.0} if said.label == "helicopter" else MACHINES if said.label == "machine" else LOUD
    return _whole(_sum(_scaled(which, drone), _scaled(rest, RIGHT_KIND * (1 - drone)), _scaled(LOUD, (1 - RIGHT_KIND) * (1 - drone))))


def _looks(said: CameraDetection) -> Shares:
    """A camera says drone, and which kind of drone it cannot say; insects have no label here."""
    if not said.probabilities:
        drone = as_probability(said.probability)
        return _whole(_sum(_scaled(AMONG_DRONES, drone), _scaled(AMONG_OTHERS, 1 - drone)))
    given = dict(islice(said.probabilities.items(), MOST_LABELS))
    drone, insect = as_probability(given.pop("drone", 0.0)), as_probability(given.pop("insect", 0.0))
    return _whole(_sum(_scaled(AMONG_DRONES, drone), _known(given), {"unknown": insect}))


def _sends(said: LinkDetection) -> Shares:
    sure = as_probability(said.probability)
    if said.alarm:
        return _whole(_scaled(AMONG_DRONES, ABOARD * sure))
    return _whole(_scaled(LISTENED.get(said.link, {}), ABOARD * sure))


def _known(told: Mapping[str, float]) -> Shares:
    """Of the first labels those that there are; "unknown" is ignorance, which `_whole` fills in."""
    first = dict(islice(told.items(), MOST_LABELS))
    return {name: as_probability(first[name]) for name in PRIOR if name in first and name != "unknown"}


def _whole(shares: Shares) -> Shares:
    """Shares of all labels that sum to 1: what these lack of it is spread as the prior is."""
    if not shares:
        return PRIOR
    given = sum(shares.values())
    scale, lacking = 1 / max(given, 1.0), max(1.0 - given, 0.0)
    return {name: scale * shares.get(name, 0.0) + lacking * share for name, share in PRIOR.items()}


def _scaled(shares: Shares, by: float) -> Shares:
    return {name: by * share for name, share in shares.items()}


def _sum(*parts: Shares) -> Shares:
    total = dict.fromkeys(PRIOR, 0.0)
    for part in parts:
        for name, share in part.items():
            total[name] += share
    return total
