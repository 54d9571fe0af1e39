"""What is suspected of the detections of a track is suspected of the track, while it is said again."""

from __future__ import annotations

from edge_node.fusion.trail import FLAG_KEPT_NS, MOST_FLAGS
from edge_node.messages import Suspicion
from tests.edge_node.fusion.air import SECOND, hear, northward, serial, tracker

FAR, FROZEN = Suspicion("operator_far", 0.6, "25 km"), Suspicion("timestamp_frozen", 0.85, "stands for 3 s")


def test_the_newest_of_each_name_the_surest_first() -> None:
    tracks = tracker()
    newer = Suspicion("operator_far", 0.9, "250 km")
    hear(tracks, northward(0, suspicions=(FAR,)), northward(1, suspicions=(FROZEN,)), northward(2, suspicions=(newer,)))
    track = tracks.tracks()[0]
    assert track.suspicions == (newer, FROZEN)
    assert set(track.flags) == {"operator_far", "timestamp_frozen"}


def test_it_ends_when_it_is_no_longer_said() -> None:
    tracks = tracker()
    hear(tracks, northward(0, suspicions=(FAR,)), northward(FLAG_KEPT_NS / SECOND, suspicions=(FROZEN,)))
    assert len(tracks.tracks()[0].suspicions) == 2
    hear(tracks, northward(FLAG_KEPT_NS / SECOND + 1))
    track = tracks.tracks()[0]
    assert (track.suspicions, track.flags) == ((FROZEN,), ("timestamp_frozen",))


def test_two_trails_of_one_aircraft_are_suspected_as_one() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), transmitter="a", suspicions=(FAR,)), northward(1, transmitter="b", suspicions=(FROZEN,)))
    hear(tracks, northward(2, serial("A"), transmitter="b"))
    assert [track.suspicions for track in tracks.tracks()] == [(FROZEN, FAR)]


def test_names_are_bounded() -> None:
    tracks = tracker()
    hear(tracks, *(northward(k / 10, suspicions=(Suspicion(f"name_{k}", 0.5, "words"),)) for k in range(3 * MOST_FLAGS)))
    assert len(tracks.tracks()[0].suspicions) == MOST_FLAGS
