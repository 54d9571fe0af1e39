"""Which detections are of one aircraft, by what they claim."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from edge_node.fusion.identity import MOST_IDS, MOST_TRANSMITTERS
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Identity, RemoteIdDetection, UasId
from tests.edge_node.fusion.air import HOME, SECOND, hear, kinds, northward, registration, said, serial, tracker


def identities(tracks: Tracker) -> dict[int, Identity]:
    return {track.number: track.identity for track in tracks.tracks() if track.identity}


def test_frames_without_an_id_belong_to_their_transmitter() -> None:
    tracks = tracker()
    hear(tracks, northward(0, transmitter="a"), northward(1, transmitter="b"), northward(2, transmitter="a"))
    assert [identity.transmitters for identity in identities(tracks).values()] == [("a",), ("b",)]


def test_a_transmitter_that_says_its_id_later_keeps_its_track() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, northward(0), northward(0.1, serial("A")), northward(0.2))) == ["new", "identified", "confirmed"]
    assert list(identities(tracks)) == [1]


def test_an_id_from_a_new_transmitter_joins_its_track() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a"), northward(1, serial("A"), transmitter="b"), northward(2, transmitter="b"))
    assert identities(tracks) == {1: Identity(ids=(serial("A"),), transmitters=("a", "b"))}


def test_one_aircraft_may_have_ids_of_several_types() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A")), northward(1, registration("R")), northward(2, registration("R"), transmitter="b"))
    assert identities(tracks)[1].ids == (serial("A"), registration("R"))


def test_one_value_of_two_types_is_two_ids() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a"), northward(1, registration("A"), transmitter="b"))
    assert list(identities(tracks)) == [1, 2]


def test_a_transmitter_of_two_serials_is_two_aircraft() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A")), northward(1, serial("B")), northward(2, serial("A")), northward(3))
    assert [identity.ids for identity in identities(tracks).values()] == [(serial("A"),), (serial("B"),)]
    assert [track.heard[0].count for track in tracks.tracks()] == [3, 1]


def test_two_tracks_that_are_one_are_merged_under_the_older_number() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a", self_id="old", operator_id="O"), northward(1, transmitter="b", self_id="new"))
    hear(tracks, northward(2, transmitter="b", sensor="ble", transport="ble_legacy", flags=("f",)))
    events = hear(tracks, northward(3, serial("A"), transmitter="b"))
    assert [(event.kind, event.track.number, event.other) for event in events] == [("merged", 2, 1), ("confirmed", 1, None)]
    (track,) = tracks.tracks()
    assert track.identity == Identity(ids=(serial("A"),), transmitters=("a", "b"), self_id="new", operator_id="O")
    assert ({heard.transport: heard.count for heard in track.heard}) == {"wifi_beacon": 3, "ble_legacy": 1}
    assert (track.sensors, track.flags, track.first_seen_mono_ns) == (("wifi", "ble"), ("f",), 0)
    assert track.kinematics is not None
    assert track.t_mono_ns == track.last_seen_mono_ns


def test_an_older_track_without_a_name_takes_over_a_younger_with_one() -> None:
    tracks = tracker()
    hear(tracks, northward(0, transmitter="b"))
    hear(tracks, *(northward(t, serial("A"), transmitter="a") for t in (1, 2, 3)))
    events = hear(tracks, northward(4, serial("A"), transmitter="b"))
    assert [(event.kind, event.track.number, event.other) for event in events[:1]] == [("merged", 2, 1)]
    assert "confirmed" in kinds(events)
    assert [(track.number, track.state) for track in tracks.tracks()] == [(1, "confirmed")]
    assert hear(tracks, northward(5, transmitter="a")) == []


def test_one_frame_with_the_ids_of_two_tracks_merges_them() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a"), northward(1, registration("R"), transmitter="b"))
    assert kinds(hear(tracks, northward(2, serial("A"), registration("R"), transmitter="c"))) == ["merged", "confirmed"]


def test_a_frame_with_two_aircrafts_serials_merges_nothing() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a"), northward(1, serial("B"), transmitter="b"))
    assert hear(tracks, northward(2, serial("A"), serial("B"), transmitter="c")) == []
    assert [(track.number, track.flags) for track in tracks.tracks()] == [(1, ("id_conflict",)), (2, ())]


def test_the_newest_claim_stands_and_silence_erases_nothing() -> None:
    tracks = tracker()
    operator = {"operator_latitude_deg": 1.0, "operator_longitude_deg": 2.0}
    hear(tracks, said(0, status="airborne", height_m=10.0, height_reference="ground", operator_altitude_wgs84_m=5.0, **operator))
    hear(tracks, said(1, status="emergency", ua_type="glider", **operator), said(2))
    claimed = identities(tracks)[1]
    assert (claimed.status, claimed.ua_type, claimed.height_m, claimed.height_reference) == ("emergency", "glider", 10.0, "ground")
    assert (claimed.operator_latitude_deg, claimed.operator_altitude_wgs84_m) == (1.0, None)


def test_random_transmitters_do_not_displace_the_one_that_is_heard_often() -> None:
    tracks = tracker()
    for second in range(300):
        hear(tracks, northward(second, serial("A"), transmitter="real"), northward(second + 0.1, serial("A"), transmitter=f"mac-{second}"))
        hear(tracks, northward(second + 0.2, transmitter="real"))
    (track,) = tracks.tracks()
    assert track.identity is not None
    assert "real" in track.identity.transmitters
    assert len(track.identity.transmitters) == MOST_TRANSMITTERS


def test_one_frame_after_another_of_ids_stays_bounded() -> None:
    tracks = tracker()
    for second in range(50):
        hear(tracks, northward(second, serial("A"), serial(f"B{second}"), registration(f"R{second}")))
    assert len(identities(tracks)[1].ids) == MOST_IDS
    assert serial("A") in identities(tracks)[1].ids
    assert len(tracks.roster.directory) == MOST_IDS + 1


def test_an_id_of_no_use_is_passed_over() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("")), northward(1, UasId("utm_uuid", "0" * 1_000)))
    assert identities(tracks)[1].ids == ()


def test_a_forgotten_name_is_free_again() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A")))
    tracks.advance(10**12)
    tracks.advance(10**12)
    assert tracks.tracks() == []
    assert len(tracks.roster.directory) == 0


def two_places(t_s: float, east_deg: float = 0.01) -> list[RemoteIdDetection]:
    """One serial by two transmitters at once, 740 m apart."""
    far = {"longitude_deg": HOME[1] + east_deg, "counter": round(t_s * 1000 + 7) % 256}
    return [northward(t_s, serial("A"), transmitter="a"), northward(t_s + 0.3, serial("A"), transmitter="b", **far)]


def test_one_id_from_two_places_at_once_is_two_tracks_and_neither_jumps() -> None:
    tracks = tracker()
    hear(tracks, *(frame for t in range(20) for frame in two_places(t)))
    one, other = tracks.tracks()
    assert [track.identity and track.identity.ids for track in (one, other)] == [(serial("A"),), (serial("A"),)]
    assert [track.identity and track.identity.transmitters for track in (one, other)] == [("a",), ("b",)]
    assert [track.flags for track in (one, other)] == [("id_in_two_places",), ("id_in_two_places",)]
    assert (one.state, other.state, tracks.counters.jumps) == ("confirmed", "confirmed", 0)
    assert one.kinematics is not None
    assert other.kinematics is not None
    assert (one.kinematics.longitude_deg, other.kinematics.longitude_deg) == (pytest.approx(11.0, abs=1e-5), pytest.approx(11.01, abs=1e-5))


def test_a_rival_is_told_apart_though_ids_and_places_come_in_frames_of_their_own() -> None:
    tracks = tracker()
    for t in range(20):
        for name, east_deg in (("a", 0.0), ("b", 0.01)):
            hear(tracks, northward(t + 0.1, transmitter=name, longitude_deg=HOME[1] + east_deg))
            hear(tracks, said(t + 0.2, serial("A"), transmitter=name))
    assert [identity.transmitters for identity in identities(tracks).values()] == [("a",), ("b",)]
    assert [track.flags for track in tracks.tracks()] == [("id_in_two_places",), ("id_in_two_places",)]


def test_who_joined_under_an_id_and_then_says_another_place_leaves() -> None:
    tracks = tracker()
    hear(tracks, *(northward(t, serial("A"), transmitter="a") for t in range(4)), said(3.2, serial("A"), transmitter="b"))
    assert len(tracks.tracks()) == 1
    hear(tracks, northward(3.4, transmitter="b", longitude_deg=HOME[1] + 0.01), said(3.6, serial("A"), transmitter="b"))
    assert [identity.transmitters for identity in identities(tracks).values()] == [("a",), ("b",)]


def test_several_ways_and_new_addresses_of_one_aircraft_stay_one_track() -> None:
    tracks = tracker()
    for t in range(60):
        hear(tracks, northward(t, serial("A"), transmitter="wifi", speed_mps=25.0))
        old = northward(t - 1.5, serial("A"), transmitter=f"ble-{t // 15}", transport="ble_legacy", speed_mps=25.0)
        hear(tracks, replace(old, t_mono_ns=round((t + 0.5) * SECOND)))
    (track,) = tracks.tracks()
    assert track.flags == ()


def test_a_new_address_after_a_silence_may_be_anywhere() -> None:
    tracks = tracker()
    hear(tracks, *(northward(t, serial("A"), transmitter="a") for t in range(5)))
    hear(tracks, northward(9, serial("A"), transmitter="b", longitude_deg=HOME[1] + 0.01))
    assert list(identities(tracks)) == [1]


def test_an_id_of_two_is_the_seconds_alone_once_the_first_is_forgotten() -> None:
    tracks = tracker()
    hear(tracks, *(frame for t in range(5) for frame in two_places(t)))
    hear(tracks, *(two_places(t)[1] for t in range(5, 120)))
    tracks.advance(120 * SECOND)
    hear(tracks, two_places(120)[1])
    (track,) = tracks.tracks()
    assert track.identity == Identity(ids=(serial("A"),), transmitters=("b",))
    assert tracks.roster.directory.owner(serial("A")) == track.number
