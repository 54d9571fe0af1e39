"""A ghost, a silent drone and a genuine one, before a camera, microphones and a receiver that miss what real ones miss."""

from __future__ import annotations

import pytest

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from tools.bench.fusion_spoofs import GHOST, GHOST_WITHIN_S, LASTS_S, SILENT, SILENT_WITHIN_S, a_flight, flown
from tools.simulate.skies import SECOND, Here, Sky

JOINS_S = 5.0
"""What comes back under another number, and off by three sigmas, is known again within this time."""


@pytest.mark.parametrize("seed", range(10))
def test_a_ghost_in_clear_view_is_flagged_within_ten_seconds(seed: int) -> None:
    raised, _, (track,) = flown(seed, body=False, claim=True)
    assert raised[GHOST] <= GHOST_WITHIN_S
    assert track.claim_probability is not None
    assert track.claim_probability < 0.3


@pytest.mark.parametrize("seed", range(6))
def test_a_silent_drone_that_is_seen_and_heard_is_flagged_within_five_seconds(seed: int) -> None:
    raised, _, tracks = flown(seed, body=True, claim=False)
    assert raised[SILENT] <= SILENT_WITHIN_S
    (track,) = [track for track in tracks if track.state == "confirmed"]
    assert track.label == "multirotor"


@pytest.mark.parametrize("seed", range(12))
def test_a_genuine_drone_on_the_same_way_is_never_flagged(seed: int) -> None:
    raised, _, tracks = flown(seed, body=True, claim=True)
    assert raised == {}
    (track,) = [track for track in tracks if track.state == "confirmed" and track.first_seen_mono_ns < (LASTS_S - JOINS_S) * SECOND]
    assert (track.claim_probability or 0.0) > 0.9
    assert {"camera", "mast", "wifi"} == set(track.sensors)


def test_where_no_sensor_looks_nobody_is_a_ghost() -> None:
    tracker, sky, path = Tracker(TrackingTable()), Sky(1), a_flight(1)
    tracker.stand(Here())
    for t_s in range(30):
        tracker.take([sky.claimed(path, t_s)])
        tracker.advance(t_s * SECOND)
        assert not any(track.suspicions for track in tracker.tracks())
