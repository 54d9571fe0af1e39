"""One object, one track: whatever senses it, through crossings, gaps and hand-overs; and a claim only as long as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import hypot

import numpy as np
import pytest

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Detection, Track, TrackEvent
from tests.edge_node.fusion.air import SECOND
from tools.simulate.skies import FRAME, Here, Path, Sky, around, direction, straight

STEP_S = 0.1
SEEDS = 20
KEPT = 0.95
"""Of all seeds."""

Said = Callable[[Sky, float], Iterator[Sequence[Detection]]]


def every(t_s: float, period_s: float) -> bool:
    return abs(t_s / period_s - round(t_s / period_s)) < 1e-6


def flown(sky: Sky, seconds: float, said: Said, begin_s: float = 0.0, tracker: Tracker | None = None) -> tuple[Tracker, list[TrackEvent]]:
    """A node's tracker after so many seconds, and all that happened."""
    tracker, events = tracker or Tracker(TrackingTable()), []
    tracker.stand(Here())
    for step in range(round(begin_s / STEP_S), round(seconds / STEP_S)):
        t_s = step * STEP_S
        for scan in said(sky, t_s):
            events += tracker.take(scan)
        events += tracker.advance(round(t_s * SECOND))
    return tracker, events


def alive(tracker: Tracker) -> list[Track]:
    return [track for track in tracker.tracks() if track.state == "confirmed"]


def a_flight(seed: int) -> Path:
    rng = np.random.default_rng(1000 + seed)
    if seed % 2:
        return around((rng.normal(0, 100), 250, 60), rng.uniform(50, 120), rng.uniform(5, 12), rng.uniform(0, 6))
    return straight((-150, 220 + rng.normal(0, 40), 50), (rng.uniform(5, 12), rng.normal(0, 2), 0))


def kept(ends_as: Callable[[int], bool]) -> float:
    return float(np.mean([ends_as(seed) for seed in range(SEEDS)]))


def test_what_is_seen_and_heard_is_one_object_and_is_told_with_both() -> None:
    path = a_flight(1)

    def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
        yield [sky.seen(path, t_s, 7)]
        if every(t_s, 0.5):
            yield [sky.heard(path, t_s, 3)]

    (track,) = alive(flown(Sky(1), 8, said)[0])
    assert (track.sensors, track.kinematics) == (("camera", "mast"), None)
    assert None not in (track.sound, track.sight)
    assert track.bearing is not None
    azimuth_deg, elevation_deg = direction(path(track.t_mono_ns / SECOND))
    sigma_deg = hypot(track.bearing.sigma_azimuth_deg, track.bearing.sigma_pose_deg or 0.0)
    assert abs((track.bearing.azimuth_deg - azimuth_deg + 180) % 360 - 180) < 4 * sigma_deg
    assert track.bearing.elevation_deg == pytest.approx(elevation_deg, abs=4)
    assert 0.2 < (track.bearing.sigma_pose_deg or 0.0) < 1.2


def test_a_direction_by_eye_and_ear_is_no_surer_than_the_range_lets_it_be() -> None:
    squares = []
    for seed in range(10):
        sky, tracker, path = Sky(seed), Tracker(TrackingTable()), straight((55, 75, 40), (-8, 0.4, 0.1))

        def said(sky: Sky, t_s: float, path: Path = path) -> Iterator[Sequence[Detection]]:
            if every(t_s, 0.2):
                yield [sky.seen(path, t_s, 7)]
            if every(t_s, 0.6):
                yield [sky.heard(path, t_s, 3)]

        for second in range(13):
            flown(sky, second + 1, said, second, tracker)
            for track in alive(tracker):
                if track.bearing is not None:
                    off_deg = (track.bearing.azimuth_deg - direction(path(track.t_mono_ns / SECOND))[0] + 180) % 360 - 180
                    squares.append((off_deg / hypot(track.bearing.sigma_azimuth_deg, track.bearing.sigma_pose_deg or 0.0)) ** 2)
    assert np.mean(squares) < 6.0


def test_a_claim_that_agrees_makes_a_place_of_it() -> None:
    path = a_flight(2)

    def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
        yield [sky.seen(path, t_s, 7)]
        if t_s > 3 and every(t_s, 1.0):
            yield [sky.claimed(path, t_s)]

    tracker, events = flown(Sky(2), 20, said)
    (track,) = alive(tracker)
    assert [event.kind for event in events if event.kind == "merged"] == ["merged"]
    assert (track.sensors, track.identity is not None) == (("camera", "wifi"), True)
    where = track.kinematics
    assert where is not None
    off = np.array(FRAME.to_enu(where.latitude_deg, where.longitude_deg, where.altitude_wgs84_m or 0.0)) - path(track.t_mono_ns / SECOND)
    assert np.linalg.norm(off) < 10
    assert off @ np.linalg.solve(np.array(where.covariance).reshape(6, 6)[:3, :3], off) < 16


@pytest.mark.parametrize("swaps", [False, True])
def test_two_that_cross_keep_their_numbers_also_where_the_camera_mixes_up_its_own(swaps: bool) -> None:
    def ends_as_it_began(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        paths = [straight((way * -120, 250 + rng.normal(0, 30), 60 + rng.normal(0, 3)), (way * 12, rng.normal(0, 1), 0)) for way in (1, -1)]

        def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
            numbers = (2, 1) if swaps and t_s > 10 else (1, 2)
            yield [sky.seen(path, t_s, number) for path, number in zip(paths, numbers, strict=True)]
            if every(t_s, 0.5):
                yield [sky.heard(path, t_s, number) for number, path in enumerate(paths)]

        sky = Sky(seed)
        before = whose(flown(sky, 6, said, tracker=(tracker := Tracker(TrackingTable())))[0], paths, 5.9)
        after = whose(flown(sky, 18, said, 6, tracker)[0], paths, 17.9)
        return len(before) == 2 and after == before

    assert kept(ends_as_it_began) >= KEPT


def whose(tracker: Tracker, paths: Sequence[Path], t_s: float) -> dict[int, int]:
    """Which path each track is on."""
    azimuths = np.array([direction(path(t_s))[0] for path in paths])
    off = {track.number: abs((azimuths - track.bearing.azimuth_deg + 180) % 360 - 180) for track in alive(tracker) if track.bearing}
    return {number: int(by.argmin()) for number, by in off.items()}


@pytest.mark.parametrize("sensors", ["camera", "camera mast", "radar"])
def test_what_is_hidden_for_five_seconds_is_the_same_afterwards(sensors: str) -> None:
    def comes_back(seed: int) -> bool:
        path, rng = a_flight(seed), np.random.default_rng(seed)

        def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
            if 10 <= t_s < 15:
                return
            number = 1 if t_s < 10 else 2
            if "camera" in sensors:
                yield [sky.seen(path, t_s, number)]
            if "mast" in sensors and every(t_s, 0.5):
                yield [sky.heard(path, t_s, number)]
            if "radar" in sensors and every(t_s, 0.5) and rng.random() < 0.9:
                yield [sky.plotted(path, t_s)]

        return [track.number for track in alive(flown(Sky(seed), 20, said)[0])] == [1]

    assert kept(comes_back) >= KEPT


@pytest.mark.parametrize(("until_s", "from_s"), [(12, 8), (12, 14)])
def test_a_camera_hands_over_to_the_microphones(until_s: float, from_s: float) -> None:
    def goes_on(seed: int) -> bool:
        path = a_flight(seed)

        def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
            if t_s < until_s:
                yield [sky.seen(path, t_s, 1)]
            if t_s > from_s and every(t_s, 0.5):
                yield [sky.heard(path, t_s, 1)]

        newest = [track for track in alive(flown(Sky(seed), 22, said)[0]) if track.last_seen_mono_ns > 20 * SECOND]
        return [track.number for track in newest] == [1]

    assert kept(goes_on) >= KEPT


def test_a_claim_that_leaves_its_body_goes_on_alone_and_the_body_keeps_its_number() -> None:
    def parts(seed: int) -> bool:
        path = a_flight(seed)
        away = lambda t_s: path(t_s) + np.array([12.0, 8.0, 0.0]) * max(t_s - 10, 0)  # noqa: E731 - a path like the others

        def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
            yield [sky.seen(path, t_s, 1)]
            if every(t_s, 1.0):
                yield [sky.claimed(away, t_s)]

        body, claim = sorted(alive(flown(Sky(seed), 18, said)[0]), key=lambda track: track.number)
        return (body.number, body.identity, claim.identity is None, claim.sight) == (1, None, False, None)

    assert kept(parts) == 1


def test_what_passed_is_not_who_claims_later_to_be_where_that_may_be_by_then() -> None:
    def stay_two(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        passing, hovering = straight((-60, 40, 30), (8 + rng.normal(0, 1), rng.normal(0, 1), 0)), straight((60, 150, 60), (0.5, 0, 0))

        def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
            if t_s < 4:
                yield [sky.seen(passing, t_s, 7)]
            if t_s > 5 and every(t_s, 0.5):
                yield [sky.claimed(hovering, t_s)]

        tracker, events = flown(Sky(seed), 20, said)
        return "merged" not in [event.kind for event in events] and all(track.bearing is None for track in alive(tracker))

    assert kept(stay_two) == 1.0


def test_a_bearing_is_told_of_the_time_of_the_place_beside_it_or_not_at_all() -> None:
    path = a_flight(2)

    def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
        if t_s < 10:
            yield [sky.seen(path, t_s, 7)]
        if t_s > 3 and every(t_s, 1.0):
            yield [sky.claimed(path, t_s)]

    sky, tracker = Sky(2), Tracker(TrackingTable())
    told = []
    for second in range(30):
        flown(sky, second + 1, said, second, tracker)
        told += alive(tracker)
    for track in told:
        if track.bearing is not None:
            off_deg = (track.bearing.azimuth_deg - direction(path(track.t_mono_ns / SECOND))[0] + 180) % 360 - 180
            assert abs(off_deg) < 4 * hypot(track.bearing.sigma_azimuth_deg, track.bearing.sigma_pose_deg or 0.0, 0.2)


def test_a_claim_elsewhere_and_a_body_without_one_stay_two() -> None:
    path, ghost = a_flight(3), around((-200, -250, 60), 80, 8)

    def said(sky: Sky, t_s: float) -> Iterator[Sequence[Detection]]:
        yield [sky.seen(path, t_s, 1)]
        if every(t_s, 1.0):
            yield [sky.claimed(ghost, t_s)]

    assert len(alive(flown(Sky(3), 20, said)[0])) == 2
