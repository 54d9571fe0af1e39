"""Whether two runs told the same tracks: by who they are, else by what and where they are."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from edge_node.messages import Bearing, Identity, Kinematics, Sound, Track, TrackEvent, UasId
from edge_node.node.histories import MOST_STATES, MOST_STATES_OF_ALL, Histories
from edge_node.node.likeness import compare
from edge_node.record.spine import Told

S = 1_000_000_000


def track(number: int, t_s: float, **more: Any) -> Track:
    t_ns = round(t_s * S)
    return Track(number=number, state="confirmed", t_mono_ns=t_ns, first_seen_mono_ns=0, last_seen_mono_ns=t_ns, **more)


def named(number: int, t_s: float, serial: str = "A", north_m: float = 0.0) -> Track:
    at = Kinematics(
        latitude_deg=50.0 + north_m / 111_195, longitude_deg=4.0, altitude_wgs84_m=None, velocity_east_mps=0.0, velocity_north_mps=0.0,
        velocity_up_mps=0.0, covariance=(),
    )  # fmt: skip
    return track(number, t_s, identity=Identity(ids=(UasId("serial_number", serial),)), kinematics=at)


def heard(number: int, t_s: float, azimuth_deg: float) -> Track:
    sound = Sound(label="multirotor", probability=0.9, level_db=-40.0, snr_db=10.0)
    return track(number, t_s, sound=sound, bearing=Bearing(azimuth_deg=azimuth_deg, elevation_deg=None, sigma_azimuth_deg=1.0))


def told(*states: Track) -> Histories:
    return Histories(Told(one.last_seen_mono_ns, one) for one in states)


def test_tracks_are_one_by_what_they_call_themselves_whatever_their_numbers() -> None:
    live = told(*(named(7, t) for t in range(3)), *(named(8, t, "B") for t in range(3)))
    again = told(*(named(1, t, "B") for t in range(3)), *(named(2, t, north_m=0.5) for t in range(3)))
    found = compare(live, again, 0)
    assert [(one.live, one.again, one.identity) for one in found.found] == [(7, 2, True), (8, 1, True)]
    assert round(found.found[0].place_m or 0.0, 2) == 0.5
    assert found.words() == "2 of 2 tracks that were told live are found again, identities alike, at most 0.000 s, 0.50 m and no° apart"


def test_tracks_that_say_nothing_are_one_by_where_they_are() -> None:
    live = told(*(heard(1, t, 10.0) for t in range(9)), *(heard(2, t, 200.0) for t in range(9)))
    again = told(*(heard(5, t, 200.4) for t in range(9)), *(heard(6, t, 9.9) for t in range(9)))
    assert [(one.live, one.again) for one in compare(live, again, 0).found] == [(1, 6), (2, 5)]


def test_what_is_not_found_and_what_is_new_is_said() -> None:
    found = compare(told(named(1, 1), named(2, 1, "B")), told(named(1, 1), named(4, 1, "C")), 0)
    assert (found.missing, found.added) == ((2,), (4,))
    assert found.words().endswith("not found: 2, 1 that live did not tell")


def test_a_hub_that_was_late_is_no_difference() -> None:
    def run(late_s: float) -> Histories:
        event = TrackEvent(kind="confirmed", track=named(1, 1))
        return Histories([Told(round((1 + late_s) * S), event), Told(2 * S, named(1, 2))])

    assert compare(run(0.9), run(0.0), 0).found[0].confirmed_s == 0.0


def test_what_was_before_the_recording_counts_from_its_begin() -> None:
    again = told(replace(named(1, 5), first_seen_mono_ns=4 * S))
    assert compare(told(named(1, 5)), again, 4 * S).found[0].first_seen_s == 0.0
    assert compare(told(named(1, 5)), again, 3 * S).found[0].first_seen_s == 1.0


def test_a_history_is_bounded_and_keeps_its_ends() -> None:
    of = told(*(named(1, t / 10) for t in range(3 * MOST_STATES))).of[1]
    assert len(of.states) <= MOST_STATES
    assert (of.states[0].t_mono_ns, of.last.t_mono_ns) == (0, round((3 * MOST_STATES - 1) / 10 * S))


def test_all_histories_together_are_bounded() -> None:
    of = told(*(named(number, t / 10) for t in range(250) for number in range(1_000)))
    assert sum(len(one.states) for one in of.of.values()) <= MOST_STATES_OF_ALL
    assert all(one.last.t_mono_ns == round(24.9 * S) for one in of.of.values())


def test_a_state_that_is_told_again_is_one() -> None:
    assert len(told(named(1, 1), named(1, 1), named(1, 2)).of[1].states) == 2
