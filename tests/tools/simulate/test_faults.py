"""Faults that are in the signals themselves: there while they last, and only then."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tools.simulate import pictures, remote_id, soundscape
from tools.simulate.faults import USUAL, Fault, at
from tools.simulate.scene import SceneError, load
from tools.simulate.world import World

SCENES = Path(__file__).parents[3] / "tools/simulate/scenes"
HOVER = load(SCENES / "hover.toml")


def world(*faults: Fault) -> World:
    return World(replace(HOVER, fault=faults), 9)


def heard(*faults: Fault) -> np.ndarray:
    return np.concatenate(list(islice(soundscape.blocks(world(*faults)), 2)))


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return heard()


def test_a_dead_microphone_is_silent_while_it_is_dead(sound: np.ndarray) -> None:
    broken = heard(Fault("microphone_dead", from_s=0.5, lasts_s=1.0, value=2))
    assert not broken[8_000:24_000, 2].any()
    broken[8_000:24_000, 2] = sound[8_000:24_000, 2]
    assert np.array_equal(broken, sound)


def test_swapped_microphones_change_places(sound: np.ndarray) -> None:
    swapped = heard(Fault("microphones_swapped", from_s=1.0, value=3))
    assert np.array_equal(swapped[16_000:, [3, 0]], sound[16_000:, [0, 3]])
    assert np.array_equal(swapped[:16_000], sound[:16_000])


@pytest.mark.parametrize("kind", ["rain", "wind"])
def test_weather_is_louder_than_none(kind: str, sound: np.ndarray) -> None:
    wet = heard(Fault(kind, from_s=1.0, lasts_s=0.5))
    assert np.array_equal(wet[:16_000], sound[:16_000])
    assert np.array_equal(wet[24_000:], sound[24_000:])
    sharp = np.diff if kind == "rain" else np.asarray
    assert sharp(wet[16_000:24_000].T).std() > 2 * sharp(sound[16_000:24_000].T).std(), "drops are heard in the treble"


def test_rain_is_before_the_lens_too() -> None:
    dry, wet = pictures.of_world(world()), pictures.of_world(world(Fault("rain", from_s=0.3, value=30.0)))
    assert np.array_equal(dry.frame(1)[0], wet.frame(1)[0])
    assert not np.array_equal(dry.frame(5)[0], wet.frame(5)[0])


def test_a_flood_is_as_many_frames_as_it_says_and_no_remote_id() -> None:
    flooded = list(remote_id.frames(world(Fault("wifi_flood", from_s=1.0, lasts_s=2.0, value=500)), 0.0, 4.0, 0))
    calm = list(remote_id.frames(world(), 0.0, 4.0, 0))
    extra = sorted(set(flooded) - set(calm))
    assert set(calm) <= set(flooded)
    assert len(extra) == 1_000
    assert (extra[0][0], extra[-1][0]) == (pytest.approx(1.0, abs=0.01), pytest.approx(3.0, abs=0.01))
    assert not any(b"\xfa\x0b\xbc" in data for _, data in extra)
    assert len({data[26:32] for _, data in extra}) == 1_000
    half = list(remote_id.frames(world(Fault("wifi_flood", from_s=1.0, lasts_s=2.0, value=500)), 2.0, 4.0, 0))
    assert half == [frame for frame in flooded if frame[0] >= 2.0]


def test_of_several_the_last_counts_and_each_ends() -> None:
    faults = (Fault("rain", 1.0, 5.0, value=3.0), Fault("rain", 2.0, 1.0), Fault("wind"))
    assert [fault and fault.much for fault in (at(faults, "rain", t_s) for t_s in (0.5, 1.5, 2.5, 3.5, 6.5))] == [
        None,
        3.0,
        USUAL["rain"],
        3.0,
        None,
    ]
    assert at(faults, "wind", 1e6) is faults[2]


def test_a_fault_of_another_node_is_not_ours() -> None:
    posts = load(SCENES / "posts.toml")
    told = World(replace(posts, fault=(Fault("gnss_lost", node="silo"), Fault("rain"))), 1)
    assert [fault.kind for fault in told.faults] == ["rain"]
    assert [fault.kind for fault in told.of_post("silo").faults] == ["gnss_lost", "rain"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[fault]]\nkind = "sabotage"', "Invalid enum value 'sabotage'"),
        ('[[fault]]\nkind = "rain"\nnode = "moon"', "strikes the node 'moon'; there are node"),
        ('[[post]]\nname = "node"\neast_m = 1.0\nnorth_m = 1.0', "two of one scene have the same name"),
        ('[[other]]\nname = "hover"\nkind = "bird"\npath = { kind = "drift", east_m = 1, north_m = 1, height_m = 1 }', "same name"),
        ('[[other]]\nname = "x"\nkind = "kite"\npath = { kind = "drift", east_m = 1, north_m = 1, height_m = 1 }', "Invalid enum value"),
    ],
    ids=["kind", "node", "post", "twice", "other"],
)
def test_what_a_scene_cannot_mean_is_said(more: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "scene.toml").write_text((SCENES / "hover.toml").read_text() + "\n" + more)
    with pytest.raises(SceneError, match=said):
        load(tmp_path / "scene.toml")
