from __future__ import annotations

import time

import pytest

from edge_node.geometry import LocalFrame, bearing_deg, distance_m
from edge_node.messages import Track
from tools.simulate.nodes import JUDGEMENTS, POSTS, SCENE, SIGMA_AZIMUTH_DEG, SOUND_MPS, Watch, place_of
from tools.simulate.world import World

WORLD = World.load(SCENE, 1)


def said(t_s: float) -> dict[str, list[Track]]:
    return {post.name: Watch(WORLD, post, POSTS, JUDGEMENTS).tracks(t_s, time.monotonic_ns()) for post in POSTS}


def test_who_says_where_it_is_has_one_track_and_who_does_not_has_bearings_of_all_who_see_it() -> None:
    tracks = said(10.0)
    speakers = [drone.remote_id.serial for drone in WORLD.scene.drone if drone.remote_id]
    heard = [track.identity.ids[0].value for every in tracks.values() for track in every if track.identity]
    assert sorted(heard) == sorted(str(serial) for serial in speakers)
    dark = next(number for number, drone in enumerate(WORLD.scene.drone, 1) if drone.name == "dark one")
    assert [track.number for every in tracks.values() for track in every].count(dark) == len(POSTS)


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.name)
def test_a_bearing_is_as_wrong_as_it_says(post: object) -> None:
    watch = Watch(WORLD, post, POSTS, JUDGEMENTS)  # type: ignore[arg-type]
    place = place_of(WORLD, post)  # type: ignore[arg-type]
    here = LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0)
    number, dark = next((number, drone) for number, drone in enumerate(WORLD.scene.drone, 1) if drone.name == "dark one")
    errors = []
    for t_s in range(0, 600, 5):
        now = WORLD.truth_of(dark, t_s)
        away_m = distance_m(now.latitude_deg, now.longitude_deg, place.latitude_deg, place.longitude_deg)
        truth = WORLD.truth_of(dark, t_s - away_m / SOUND_MPS)
        azimuth_deg, _ = bearing_deg(here, truth.latitude_deg, truth.longitude_deg, truth.altitude_wgs84_m)
        track = next(one for one in watch.tracks(t_s, 0) if one.number == number)
        assert track.bearing is not None
        errors.append((track.bearing.azimuth_deg - azimuth_deg + 180) % 360 - 180)
    assert (sum(error**2 for error in errors) / len(errors)) ** 0.5 == pytest.approx(SIGMA_AZIMUTH_DEG, rel=0.35)
