"""The simulated world: one scene, one seed, one truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.simulate.scene import Circle, Hover, Point, SceneError, Waypoints
from tools.simulate.world import Wander, World, on_path

DEMO = Path(__file__).parents[2] / "tools/simulate/scenes/demo.toml"
SQUARE = (Point(0, 0, 50, 10), Point(100, 0, 50, 20), Point(100, 100, 50, 10), Point(0, 100, 50, 5))
PATHS = [
    Hover(10, 20, 30),
    Circle(5, 6, 70, radius_m=40, speed_mps=8, start_deg=30),
    Circle(5, 6, 70, radius_m=40, speed_mps=8, clockwise=False),
    Waypoints(SQUARE, loop=True),
    Waypoints(SQUARE),
]


@pytest.fixture(scope="module")
def world() -> World:
    return World.load(DEMO, 7)


def test_same_seed_same_truth_in_any_order(world: World) -> None:
    again = World.load(DEMO, 7)
    later = again.truth(40.0)
    assert [again.truth(t_s) for t_s in (3.0, 20.0)] + [later] == [world.truth(t_s) for t_s in (3.0, 20.0, 40.0)]
    assert World.load(DEMO, 8).truth(3.0) != world.truth(3.0)


def test_velocity_is_the_change_of_place(world: World) -> None:
    step_s = 1e-3
    for before, now, after in zip(world.truth(29.0 - step_s), world.truth(29.0), world.truth(29.0 + step_s), strict=True):
        assert (after.east_m - before.east_m) / (2 * step_s) == pytest.approx(now.velocity_east_mps, abs=1e-3)
        assert (after.north_m - before.north_m) / (2 * step_s) == pytest.approx(now.velocity_north_mps, abs=1e-3)
        assert (after.up_m - before.up_m) / (2 * step_s) == pytest.approx(now.velocity_up_mps, abs=1e-3)


def test_place_and_metres_agree(world: World) -> None:
    mast_m = world.scene.node.mast_m
    for truth in world.truth(20.0):
        east, north, height = world.ground.to_enu(truth.latitude_deg, truth.longitude_deg, truth.altitude_wgs84_m)
        assert (east, north, height - mast_m) == pytest.approx((truth.east_m, truth.north_m, truth.up_m), abs=1e-3)
        assert truth.height_m == pytest.approx(truth.up_m + mast_m)


def test_drones_come_and_go(world: World) -> None:
    assert "late" not in [truth.name for truth in world.truth(11.9)]
    assert [truth.name for truth in world.truth(12.0)] == [drone.name for drone in world.scene.drone]


def test_wind_stays_about_the_path(world: World) -> None:
    (hover,) = [drone for drone in world.scene.drone if drone.name == "hover"]
    away = [truth.east_m - 180.0 for t_s in range(600) if (truth := world.truth_of(hover, t_s))]
    assert max(map(abs, away)) < 5 * hover.gust_m
    assert abs(sum(away) / len(away)) < hover.gust_m


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None)
@given(t_s=st.floats(0, 3600))
def test_paths_do_not_jump(path: Hover | Circle | Waypoints, t_s: float) -> None:
    (here, _), (there, _) = on_path(path, t_s), on_path(path, t_s + 0.01)
    assert max(abs(a - b) for a, b in zip(here, there, strict=True)) <= 0.2 + 1e-6


def test_legs_take_their_time() -> None:
    assert on_path(Waypoints(SQUARE), 5.0) == ((50.0, 0.0, 50.0), (10.0, 0.0, 0.0))
    assert on_path(Waypoints(SQUARE), 12.5) == ((100.0, 50.0, 50.0), (0.0, 20.0, 0.0))
    assert on_path(Waypoints(SQUARE), 1e6) == ((0.0, 100.0, 50.0), (0.0, 0.0, 0.0))
    assert on_path(Waypoints(SQUARE, loop=True), 45.0 + 5.0)[0] == pytest.approx((50.0, 0.0, 50.0))


def test_two_corners_in_one_place_are_passed() -> None:
    path = Waypoints((SQUARE[0], SQUARE[0], SQUARE[1]))
    assert on_path(path, 5.0)[0] == (50.0, 0.0, 50.0)
    assert on_path(Waypoints((SQUARE[0], SQUARE[0]), loop=True), 5.0)[0] == (0.0, 0.0, 50.0)


def test_circle_turns_as_told() -> None:
    place, velocity = on_path(Circle(0, 0, 50, radius_m=100, speed_mps=10), 0.0)
    assert place == pytest.approx((0, 100, 50))
    assert velocity == pytest.approx((10, 0, 0))
    assert on_path(Circle(0, 0, 50, radius_m=100, speed_mps=10, clockwise=False), 0.0)[1] == pytest.approx((-10, 0, 0))


def test_wander_has_its_sigma() -> None:
    values = [
        value for seed in range(40) for wander in [Wander(str(seed), 2.0, 5, 60)] for t_s in range(0, 600, 7) if (value := wander.at(t_s))
    ]
    assert (sum(value**2 for value in values) / len(values)) ** 0.5 == pytest.approx(2.0, rel=0.1)


NODE = 'name = "x"\n[node]\nlatitude_deg = 50.0\nlongitude_deg = 4.0\nground_wgs84_m = 0.0\n'
DRONE = """
[[drone]]
name = "{name}"
path = {{ kind = "hover", east_m = 0.0, north_m = 0.0, height_m = 9.0 }}
operator = {{ east_m = 0.0, north_m = 0.0 }}
remote_id = {{ mac = "{mac}" }}
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NODE + "colour = 1\n", "colour"),
        (NODE.replace("50.0", "91.0"), "latitude_deg"),
        (NODE + DRONE.format(name="a", mac="60:60"), "mac"),
        (NODE + DRONE.format(name="a", mac="02:00:00:00:00:01").replace("hover", "teleport"), "teleport"),
        (NODE + DRONE.format(name="a", mac="02:00:00:00:00:01") * 2, "the same name"),
        (NODE + DRONE.format(name="a", mac="02:00:00:00:00:01") + DRONE.format(name="b", mac="02:00:00:00:00:01"), "the same mac"),
        ("name = ", "scene.toml"),
    ],
)
def test_bad_scene_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "scene.toml").write_text(text)
    with pytest.raises(SceneError, match=words):
        World.load(tmp_path / "scene.toml", 1)


def test_missing_scene_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="No such file"):
        World.load(tmp_path / "none.toml", 1)
