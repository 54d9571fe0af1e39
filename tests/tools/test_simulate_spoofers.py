"""The simulated spoofers are what one cheap module can be: one place, one counter, and claims that are not its own."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import fmean, pstdev

import pytest
from msgspec.structs import replace

from drivers.blocks import RadioFrame
from drivers.recording import Recording
from edge_node.geometry import distance_m
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.detector import RemoteIdDetector
from tools.simulate import scene as scenes
from tools.simulate.remote_id import write_pcap
from tools.simulate.scene import Circle, Drone, NodePose, Operator, RemoteId, Replay, Scene, SceneError, Spoofer, Swarm, Teleport
from tools.simulate.world import World

UTC_NS = 1_773_483_072 * 10**9
NODE = NodePose(latitude_deg=50.85, longitude_deg=4.35, ground_wgs84_m=65.0, mast_m=12.0)
GENUINE = Drone(
    name="genuine",
    path=Circle(east_m=60.0, north_m=80.0, height_m=50.0, radius_m=40.0, speed_mps=8.0),
    operator=Operator(east_m=10.0, north_m=20.0),
    remote_id=RemoteId(mac="02:00:5e:00:00:11", serial="TST0BALLOF000001"),
    until_s=10.0,
)


def heard(folder: Path, spoofer: Spoofer, drone: tuple[Drone, ...] = ()) -> tuple[list[RadioFrame], list[RemoteIdDetection]]:
    world = World(Scene(name="x", node=NODE, drone=drone, spoofer=(spoofer,)), 3)
    write_pcap(world, folder / "air.pcap", 0.0, 30.0, UTC_NS)
    with Recording(folder / "air.pcap", "fast") as recording:
        frames = [block for block in recording.blocks() if isinstance(block, RadioFrame)]
    detector = RemoteIdDetector()
    return frames, [found for frame in frames for found in detector.step(frame)]


def test_a_swarm_is_many_addresses_one_counter_and_one_loudness(tmp_path: Path) -> None:
    frames, found = heard(tmp_path, Swarm(name="s", east_m=50.0, north_m=0.0, count=15, rate_hz=2.0))
    assert len({one.transmitter for one in found}) == len({one.ids for one in found}) == 15
    counters = [int.from_bytes(frame.data[22:24], "little") >> 4 for frame in frames]
    assert {(after - before) % 4096 for before, after in pairwise(counters)} == {1}
    assert len({frame.data[24:32] for frame in frames}) == len(frames)
    by_id = defaultdict(list)
    for one in found:
        assert one.rssi_dbm is not None
        by_id[one.ids].append(one.rssi_dbm)
    assert pstdev([fmean(levels) for levels in by_id.values()]) < 0.6
    assert len({(one.latitude_deg, one.longitude_deg) for one in found}) > 100


def test_each_of_a_swarm_flies_as_it_claims(tmp_path: Path) -> None:
    _, found = heard(tmp_path, Swarm(name="s", east_m=50.0, north_m=0.0, count=2, rate_hz=2.0))
    one = [claim for claim in found if claim.ids == found[0].ids]
    first, last = one[0], one[-1]
    gone_m = distance_m(first.latitude_deg or 0, first.longitude_deg or 0, last.latitude_deg or 0, last.longitude_deg or 0)
    assert gone_m == pytest.approx((first.speed_mps or 0) * (last.t_mono_ns - first.t_mono_ns) / 1e9, rel=0.03)


def test_a_replay_is_byte_for_byte_what_was_recorded_and_comes_from_elsewhere(tmp_path: Path) -> None:
    frames, found = heard(tmp_path, Replay(name="r", of="genuine", delay_s=15.0, east_m=5.0, north_m=5.0), (GENUINE,))
    half = len(frames) // 2
    assert [frame.data for frame in frames[:half]] == [frame.data for frame in frames[half:]]
    late_s = [(after.t_mono_ns - before.t_mono_ns) / 1e9 for before, after in zip(frames[:half], frames[half:], strict=True)]
    assert late_s == pytest.approx([15.0] * half, abs=1e-5)
    assert fmean(one.rssi_dbm or 0 for one in found[half:]) > fmean(one.rssi_dbm or 0 for one in found[:half]) + 6
    assert len({one.ids for one in found}) == 1


def test_a_teleport_claims_to_be_slow_and_jumps(tmp_path: Path) -> None:
    frames, found = heard(tmp_path, Teleport(name="t", east_m=50.0, north_m=0.0))
    assert len({one.transmitter for one in found}) == len({one.ids for one in found}) == 1
    assert {one.speed_mps for one in found} == {4.0}
    places = list(dict.fromkeys((one.latitude_deg or 0, one.longitude_deg or 0) for one in found))
    assert len(places) == 6
    assert max(distance_m(*here, *there) for here, there in pairwise(places)) > 1_000
    tsf = [int.from_bytes(frame.data[24:32], "little") for frame in frames]
    assert tsf == sorted(tsf)


@pytest.mark.parametrize("spoofer", [Swarm(name="s", east_m=0.0, north_m=9.0, count=3), Teleport(name="t", east_m=9.0, north_m=0.0)])
def test_a_spoofer_comes_and_goes_and_is_the_same_however_asked(spoofer: Spoofer) -> None:
    from tools.simulate.remote_id import frames  # noqa: PLC0415 -- a name that these tests use otherwise

    world = World(Scene(name="x", node=NODE, spoofer=(replace(spoofer, from_s=5.0, until_s=8.0),)), 3)
    whole = list(frames(world, 0.0, 30.0, UTC_NS))
    assert [frame for start in range(30) for frame in frames(world, start, start + 1, UTC_NS)] == whole
    assert all(5.0 <= t_s < 8.0 for t_s, _ in whole)
    assert len(whole) > 10


def test_a_replay_of_nobody_is_refused_in_words(tmp_path: Path) -> None:
    text = (Path(scenes.__file__).parent / "scenes" / "demo.toml").read_text(encoding="utf-8")
    (tmp_path / "scene.toml").write_text(text + '\n[[spoofer]]\nkind = "replay"\nname = "r"\nof = "nobody"\neast_m = 1.0\nnorth_m = 1.0\n')
    with pytest.raises(SceneError, match="'nobody', which is no drone"):
        World.load(tmp_path / "scene.toml", 1)
