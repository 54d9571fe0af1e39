"""Tracks that stay behind while the drone goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.field.align.bearings import Bearings, Pose, bearings_of
from edge_node.field.align.path import Path, Stand, chosen, path_of
from edge_node.field.align.still import still
from edge_node.messages import CameraDetection
from tests.edge_node.field.align.flights import CLOCK, HERE, MONO_S, Way, before_it, hovering, remote_id, seen, stuck

EYE = Pose(0.0, 14.0, 0.0)
LATE_S = 0.8


def path(way: Way) -> Path:
    return path_of(*chosen(list(remote_id(way)), None), Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m), CLOCK)


def found(way: Way, said: list[CameraDetection]) -> tuple[Bearings, NDArray[np.bool_]]:
    told = bearings_of(said, {"camera": EYE})["camera"]
    return told, still(path(way), told, LATE_S + 0.1, 340.0)


def test_what_stays_behind_is_named_and_what_goes_with_the_drone_is_not() -> None:
    said = list(seen(before_it, EYE, EYE))
    told, stood = found(before_it, stuck(said))
    of_it, since_s = told.tracks >= 10, (told.t_s - LATE_S - MONO_S) % 15
    assert stood[of_it & (since_s > 13.0)].mean() > 0.9
    assert stood[of_it & (since_s < 11.0)].mean() < 0.02


def test_a_drone_that_hovers_may_be_seen_to() -> None:
    told, stood = found(hovering, list(seen(hovering, EYE, EYE)))
    assert not stood[told.tracks >= 10].any()


def test_hostile_numbers_of_detections_at_one_time_end() -> None:
    said = [one for one in seen(before_it, EYE, EYE, seconds=4.0) if one.track >= 10]
    told, stood = found(before_it, said[:1] * 2_000 + said)
    assert len(told) == len(stood)
