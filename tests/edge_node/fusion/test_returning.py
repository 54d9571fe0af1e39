"""What a camera loses from sight and numbers anew goes on as the track that it was; what is elsewhere begins one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from edge_node.messages import CameraDetection, TrackEvent
from tests.edge_node.fusion.air import tracker
from tests.edge_node.fusion.test_sighting import watched
from tools.bench.fusion_identity import hidden_from_camera, kept


@pytest.mark.parametrize("seed", [1040, 1074, 1142])
def test_two_that_were_hidden_keep_their_numbers(seed: int) -> None:
    assert kept(hidden_from_camera(np.random.default_rng([seed, 7]), seed))


def merged(*seen: Sequence[CameraDetection]) -> list[tuple[int, int | None]]:
    """Which tracks were found to be one, as they are seen picture by picture."""
    tracks = tracker()
    events: list[TrackEvent] = []
    for said in sorted((one for each in seen for one in each), key=lambda one: one.t_mono_ns):
        events += [*tracks.take([said]), *tracks.advance(said.t_mono_ns)]
    return [(event.track.number, event.other) for event in events if event.kind == "merged"]


def test_one_that_comes_where_the_lost_one_may_be_is_found_to_be_it() -> None:
    assert merged(watched(4.0), watched(4.0, number=2, begin_s=9.0, azimuth_deg=140.0)) == [(2, 1)]


def test_one_that_comes_elsewhere_is_another() -> None:
    assert merged(watched(4.0), watched(4.0, number=2, begin_s=9.0, azimuth_deg=300.0)) == []


def test_one_that_was_there_before_the_other_was_lost_is_another() -> None:
    assert merged(watched(4.0), watched(9.0, number=2, begin_s=3.0, azimuth_deg=140.0)) == []
