"""Claims judged against bodies: is anything where an identity claims to be, is it elsewhere, and does a drone keep silent?

Sequential Bayes twice a second, from what every sensor would have sensed (Coverage) and what it did. No flag rests on one kind of sensor
alone, unless Remote ID itself is doubted; each is raised and dropped with hysteresis, with a probability and the evidence in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

from msgspec import Struct

from edge_node.fusion.claims.looking import Looking
from edge_node.fusion.claims.pairing import Pairing
from edge_node.fusion.claims.scene import CLAIM_LASTS_S, Scene
from edge_node.fusion.claims.silence import FADE_S, Reception, never_heard, unheard
from edge_node.fusion.claims.standing import NS_PER_S, Direction, Seen, Standing, fits, is_usable
from edge_node.messages import Coverage, Suspicion

FALSE_CLAIMS, DOUBT_COUNTS = 0.1, 0.5
"""How many claims have no body at all, before anything is looked at; and what the doubts of Remote ID's own judges add."""
ELSEWHERE = 0.1
DARK = 0.5
"""How many drones that are seen, and that nobody claims to be, say no Remote ID: nobody knows, and it is not for the node to guess."""
CLAIM_BOUNDS, DARK_BOUNDS = (0.8, 0.5), (0.7, 0.45)
"""At which probability a flag is raised, and below which it is dropped."""
CANDIDATE = 0.5
MAY_BE_ITS = 0.9
"""That a claim which fits a body is its own."""
NOWHERE_YET, STILL_NOWHERE, YET_S = 0.7, 0.3, 60.0
"""That one which says no place is: a drone that has just been switched on has none, and nobody hides for long behind one without."""
MOST_AGREES = 12.0
MOST_CASES = 2_000
LEAST_SAID = 0.2
"""Of evidence, before a probability is worth telling."""


class Verdict(Struct, frozen=True):
    """Of one track: how probably its body is where its identity claims to be, None where nothing can tell, and what is suspected."""

    claim_probability: float | None = None
    suspicions: tuple[Suspicion, ...] = ()


class _Case(Struct):
    """What is held of one track from look to look."""

    lookings: dict[str, Looking] = {}
    pairing: Pairing | None = None
    held: set[str] = set()


class Evidence:
    """Keeps bounded state by track number; forgets a track when it is no longer among the standings."""

    def __init__(self) -> None:
        self._cases: dict[int, _Case] = {}
        self._reception = Reception()
        self._begun_ns: int | None = None
        self._receives_ns: int | None = None

    def look(
        self, t_mono_ns: int, standings: Sequence[Standing], coverages: Mapping[str, Coverage], node_sigma_m: float
    ) -> dict[int, Verdict]:
        """Judge all tracks as they stand now; those of which there is nothing to say, or that say what is no number, are left out."""
        self._begun_ns = t_mono_ns if self._begun_ns is None else self._begun_ns
        receives = any(said.sense == "remote_id" and said.reach_m > 0 for said in coverages.values())
        self._receives_ns = (t_mono_ns if self._receives_ns is None else self._receives_ns) if receives else None
        standings = [one for one in standings if is_usable(one)]
        numbers = {one.number for one in standings}
        self._cases = {number: case for number, case in self._cases.items() if number in numbers}
        self._reception.look(t_mono_ns, standings)
        scene = Scene(t_mono_ns, standings, coverages, node_sigma_m)
        verdicts = {one.number: self._judged(one, scene) for one in standings if one.claim or one.body}
        return {number: verdict for number, verdict in verdicts.items() if verdict != Verdict()}

    def _judged(self, one: Standing, scene: Scene) -> Verdict:
        case = self._cases.get(one.number)
        if case is None:
            if len(self._cases) >= MOST_CASES:
                return Verdict()
            case = self._cases[one.number] = _Case()
        live = one.claim is not None and one.claim.age_s(scene.t_ns) <= CLAIM_LASTS_S
        dark = self._silent(one, case, scene)
        if not live:
            return Verdict(None, dark)
        if one.agrees is not None and one.body is not None:
            return self._together(one, case, scene, dark)
        probability, suspicions = self._alone(one, case, scene)
        return Verdict(probability, suspicions + dark)

    def _together(self, one: Standing, case: _Case, scene: Scene, dark: tuple[Suspicion, ...]) -> Verdict:
        """A body and a claim on one track; looks go on, for it may be lost from sight."""
        if one.body and (place := scene.places.get(one.number)):
            self._look_all(case, scene, place, [*scene.fitting(one.number), *([one.body] if fits(one.body, place) else [])])
        agrees = min(max(one.agrees or 0.0, -MOST_AGREES), MOST_AGREES)
        elsewhere = _probability(log(ELSEWHERE / (1.0 - ELSEWHERE)) - agrees)
        case.held.discard("claim_without_body")
        words = f"what is measured of its body is {exp(min(-agrees, MOST_AGREES)):.0f} times likelier elsewhere than where it claims to be"
        return Verdict(round(1.0 - elsewhere, 3), _flag(case, "claim_elsewhere", elsewhere, words) + dark)

    def _alone(self, one: Standing, case: _Case, scene: Scene) -> tuple[float | None, tuple[Suspicion, ...]]:
        """A claim of which no body is known."""
        place = scene.places.get(one.number)
        if place is None or one.claim is None:
            return None, ()
        self._look_all(case, scene, place, scene.fitting(one.number))
        against = _against(case, scene.coverages)
        if abs(against) < LEAST_SAID and not case.held:
            return None, ()
        prior = 1.0 - (1.0 - FALSE_CLAIMS) * (1.0 - DOUBT_COUNTS * min(max(one.claim.doubt, 0.0), 1.0))
        ghost = _probability(log(prior / (1.0 - prior)) + against)
        flags = self._elsewhere(one, case, scene, ghost)
        if not flags:
            flags = _flag(case, "claim_without_body", ghost, _missing_words(case, scene, place))
        return round(1.0 - ghost, 3), flags

    @staticmethod
    def _look_all(case: _Case, scene: Scene, place: Direction, bodies: Sequence[Seen]) -> None:
        case.lookings = {name: looking for name, looking in case.lookings.items() if name in scene.coverages}
        for name, said in scene.coverages.items():
            if said.sense != "remote_id":
                measured = [(body.sensors[name], body) for body in bodies if name in body.sensors]
                case.lookings.setdefault(name, Looking()).look(scene.t_ns, said, place, measured)

    def _elsewhere(self, one: Standing, case: _Case, scene: Scene, ghost: float) -> tuple[Suspicion, ...]:
        """Whether the body that is missed is one that is silent elsewhere."""
        if one.claim is None or (ghost < CLAIM_BOUNDS[0] and "claim_elsewhere" not in case.held):
            return ()
        case.pairing = case.pairing or Pairing()
        bodies = {other: body for other, body in scene.dark.items() if not fits(body, scene.places[one.number])}
        number, chance = case.pairing.look(scene.t_ns, one.claim, bodies, self._begun_ns or 0)
        if number is None:
            return ()
        body, place = bodies[number], scene.places[one.number]
        words = (
            f"nothing is {_where(place)}, where it claims to be, and track {number}, which says nothing, came "
            f"{abs(body.first_mono_ns - one.claim.first_mono_ns) / NS_PER_S:.0f} s from it"
        )
        found = _flag(case, "claim_elsewhere", ghost * chance, words)
        if found:
            case.held.discard("claim_without_body")
        return found

    def _silent(self, one: Standing, case: _Case, scene: Scene) -> tuple[Suspicion, ...]:
        """Whether a drone that is there says no Remote ID."""
        body, claim = one.body, one.claim
        if body is None or self._receives_ns is None or body.drone_probability < CANDIDATE:
            return self._no_longer(case)
        if claim is not None and claim.age_s(scene.t_ns) < FADE_S:
            return self._no_longer(case)
        since_ns = claim.last_mono_ns if claim else max(body.first_mono_ns, self._receives_ns)
        silent_s = (scene.t_ns - since_ns) / NS_PER_S
        missed = never_heard(body, scene.coverages)
        chance = unheard(self._reception.rate_hz, silent_s, missed, known=claim is not None)
        odds = DARK / (1.0 - DARK) / max(chance, 1e-3)
        odds *= 1.0 - self._claimed_by_another(one.number, body, scene)
        score = body.drone_probability * odds / (1.0 + odds)
        words = (
            f"a drone by {', '.join(sorted(body.sensors)[:3])} ({body.drone_probability:.0%}) is there and says no Remote ID for "
            f"{silent_s:.0f} s; others are heard {self._reception.rate_hz:.1f} times a second, and {1.0 - missed:.0%} would be here"
        )
        return _flag(case, "body_without_claim", score, words, DARK_BOUNDS)

    @staticmethod
    def _claimed_by_another(number: int, body: Seen, scene: Scene) -> float:
        """The chance that an identity on another track is this body's."""
        return max((_may_be_its(other, body, scene) for other in scene.claimants if other.number != number), default=0.0)

    @staticmethod
    def _no_longer(case: _Case) -> tuple[Suspicion, ...]:
        case.held.discard("body_without_claim")
        return ()


def _may_be_its(other: Standing, body: Seen, scene: Scene) -> float:
    if (place := scene.places.get(other.number)) is not None:
        return MAY_BE_ITS * fits(body, place)
    new = other.claim is not None and scene.t_ns - other.claim.first_mono_ns < YET_S * NS_PER_S
    return NOWHERE_YET if new else STILL_NOWHERE


def _against(case: _Case, coverages: Mapping[str, Coverage]) -> float:
    """All that looks say against a body: of one kind of sensor the word of one, for what hides it from one hides it from the next."""
    kinds: dict[str, list[float]] = {}
    for name, looking in case.lookings.items():
        kinds.setdefault(coverages[name].sense, []).append(looking.against)
    return sum(min(some) if min(some) < 0 else max(some) for some in kinds.values())


def _missing_words(case: _Case, scene: Scene, place: Direction) -> str:
    missed = [
        f"{name} ({scene.coverages[name].sense}, reaches {scene.coverages[name].reach_m:.0f} m) does not for "
        f"{(scene.t_ns - looking.missed_ns) / NS_PER_S:.0f} s"
        for name, looking in case.lookings.items()
        if looking.missed_ns is not None
    ]
    return f"claims to be {_where(place)}, where it would be sensed: {', '.join(missed[:3]) or 'nobody did'}"


def _where(place: Direction) -> str:
    raised = "" if place.elevation_deg is None else f", elevation {place.elevation_deg:.0f}°"
    return f"{place.range_m:.0f} m away at azimuth {place.azimuth_deg:.0f}°{raised}"


def _flag(case: _Case, name: str, chance: float, words: str, bounds: tuple[float, float] = CLAIM_BOUNDS) -> tuple[Suspicion, ...]:
    """Raise or drop a flag; what it says while it is up."""
    if chance >= bounds[0]:
        case.held.add(name)
    elif chance < bounds[1]:
        case.held.discard(name)
    return (Suspicion(name, round(chance, 2), words),) if name in case.held else ()


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-log_odds))
