"""Claims against bodies: ghosts are flagged in time, who is there is not, and who keeps silent is named as long as that is so."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.fusion.claims.evidence import Evidence, Verdict
from edge_node.fusion.claims.standing import Claimed, Seen, Standing
from edge_node.messages import Coverage
from tests.edge_node.fusion.claimed_air import (
    CAMERA,
    MICROPHONES,
    WIFI,
    Moment,
    body_at,
    claim_at,
    covered,
    genuine,
    ghost,
    ns,
    radio,
    sight,
    sound,
)

PLACE = (10.0, 80.0, 35.0)
FLIGHTS, GHOSTS, HOURS_A_FLIGHT = 100, 40, 180.0 / 3600


def judged(moments: Iterable[Moment], judge: Evidence | None = None) -> list[tuple[float, dict[int, Verdict]]]:
    judge = judge or Evidence()
    return [(moment.t_s, judge.look(ns(moment.t_s), moment.standings, moment.coverages, 3.0)) for moment in moments]


def flagged(looks: list[tuple[float, dict[int, Verdict]]]) -> dict[str, float]:
    """When each flag was first up."""
    first: dict[str, float] = {}
    for t_s, verdicts in looks:
        for verdict in verdicts.values():
            for suspicion in verdict.suspicions:
                first.setdefault(suspicion.name, t_s)
    return first


def steady(
    *standings: Standing,
    seconds: float = 15.0,
    coverages: dict[str, Coverage] | None = None,
    from_s: float = 20.0,
    judge: Evidence | None = None,
) -> list[tuple[float, dict[int, Verdict]]]:
    """The same for a while, heard and measured anew at each look where it was heard and measured at `from_s`."""

    def at(t_s: float) -> Moment:
        return Moment(t_s, [_renewed(one, t_s, from_s) for one in standings], coverages if coverages is not None else covered(t_s))

    return judged((at(from_s + step / 2) for step in range(round(2 * seconds))), judge)


def _renewed(one: Standing, t_s: float, from_s: float) -> Standing:
    claim, body = one.claim, one.body
    if claim is not None and claim.last_mono_ns >= ns(from_s):
        claim = replace(claim, last_mono_ns=ns(t_s))
    if body is not None:
        body = replace(body, sensors={name: ns(t_s) if last >= ns(from_s) else last for name, last in body.sensors.items()})
    return replace(one, claim=claim, body=body)


@pytest.mark.parametrize("birds", [False, True])
def test_a_ghost_in_clear_view_is_flagged_within_ten_seconds(birds: bool) -> None:
    late_s = [flagged(judged(ghost(seed, birds=birds))).get("claim_without_body", math.inf) - 35.0 for seed in range(GHOSTS)]
    assert max(late_s) <= 10.0
    assert np.median(late_s) <= 6.0


def test_a_genuine_drone_is_not_flagged_in_a_hundred_flights() -> None:
    flights = [judged(genuine(seed)) for seed in range(FLIGHTS)]
    assert [seed for seed, looks in enumerate(flights) if flagged(looks)] == []
    last = [looks[-60][1][1].claim_probability for looks in flights]
    assert np.median([one for one in last if one is not None]) > 0.9


def test_one_kind_of_sensor_alone_flags_nobody() -> None:
    claim = Standing(1, claim_at(PLACE, 20.0, 20.0))
    for only in (sight, sound):
        looks = steady(claim, seconds=120, coverages=covered(0.0, only(0.0), replace(only(0.0), sensor="a second one")))
        assert flagged(looks) == {}
        assert looks[-1][1][1].claim_probability == pytest.approx(0.65 if only is sight else 0.6, abs=0.25)
    doubted = Standing(1, claim_at(PLACE, 20.0, 20.0, doubt=0.85))
    assert "claim_without_body" in flagged(steady(doubted, coverages=covered(0.0, sight(0.0))))


@pytest.mark.parametrize(
    "coverages",
    [
        {},
        covered(0.0, radio(0.0)),
        covered(0.0, sight(0.0, 0.0), sound(0.0, 0.0)),
        covered(0.0, sight(0.0, 60.0), sound(0.0, 60.0)),
        covered(0.0, replace(sight(0.0), azimuth_deg=180.0)),
        covered(0.0, replace(sight(0.0), lowest_elevation_deg=40.0)),
    ],
)
def test_where_nobody_would_sense_anything_nothing_is_said(coverages: dict[str, Coverage]) -> None:
    looks = steady(Standing(1, claim_at(PLACE, 20.0, 20.0)), seconds=60, coverages=coverages)
    assert not any(verdicts for _, verdicts in looks)


def test_a_claim_whose_place_is_hardly_known_lies_nowhere() -> None:
    claim = replace(claim_at(PLACE, 20.0, 20.0), sigma_m=120.0, sigma_up_m=80.0)
    assert flagged(steady(Standing(1, claim), seconds=60)) == {}


def test_the_flag_goes_when_a_body_is_found_there() -> None:
    judge, claim = Evidence(), Standing(1, claim_at(PLACE, 20.0, 20.0))
    assert "claim_without_body" in flagged(steady(claim, judge=judge))
    there = Standing(2, None, body_at(PLACE, 36.0, {CAMERA: 36.0, MICROPHONES: 36.0}))
    looks = steady(Standing(1, claim_at(PLACE, 36.0, 20.0)), there, from_s=36.0, judge=judge)
    up = [t_s for t_s, verdicts in looks if any(one.name == "claim_without_body" for one in verdicts[1].suspicions)]
    assert max(up, default=36.0) < 41.0
    assert (looks[-1][1][1].claim_probability or 0.0) > 0.95


def test_evidence_is_in_words_with_figures() -> None:
    verdict = steady(Standing(1, claim_at(PLACE, 20.0, 20.0)))[-1][1][1]
    (suspicion,) = verdict.suspicions
    assert suspicion.name == "claim_without_body"
    assert suspicion.score == pytest.approx(1.0 - (verdict.claim_probability or 0.0), abs=0.01)
    assert "88 m away at azimuth 7°, elevation 23°" in suspicion.evidence
    assert "camera (sight, reaches 180 m) does not for 14 s" in suspicion.evidence


def test_a_body_that_another_identity_has_is_not_a_ghosts() -> None:
    own = claim_at(PLACE, 20.0, 15.0)
    drone = Standing(2, own, body_at(PLACE, 15.0, {CAMERA: 20.0, MICROPHONES: 20.0}), agrees=8.0)
    assert "claim_without_body" in flagged(steady(Standing(1, claim_at(PLACE, 20.0, 20.0)), drone))


def test_a_silent_drone_is_named_within_five_seconds_and_until_it_speaks() -> None:
    judge, drone = Evidence(), Standing(1, None, body_at(PLACE, 20.0, {CAMERA: 20.0, MICROPHONES: 20.0}))
    steady(seconds=5, from_s=10.0, judge=judge)
    looks = steady(drone, seconds=20, judge=judge)
    first = flagged(looks)
    assert set(first) == {"body_without_claim"}
    assert first["body_without_claim"] <= 25.0
    (suspicion,) = looks[-1][1][1].suspicions
    assert "says no Remote ID for" in suspicion.evidence
    looks = steady(replace(drone, claim=claim_at(PLACE, 40.0, 40.0), agrees=3.0), from_s=40.0, judge=judge)
    assert flagged(looks) == {}


@pytest.mark.parametrize(
    "why", ["no receiver", "a receiver that takes few", "far off", "a bird", "another's claim fits", "a claim without a place"]
)
def test_silence_that_says_nothing(why: str) -> None:
    body, more, coverages = body_at(PLACE, 20.0, {CAMERA: 20.0}), [], covered(20.0)
    match why:
        case "no receiver":
            del coverages[WIFI]
        case "a receiver that takes few":
            coverages[WIFI] = radio(20.0, 0.4)
        case "far off":
            body = replace(body, range_m=1_500.0)
        case "a bird":
            body = replace(body, drone_probability=0.1)
        case "another's claim fits":
            more = [Standing(2, claim_at(PLACE, 20.0, 10.0))]
        case _:
            more = [Standing(2, claim_at(None, 20.0, 10.0))]
    assert "body_without_claim" not in flagged(steady(Standing(1, None, body), *more, seconds=45, coverages=coverages))


def test_a_drone_that_stops_to_say_who_it_is_is_named_later() -> None:
    drone = Standing(1, claim_at(PLACE, 19.5, 0.0), body_at(PLACE, 0.0, {CAMERA: 20.0, MICROPHONES: 20.0}), agrees=8.0)
    first = flagged(steady(drone, seconds=30))
    assert 29.0 < first["body_without_claim"] < 36.0


def test_a_claim_elsewhere_than_the_silent_drone_that_came_with_it() -> None:
    judge = Evidence()
    steady(seconds=20, from_s=0.0, judge=judge)
    liar = Standing(1, claim_at(PLACE, 20.0, 20.0))
    body = Standing(2, None, body_at((-60.0, 60.0, 30.0), 21.0, {CAMERA: 20.0, MICROPHONES: 20.0}))
    looks = steady(liar, body, seconds=20, judge=judge)
    assert {one.name for one in looks[-1][1][1].suspicions} == {"claim_elsewhere"}
    assert "track 2" in looks[-1][1][1].suspicions[0].evidence
    assert {one.name for one in looks[-1][1][2].suspicions} == {"body_without_claim"}


def test_a_body_that_left_its_claim() -> None:
    together = Standing(1, claim_at(PLACE, 20.0, 0.0), body_at(PLACE, 0.0, {CAMERA: 20.0}), agrees=6.0)
    judge = Evidence()
    looks = steady(together, judge=judge)
    assert flagged(looks) == {}
    assert (looks[-1][1][1].claim_probability or 0.0) > 0.99
    looks = steady(replace(together, claim=claim_at(PLACE, 40.0, 0.0), agrees=-5.0), from_s=40.0, judge=judge)
    (suspicion,) = looks[-1][1][1].suspicions
    assert (suspicion.name, suspicion.score > 0.9) == ("claim_elsewhere", True)
    assert "148 times likelier elsewhere" in suspicion.evidence


def test_it_forgets_who_is_gone_and_takes_any_numbers() -> None:
    judge = Evidence()
    odd = Claimed(0, 0, math.nan, math.inf, -math.inf, math.nan, math.inf, (math.nan, 0.0), doubt=math.nan)
    seen = Seen(0, {CAMERA: 0}, math.nan, math.nan, math.nan, math.nan, math.nan, math.inf, math.nan, (math.inf, math.nan))
    for step in range(40):
        standings = [Standing(step, odd, seen, math.nan), Standing(1_000 + step, odd), Standing(2_000 + step, None, seen)]
        for verdict in judge.look(ns(step / 2), standings, covered(0.0), 3.0).values():
            assert verdict.claim_probability is None or 0 <= verdict.claim_probability <= 1
    assert len(judge._cases) <= 3
