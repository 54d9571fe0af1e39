from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from msgspec.structs import replace

from edge_node.messages import (
    Fact,
    LinkKind,
    Sight,
    SightLabel,
    Sound,
    SoundLabel,
    Suspicion,
    Target,
    TargetLabel,
    Track,
    TrackEvent,
    TrackState,
)
from edge_node.publish.journal import MOST_DEEDS, MOST_SPOTS, MOST_SUSPICIONS, RECLASSIFIED_EVERY_S, Journal, Way, _spot
from edge_node.publish.noted import Noted
from tests.edge_node.publish.scene import bearing_track, full_track, link_track

SECOND_NS = 1_000_000_000


def track(now_ns: int, number: int = 1, state: TrackState = "confirmed", *, suspicions: Sequence[Suspicion] = ()) -> Track:
    """One that was heard just now."""
    return replace(
        full_track(number, Random(now_ns + number)), state=state, t_mono_ns=now_ns, last_seen_mono_ns=now_ns, suspicions=tuple(suspicions)
    )


def claimed(one: Track, ua_type: str | None) -> Track:
    assert one.identity is not None
    return replace(one, identity=replace(one.identity, ua_type=ua_type))


def test_the_trackers_events_are_told_as_they_are() -> None:
    journal = Journal(1.0)
    tentative = track(0, state="tentative")
    assert journal.happened(TrackEvent(kind="new", track=tentative)) == Noted(event="new", track=tentative, rumour=True)
    assert journal.happened(TrackEvent(kind="identified", track=tentative)).rumour
    assert journal.happened(TrackEvent(kind="confirmed", track=track(1))) == Noted(event="confirmed", track=track(1))
    assert journal.happened(TrackEvent(kind="merged", track=track(2), other=9)).other == 9


def test_a_track_that_nobody_confirmed_stays_a_rumour_to_its_end_and_has_no_way() -> None:
    journal = Journal(1.0)
    for second in range(5):
        noted, due = journal.look([track(second * SECOND_NS, state="tentative")], second * SECOND_NS)
        assert (noted, due) == ([], [])
    lost = journal.happened(TrackEvent(kind="lost", track=track(6 * SECOND_NS, state="lost")))
    assert (lost.rumour, lost.trail) == (True, ())


def test_a_bearing_that_counts_from_a_vehicle_is_no_part_of_a_way() -> None:
    one = bearing_track(1, Random(1))
    assert one.bearing is not None
    way = [replace(one, bearing=replace(one.bearing, reference=reference)) for reference in ("true_north", "vehicle")]
    assert [_spot(each) is None for each in way] == [False, True]


def test_a_lost_track_comes_with_the_way_it_went() -> None:
    journal = Journal(1.0)
    journal.happened(TrackEvent(kind="confirmed", track=track(0)))
    seen = [track(tick * SECOND_NS // 5) for tick in range(1, 101)]
    for one in seen:
        journal.look([one], one.t_mono_ns)
    lost = journal.happened(TrackEvent(kind="lost", track=replace(seen[-1], state="lost")))
    assert not lost.rumour
    assert [spot.t_mono_ns for spot in lost.trail] == [second * SECOND_NS for second in range(21)]
    place = seen[-1].kinematics
    assert place is not None
    assert (lost.trail[-1].latitude_deg, lost.trail[-1].altitude_wgs84_m) == (place.latitude_deg, place.altitude_wgs84_m)
    again = journal.happened(TrackEvent(kind="lost", track=replace(seen[-1], state="lost")))
    assert again.rumour, "its end was told, and all is forgotten"


def test_the_way_of_a_long_flight_is_bounded_and_thinned_evenly() -> None:
    way = Way()
    for second in range(100_000):
        way.add(track(second * SECOND_NS))
        assert len(way.spots) <= MOST_SPOTS
    times = [spot.t_mono_ns for spot in way.spots]
    apart = [(after - before) // SECOND_NS for before, after in pairwise(times)]
    assert times[0] == 0
    assert set(apart) == {2048}
    assert times[-1] > 97_000 * SECOND_NS


def test_a_way_may_be_of_directions_and_what_has_neither_has_none() -> None:
    way = Way()
    bearing = bearing_track(1, Random(1))
    way.add(bearing)
    assert bearing.bearing is not None
    assert way.spots[0].azimuth_deg == bearing.bearing.azimuth_deg
    assert way.spots[0].latitude_deg is None
    nowhere = Way()
    nowhere.add(replace(bearing, bearing=None))
    assert nowhere.spots == []


def test_a_suspicion_is_told_once_for_each_name_and_only_of_confirmed_tracks() -> None:
    journal = Journal(1.0)
    one, other = Suspicion("speed_impossible", 0.9, "400 m/s"), Suspicion("clone", 0.5, "two of it")
    told: list[Noted] = []
    told += journal.look([track(0, state="tentative", suspicions=[one])], 0)[0]
    assert told == []
    for second in range(1, 9):
        doubts = [replace(one, evidence=f"{second} m/s")] + ([other] if second > 4 else [])
        told += journal.look([track(second * SECOND_NS, suspicions=doubts)], second * SECOND_NS)[0]
    assert [(noted.event, noted.about, noted.words) for noted in told] == [
        ("suspected", "speed_impossible", "1 m/s"),
        ("suspected", "clone", "two of it"),
    ]


def test_suspicions_are_bounded() -> None:
    journal = Journal(1.0)
    told = [
        noted
        for second in range(200)
        for noted in journal.look([track(second * SECOND_NS, suspicions=[Suspicion(f"s{second}", 0.1, "")])], second * SECOND_NS)[0]
    ]
    assert len(told) == MOST_SUSPICIONS


def test_another_claim_is_told_and_one_that_goes_to_and_fro_is_told_rarely() -> None:
    journal = Journal(1.0)
    told: list[tuple[int, Noted]] = []
    for tick in range(1000):
        now_ns = tick * SECOND_NS // 5
        one = claimed(track(now_ns), "aeroplane" if tick % 2 else "rocket")
        one = replace(one, cooperation="authorised" if tick % 3 else "unknown", cooperation_reason="listed")
        told += [(now_ns, noted) for noted in journal.look([one], now_ns)[0]]
    assert {noted.event for _, noted in told} == {"reclassified"}
    assert {noted.about for _, noted in told} == {"ua_type", "cooperation"}
    times = sorted({now_ns for now_ns, _ in told})
    assert len(times) <= 200 / RECLASSIFIED_EVERY_S + 1
    assert min(after - before for before, after in pairwise(times)) >= 0.75 * RECLASSIFIED_EVERY_S * SECOND_NS
    words = {noted.words for _, noted in told if noted.about == "ua_type"}
    assert words <= {"rocket, was aeroplane", "aeroplane, was rocket"}
    assert "unknown, was authorised: listed" in {noted.words for _, noted in told}


def test_a_claim_that_is_not_said_for_a_while_is_no_other_claim() -> None:
    journal = Journal(1.0)
    for second, kind in enumerate(["rocket", None, "rocket", None]):
        noted, _ = journal.look([claimed(track(second * 60 * SECOND_NS), kind)], second * 60 * SECOND_NS)
        assert noted == []


def test_history_comes_at_its_rate_of_what_was_heard_anew() -> None:
    journal = Journal(0.5)
    due = [tick for tick in range(200) if journal.look([track(tick * SECOND_NS // 5)], tick * SECOND_NS // 5)[1]]
    assert 20 <= len(due) <= 21
    silent = replace(track(0), last_seen_mono_ns=5)
    assert [bool(journal.look([silent], second * SECOND_NS)[1]) for second in range(100, 110)] == [True] + [False] * 9


def test_it_is_as_bounded_as_the_tracks_are() -> None:
    journal = Journal(1.0)
    told: Counter[str] = Counter()
    for number in range(10_000):
        now_ns = number * SECOND_NS // 100
        told[journal.happened(TrackEvent(kind="new", track=track(now_ns, number, "tentative"))).event] += 1
        if number % 200 == 199:
            noted, _ = journal.look([track(now_ns, one) for one in range(number - 99, number + 1)], now_ns)
            told.update(one.event for one in noted)
            assert set(journal._told) == set(range(number - 99, number + 1))
    assert told == {"new": 10_000}
    assert journal.look([], 0) == ([], [])
    assert not journal._told


def test_what_sounds_otherwise_is_told_and_what_falls_silent_is_not() -> None:
    journal = Journal(1.0)

    def sounds(second: int, label: SoundLabel | None) -> list[Noted]:
        now_ns = second * SECOND_NS
        sound = None if label is None else Sound(label=label, probability=0.9, level_db=-40.0, snr_db=6.0)
        one = replace(bearing_track(1, Random(1)), state="confirmed", t_mono_ns=now_ns, last_seen_mono_ns=now_ns, sound=sound)
        return journal.look([one], now_ns)[0]

    assert sounds(0, "multirotor") == sounds(20, None) == sounds(30, "multirotor") == []
    (told,) = sounds(40, "helicopter")
    assert (told.event, told.about, told.words) == ("reclassified", "sound", "helicopter, was multirotor")
    assert sounds(41, "multirotor") == []
    assert [one.words for one in sounds(60, "multirotor")] == ["multirotor, was helicopter"]


def test_what_looks_otherwise_is_told_and_what_nobody_can_say_any_more_is_not() -> None:
    journal = Journal(1.0)

    def looks(second: int, label: SightLabel) -> list[Noted]:
        now_ns = second * SECOND_NS
        sight = Sight(label=label, probability=0.5, snr=6.0)
        one = replace(bearing_track(1, Random(1)), state="confirmed", t_mono_ns=now_ns, last_seen_mono_ns=now_ns, sight=sight)
        return journal.look([one], now_ns)[0]

    assert looks(0, "unknown") == looks(20, "drone") == looks(30, "unknown") == looks(41, "drone") == []
    (told,) = looks(60, "bird")
    assert (told.event, told.about, told.words) == ("reclassified", "sight", "bird, was drone")
    assert looks(61, "drone") == []
    assert [one.words for one in looks(80, "drone")] == ["drone, was bird"]


def test_a_link_that_turns_out_to_be_another_is_told() -> None:
    journal = Journal(1.0)

    def receives(second: int, link: LinkKind) -> list[Noted]:
        now_ns = second * SECOND_NS
        one = replace(link_track(1), t_mono_ns=now_ns, last_seen_mono_ns=now_ns)
        assert one.emission is not None
        return journal.look([replace(one, emission=replace(one.emission, link=link))], now_ns)[0]

    assert receives(1, "elrs_900") == receives(2, "elrs_900") == []
    (told,) = receives(20, "frsky_r9")
    assert (told.event, told.about, told.words) == ("reclassified", "emission", "frsky_r9, was elrs_900")
    assert journal.happened(TrackEvent(kind="lost", track=link_track(1))).trail == ()


def test_a_target_that_turns_out_to_be_another_is_told() -> None:
    journal = Journal(1.0)

    def reports(second: int, label: TargetLabel) -> list[Noted]:
        now_ns = second * SECOND_NS
        one = replace(bearing_track(1, Random(1)), state="confirmed", t_mono_ns=now_ns, last_seen_mono_ns=now_ns)
        return journal.look([replace(one, target=Target(label=label))], now_ns)[0]

    assert reports(0, "unknown") == reports(20, "bird") == reports(30, "unknown") == reports(41, "bird") == []
    (told,) = reports(60, "multirotor")
    assert (told.event, told.about, told.words) == ("reclassified", "target", "multirotor, was bird")


def test_that_it_comes_near_or_swarms_is_told_when_that_begins() -> None:
    journal = Journal(1.0)
    gate, mast = (Fact("approaches", 70.0, "s", f"in 70 s {name}", name) for name in ("gate", "mast"))
    swarm, climb = Fact("swarms", 3.0, "tracks", "3 tracks", "2, 3"), Fact("climbs", 3.0, "m/s", "3 m/s")

    def does(second: int, *facts: Fact) -> list[tuple[str, str | None, str | None]]:
        noted = journal.look([replace(track(second * SECOND_NS), behaviour=facts)], second * SECOND_NS)[0]
        return [(one.event, one.about, one.words) for one in noted]

    assert does(0, climb) == []
    assert does(1, gate, climb) == [("behaves", "approaches", "in 70 s gate")]
    assert does(2, gate, mast) == [("behaves", "approaches", "in 70 s mast")]
    assert does(3, replace(swarm, reason="")) == [("behaves", "swarms", "one of 3 that move as one")]
    assert does(4, replace(swarm, about="2, 3, 4"), gate) == does(50) == does(60, gate) == []
    assert does(121, gate) == [("behaves", "approaches", "in 70 s gate")]
    crowd = [Fact("approaches", 70.0, "s", "", f"gate {number}") for number in range(99)]
    assert len(does(122, *crowd)) <= MOST_DEEDS
