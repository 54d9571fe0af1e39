"""Many that fly together and all say who they are: nobody gets what is measured of a neighbour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Detection, Track
from tests.edge_node.fusion.air import SECOND
from tools.simulate.skies import FRAME, Here, Path, Sky, direction, straight

STEP_S, SEEDS, SECONDS = 0.1, 8, 20.0
BOUND_M = 3.0
WENT = (1.0, -4.0, 0.0)


def abreast(many: int, apart_m: float) -> list[Path]:
    return [straight(((k - many // 2) * apart_m, 160.0, 35.0), WENT) for k in range(many)]


def behind(many: int, apart_m: float) -> list[Path]:
    return [straight((0.0, 150.0 + k * apart_m, 35.0), WENT) for k in range(many)]


def claims(sky: Sky, paths: Sequence[Path], t_s: float) -> list[Detection]:
    """Twice a second, each in its turn."""
    step = round(t_s / STEP_S)
    due = (k for k in range(len(paths)) if (step + k) % 5 == 0)
    said = (sky.claimed(paths[k], t_s, str(k), sigma_m=BOUND_M / 2.45) for k in due)
    return [replace(one, horizontal_accuracy_m=BOUND_M, vertical_accuracy_m=BOUND_M) for one in said]


def flown(sky: Sky, said: Iterator[tuple[float, list[Detection]]]) -> list[Track]:
    tracker = Tracker(TrackingTable())
    tracker.stand(Here())
    for t_s, scan in said:
        tracker.take(scan)
        tracker.advance(round(t_s * SECOND))
    return [track for track in tracker.tracks() if track.state == "confirmed"]


def moments(seconds: float = SECONDS) -> Iterator[float]:
    return (step * STEP_S for step in range(round(seconds / STEP_S)))


def by_name(tracks: Sequence[Track]) -> dict[str, Track]:
    return {track.identity.ids[0].value: track for track in tracks if track.identity and track.identity.ids}


def off_deg(track: Track, path: Path) -> float:
    assert track.bearing
    return (track.bearing.azimuth_deg - direction(path(track.t_mono_ns / SECOND))[0] + 180.0) % 360.0 - 180.0


def off_m(track: Track, path: Path) -> float:
    assert track.kinematics
    place = FRAME.to_enu(track.kinematics.latitude_deg, track.kinematics.longitude_deg, 500.0)
    return float(np.hypot(*(np.array(place) - path(track.t_mono_ns / SECOND))[:2]))


def test_what_may_be_any_of_those_behind_each_other_is_nobodys() -> None:
    paths, wrong = behind(6, 5.0), 0
    for seed in range(SEEDS):
        sky = Sky(seed)

        def said(t_s: float, sky: Sky = sky, seen: Path = paths[seed % 6]) -> list[Detection]:
            return claims(sky, paths, t_s) + ([sky.seen(seen, t_s, 1)] if t_s > 3 else [])

        named = by_name(flown(sky, ((t_s, said(t_s)) for t_s in moments())))
        assert len(named) == 6
        wrong += any(track.sight is not None and int(name) != seed % 6 for name, track in named.items())
        for name, track in named.items():
            assert track.sight or off_m(track, paths[int(name)]) < 4 * BOUND_M / 2.45
    assert wrong <= 1


def test_of_those_abreast_each_gets_what_is_seen_of_it() -> None:
    paths = abreast(5, 30.0)
    for seed in range(SEEDS):
        sky = Sky(seed)

        def said(t_s: float, sky: Sky = sky) -> list[Detection]:
            return [sky.seen(paths[k], t_s, k) for k in (1, 3)] + claims(sky, paths, t_s)

        named = by_name(flown(sky, ((t_s, said(t_s)) for t_s in moments())))
        assert {name for name, track in named.items() if track.sight} == {"1", "3"}
        for name in ("1", "3"):
            assert abs(off_deg(named[name], paths[int(name)])) < 4.0


def test_a_new_number_where_another_claims_to_be_does_not_join_the_nearest_identity() -> None:
    paths = abreast(3, 12.0)
    for seed in range(SEEDS):
        sky = Sky(seed)

        def said(t_s: float, sky: Sky = sky) -> list[Detection]:
            seen = [sky.seen(paths[1], t_s, 1)] if t_s < 10 else []
            return seen + ([sky.seen(paths[2], t_s, 2)] if t_s > 12 else []) + claims(sky, paths, t_s)

        named = by_name(flown(sky, ((t_s, said(t_s)) for t_s in moments(16.0))))
        assert named["1"].sight is None or named["1"].bearing is None or abs(off_deg(named["1"], paths[1])) < 3.0


def test_a_body_changes_its_identity_when_the_right_one_is_heard() -> None:
    paths = abreast(2, 10.0)
    right = 0
    for seed in range(SEEDS):
        sky = Sky(seed, pose_deg=0.2)

        def said(t_s: float, sky: Sky = sky) -> list[Detection]:
            speaks = paths if t_s > 8 else paths[:1]
            return [sky.seen(paths[1], t_s, 1), *claims(sky, speaks, t_s)]

        named = by_name(flown(sky, ((t_s, said(t_s)) for t_s in moments())))
        assert off_m(named["0"], paths[0]) < 5.0
        right += named["1"].sight is not None
    assert right >= SEEDS - 1
