"""The way of a drone by its own Remote ID."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.field.align.path import AlignError, Stand, chosen, path_of
from edge_node.messages import RemoteIdDetection
from edge_node.timebase import Timebase
from tests.edge_node.field.align.flights import CLOCK, HERE, MONO_S, SERIAL, remote_id, weaving

STAND = Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m)


def claims(**how: object) -> list[RemoteIdDetection]:
    return list(remote_id(weaving, error_m=0.0, **how))  # type: ignore[arg-type]  # options by name


def off_m(said: list[RemoteIdDetection], clock: Timebase | None, late_s: float = 0.0) -> float:
    path = path_of("it", said, STAND, clock)
    t_s = np.arange(3.0, 55.0, 0.37)
    places, _, _, known = path.at(MONO_S + t_s + late_s)
    assert known.all()
    return float(np.abs(places - np.array([weaving(at) for at in t_s])).max())


def test_with_a_clock_that_is_known_a_place_is_of_its_own_time() -> None:
    path = path_of("it", claims(), STAND, CLOCK)
    assert path.clock == "utc"
    assert off_m(claims(), CLOCK) < 2.0


@pytest.mark.parametrize("clock", [None, Timebase(0, "unknown", None), Timebase(CLOCK.offset_ns + 60_000_000_000, "system", 0.01)])
def test_without_such_a_clock_all_of_it_is_late_by_the_same(clock: Timebase | None) -> None:
    said = claims(late_s=1.3)
    assert path_of("it", said, STAND, clock).clock == "heard"
    assert off_m(said, clock, late_s=1.3) < 2.0


def test_without_timestamps_it_goes_by_when_it_was_heard() -> None:
    said = claims(stamped=False, late_s=0.6)
    path = path_of("it", said, STAND, CLOCK)
    assert (path.clock, len(path.t_s)) == ("heard", 60)
    assert off_m(said, CLOCK, late_s=0.6) < 3.0


def test_the_hour_may_pass_in_flight() -> None:
    said = [replace(one, timestamp_s=((one.timestamp_s or 0.0) + 3_570 - claims()[0].timestamp_s) % 3600) for one in claims()]
    assert off_m(said, None, late_s=0.4) < 2.0


def test_what_comes_without_a_serial_is_of_whoever_sent_one() -> None:
    name, said = chosen(claims(), None)
    assert name == SERIAL
    assert len(said) == len(claims())


def test_of_two_drones_one_must_be_named() -> None:
    other = [replace(one, transmitter="60:60:1f:00:00:02", ids=()) for one in claims()]
    both = claims() + other
    with pytest.raises(AlignError, match="--id"):
        chosen(both, None)
    assert chosen(both, SERIAL)[0] == SERIAL
    assert chosen(both, "60:60:1f:00:00:02")[0] == "60:60:1f:00:00:02"
    with pytest.raises(AlignError, match=SERIAL):
        chosen(both, "another")


def test_no_remote_id_and_too_little_of_it_are_said() -> None:
    with pytest.raises(AlignError, match="no Remote ID"):
        chosen([replace(one, latitude_deg=None) for one in claims()], None)
    with pytest.raises(AlignError, match="too few"):
        path_of("it", claims()[:4], STAND, CLOCK)
    hopping = [one for one in claims() if one.t_mono_ns / 1e9 % 8 < 1]
    with pytest.raises(AlignError, match="too seldom"):
        path_of("it", hopping, STAND, CLOCK)
    with pytest.raises(AlignError, match="cannot be true"):
        path_of("it", [replace(one, latitude_deg=0.0) for one in claims()], STAND, CLOCK)


def test_a_node_without_an_altitude_needs_heights_above_take_off() -> None:
    flat = Stand(HERE.latitude_deg, HERE.longitude_deg)
    with pytest.raises(AlignError, match="altitude_wgs84_m"):
        path_of("it", claims(), flat, CLOCK)
    path = path_of("it", [replace(one, height_m=30.0) for one in claims()], flat, CLOCK)
    assert np.abs(path.places_m[:, 2] - 30.0).max() < 2.0
    assert path.stand_sigma_m[2] >= 30.0


def test_a_gap_is_not_bridged_and_a_turn_is_less_sure() -> None:
    said = [one for one in claims() if not 20 < one.t_mono_ns / 1e9 - MONO_S < 27]
    path = path_of("it", said, STAND, CLOCK)
    _, _, _, known = path.at(MONO_S + np.array([10.0, 23.0, 40.0, 70.0]))
    assert known.tolist() == [True, False, True, False]
    _, _, bend_m, _ = path.at(MONO_S + np.arange(1.0, 19.0))
    assert bend_m.max() > 2 * bend_m.min()
