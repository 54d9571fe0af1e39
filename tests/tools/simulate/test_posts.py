"""One world at several nodes and on a vehicle: the same truth on Earth for all, and each its own ears."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.geometry import LocalFrame, bearing_deg, distance_m
from tools.score.truth import about
from tools.simulate import remote_id, soundscape
from tools.simulate.scene import Errors, SceneError, Turned
from tools.simulate.world import World
from tools.trial.outcome import Heard, NodeStood, TruthRow
from tools.trial.truth import rows

SCENES = Path(__file__).parents[3] / "tools/simulate/scenes"
UTC_NS = 1_767_225_600 * 10**9


@pytest.fixture(scope="module")
def posts() -> World:
    return World.load(SCENES / "posts.toml", 4)


def test_all_nodes_find_the_same_places_on_earth(posts: World) -> None:
    for name in posts.scene.nodes:
        post = posts.of_post(name)
        for t_s in (0.0, 12.3, 40.0):
            for one, other in zip(posts.truth(t_s), post.truth(t_s), strict=True):
                assert distance_m(one.latitude_deg, one.longitude_deg, other.latitude_deg, other.longitude_deg) < 0.01
                assert one.altitude_wgs84_m == pytest.approx(other.altitude_wgs84_m, abs=0.01)
                assert (other.velocity_east_mps, other.velocity_north_mps) == pytest.approx((one.velocity_east_mps, one.velocity_north_mps))
            assert [one.name for one in posts.objects(t_s)] == [one.name for one in post.objects(t_s)]


def test_a_post_sees_a_drone_where_it_is_from_there(posts: World) -> None:
    for name in posts.scene.nodes:
        post = posts.of_post(name)
        here = LocalFrame(*post.ground.to_geodetic(0.0, 0.0, post.scene.node.mast_m))
        for truth in post.truth(20.0):
            azimuth, elevation = bearing_deg(here, truth.latitude_deg, truth.longitude_deg, truth.altitude_wgs84_m)
            told = np.degrees((np.arctan2(truth.east_m, truth.north_m) % (2 * np.pi), np.arcsin(truth.up_m / truth.range_m)))
            assert (azimuth, elevation) == pytest.approx(told, abs=0.03)


def test_posts_have_their_own_sensors_and_none_that_they_are_without(posts: World) -> None:
    silo, west = posts.of_post("silo").scene, posts.of_post("west-quay").scene
    assert silo.camera != posts.scene.camera
    assert silo.microphones == west.microphones == posts.scene.microphones
    assert west.camera is None
    assert silo.configured().camera == replace(silo.camera, azimuth_deg=317.0)
    with pytest.raises(SceneError, match="there is no node 'moon'; there are quay, silo, west-quay"):
        posts.of_post("moon")


def test_nodes_hear_the_same_drone_with_noise_of_their_own(posts: World) -> None:
    (quay,), (silo,) = (islice(soundscape.blocks(posts.of_post(name), 3), 1) for name in ("quay", "silo"))
    assert quay.shape == silo.shape
    assert abs(np.corrcoef(quay[:, 0], silo[:, 0])[0, 1]) < 0.2


def test_every_node_hears_the_same_frames_as_loud_as_it_is_near(posts: World) -> None:
    loud = {}
    for name in ("quay", "west-quay"):
        air = [(round(t_s, 6), data) for t_s, data in remote_id.frames(posts.of_post(name), 0.0, 40.0, UTC_NS)]
        loud[name] = {(t_s, data[26:32]): np.frombuffer(data[14:15], np.int8)[0] for t_s, data in air}
    both = loud["quay"].keys() & loud["west-quay"].keys()
    crane = bytes.fromhex("029a10000901")
    nearer_db = [loud["quay"][key] - loud["west-quay"][key] for key in both if key[1] == crane]
    assert len(both) > 20
    assert np.mean(nearer_db) > 0.3, "the quay is nearer to the crane"
    assert np.std(nearer_db) > 1.0, "each way fades by itself"


def test_configuration_is_off_as_the_scene_says(posts: World) -> None:
    errors = Errors(microphones=Turned(azimuth_deg=15.0, tilt_deg=-5.0), clock_s=0.8)
    told = replace(posts.scene, errors=errors).configured()
    assert (told.microphones.azimuth_deg, told.microphones.tilt_deg) == (15.0, -5.0)
    assert told.camera == posts.scene.camera


def test_a_vehicle_is_away_from_where_it_set_out() -> None:
    world = World.load(SCENES / "patrol.toml", 4)
    (drone,) = [drone for drone in world.scene.drone if drone.remote_id]
    for t_s in (0.0, 7.0, 20.0):
        going, truth = world.stands(t_s), world.truth_of(drone, t_s)
        place = world.ground.to_geodetic(truth.east_m + going.east_m, truth.north_m + going.north_m, truth.height_m)
        assert distance_m(*place[:2], truth.latitude_deg, truth.longitude_deg) < 0.01
    assert world.truth_of(drone, 20.0).range_m != pytest.approx(world.truth_of(drone, 0.0).range_m, abs=5.0)


def test_a_trial_s_truth_has_all_that_moves() -> None:
    world = World.load(SCENES / "no-drone.toml", 2)
    told = list(rows(world, 35.0))
    assert [row.t_s for row in told] == sorted(row.t_s for row in told)
    assert {row.t_s for row in told} == {round(k / 10, 1) for k in range(351)}
    assert {row.name: row.kind for row in told if "/" not in row.name} == {
        "rescue helicopter": "helicopter",
        "kite": "bird",
        "crow": "bird",
        "gull": "bird",
        "car": "vehicle",
    }
    assert any(row.name.startswith("node/flocks") for row in told)
    assert not any(row.ids for row in told)


def test_a_drone_is_known_by_what_it_says_truly() -> None:
    first: dict[str, TruthRow] = {}
    for row in rows(World.load(SCENES / "spoofs.toml", 2), 1.0):
        first.setdefault(row.name, row)
    assert {name: (row.kind, row.ids, row.label) for name, row in first.items()} == {
        "elsewhere": ("drone", ("TST0CLIES00000401",), "multirotor"),
        "another's name": ("drone", ("TST0CLIES0000040",), "multirotor"),
        "honest": ("drone", ("TST0CHNST00000404",), "multirotor"),
    }


def test_a_french_beacon_has_an_id_of_its_own() -> None:
    said = {row.name: row.ids for row in rows(World.load(SCENES / "remote-id.toml", 2), 0.0)}
    assert said["french"] == ("TST0CTRAN00000305", "TSTSIM0000000TST0CTRAN00000305")
    assert said["beacon"] == ("TST0CTRAN00000301",)


def test_the_truth_of_a_trial_says_where_a_vehicle_is_whatever_that_says_itself() -> None:
    world = World.load(SCENES / "patrol.toml", 4)
    told = list(rows(world, 20.0))
    latitude, longitude, altitude = world.ground.to_geodetic(0.0, 0.0, world.scene.node.mast_m)
    place = {"latitude_deg": latitude, "longitude_deg": longitude, "altitude_wgs84_m": altitude}
    heard = [Heard(t_s, {"kind": "status", "node": "patrol", "place": place}) for t_s in (0.0, 10.0, 20.0)]
    truth = about(NodeStood("patrol", latitude, longitude, altitude, 0, moving=True), told, heard)
    for t_s in (0.0, 3.0, 11.5, 20.0):
        going, (east, north, up) = world.stands(t_s), truth.stand.at(np.array([t_s]))[0]
        assert going is not None
        assert (east, north, up) == pytest.approx((going.east_m, going.north_m, 0.0), abs=0.05)
        (seen,) = [truth.seen(one, np.array([t_s]))[0] for one in truth.flown if one.name == "follower"]
        assert tuple(seen) == pytest.approx(world.from_node(world.scene.drone[0], t_s)[0], abs=0.1)
    (first, *_) = [row for row in told if row.kind == "node"]
    assert np.hypot(first.velocity_east_mps, first.velocity_north_mps) == pytest.approx(6.0)


def test_a_node_on_a_mast_is_no_row_of_the_truth(posts: World) -> None:
    assert {row.kind for row in rows(posts, 1.0)}.isdisjoint({"node", "post"})
