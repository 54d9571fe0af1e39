"""What the air may send on purpose: floods, and any sequence at all."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config import TrackingTable
from edge_node.fusion.identity import MOST_IDS, MOST_TRANSMITTERS
from edge_node.fusion.tracker import Tracker
from edge_node.messages import RemoteIdDetection, Track, TrackEvent, UasId
from tests.edge_node.fusion.air import hear, kinds, northward, serial, tracker

MOST_TRACKS = 6


def test_a_flood_of_invented_aircraft_leaves_the_genuine_one_alone() -> None:
    tracks = tracker(max_tracks=100)
    events = hear(tracks, *(northward(t / 10, serial("genuine"), transmitter="genuine") for t in range(5)))
    for frame in range(20_000):
        t = 1 + frame / 1_000
        events += hear(tracks, northward(t, serial(f"fake-{frame}"), transmitter=f"mac-{frame}"))
        if frame % 1_000 == 0:
            events += hear(tracks, northward(t, serial("genuine"), transmitter="genuine"))
    mine = [event for event in events if event.track.number == 1]
    assert kinds(mine) == ["new", "identified", "confirmed"]
    first = tracks.tracks()[0]
    assert (first.number, first.state, first.heard[0].count) == (1, "confirmed", 25)
    assert len(tracks.tracks()) == 100
    assert len(tracks.roster.directory) <= 200
    assert tracks.counters.evicted == 20_000 - 99


def test_who_is_evicted_is_said_to_be_lost() -> None:
    tracks = tracker(max_tracks=2)
    events = hear(tracks, *(northward(t, serial(f"S{t}"), transmitter=f"m{t}") for t in range(3)))
    assert [(event.kind, event.track.number) for event in events if event.kind == "lost"] == [("lost", 1)]


def test_the_lost_go_before_the_living_and_rumours_before_the_believed() -> None:
    tracks = tracker(max_tracks=3)
    hear(tracks, *(northward(t, transmitter="believed") for t in range(3)), northward(4, transmitter="rumour"))
    tracks.advance(30 * 10**9)
    hear(tracks, northward(31, transmitter="alive"))
    for name, left in (("x", [1, 3, 4]), ("y", [1, 4, 5])):
        hear(tracks, northward(32, transmitter=name))
        assert [track.number for track in tracks.tracks()] == left


def test_where_all_are_alive_a_newcomer_is_refused() -> None:
    tracks = tracker(max_tracks=2)
    hear(tracks, *(northward(t, transmitter=name) for t in range(3) for name in "ab"))
    assert hear(tracks, northward(3, transmitter="c")) == []
    assert (tracks.counters.refused, len(tracks.tracks())) == (1, 2)


def text(prefix: str) -> st.SearchStrategy[str]:
    return st.one_of(st.integers(0, 12).map(lambda number: f"{prefix}{number}"), st.just(""))


def maybe(values: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | values


anything = st.floats(allow_nan=False) | st.floats(allow_nan=False, min_value=-500, max_value=500)
ids = st.lists(st.builds(UasId, st.sampled_from(["serial_number", "caa_registration", "none"]), text("id")), max_size=4).map(tuple)
detections = st.builds(
    RemoteIdDetection,
    t_mono_ns=st.integers(0, 100) | st.integers(0, 200 * 10**9) | st.integers(0, 2**63),
    transport=st.sampled_from(["wifi_beacon", "ble_legacy"]),
    transmitter=text("mac"),
    sensor=text("sensor"),
    counter=st.none() | st.integers(0, 255),
    ids=ids,
    latitude_deg=maybe(anything | st.floats(-90, 90) | st.floats(48, 48.001)),
    longitude_deg=maybe(anything | st.floats(-180, 180) | st.floats(11, 11.001)),
    altitude_wgs84_m=maybe(anything),
    direction_deg=maybe(anything),
    speed_mps=maybe(anything),
    vertical_speed_mps=maybe(anything),
    horizontal_accuracy_m=maybe(anything),
    vertical_accuracy_m=maybe(anything),
    speed_accuracy_mps=maybe(anything),
    timestamp_s=maybe(anything),
    flags=st.lists(text("flag"), max_size=3).map(tuple),
    damaged=st.booleans(),
)
steps = st.lists(detections | st.integers(0, 200 * 10**9), max_size=60)


def check(track: Track) -> None:
    assert track.identity is not None
    assert len(track.identity.ids) <= MOST_IDS
    assert len(track.identity.transmitters) <= MOST_TRANSMITTERS
    assert track.first_seen_mono_ns <= track.last_seen_mono_ns
    if track.kinematics is None:
        return
    covariance = np.array(track.kinematics.covariance).reshape(6, 6)
    assert np.isfinite(covariance).all()
    assert (covariance == covariance.T).all()
    assert np.linalg.eigvalsh(covariance).min() >= -1e-9 * covariance.trace()
    said = track.kinematics
    assert np.isfinite([said.latitude_deg, said.longitude_deg, said.velocity_east_mps, said.velocity_north_mps, said.velocity_up_mps]).all()
    assert said.altitude_wgs84_m is None or np.isfinite(said.altitude_wgs84_m)


@settings(max_examples=150, deadline=None)
@given(steps, st.sampled_from([TrackingTable(max_tracks=MOST_TRACKS), TrackingTable(max_tracks=MOST_TRACKS, confirm_hits=1)]))
def test_nothing_that_is_heard_breaks_it(said: list[RemoteIdDetection | int], table: TrackingTable) -> None:
    tracks, events = Tracker(table), list[TrackEvent]()
    for step in said:
        events += tracks.advance(step) if isinstance(step, int) else tracks.update(step)
        assert len(tracks.tracks()) <= MOST_TRACKS
        assert len(tracks.roster.directory) <= MOST_TRACKS * (MOST_IDS + MOST_TRANSMITTERS)
    alive = tracks.tracks()
    for track in alive:
        check(track)
    assert max(Counter(track.number for track in alive).values(), default=0) <= 1
    assert max(Counter(event.track.number for event in events if event.kind == "new").values(), default=0) <= 1
    owned = {key for track in alive if track.identity for key in (*track.identity.ids, *track.identity.transmitters)}
    assert set(tracks.roster.directory._owner) <= owned
    assert set(tracks.roster.directory._owner.values()) <= {track.number for track in alive}
