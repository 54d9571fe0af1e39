"""A node that ran live kept its seconds; a replay of them finds what it told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from edge_node.messages import Detection
from edge_node.node.histories import Histories
from edge_node.node.likeness import compare
from edge_node.node.replaying import Replay
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.spine import Told
from tests.edge_node.node.kept_scene import SCENE, SERIAL
from tools.simulate.world import World
from tools.stage import Stage, stage
from tools.virtual_devices.bench import virtual_devices
from tools.virtual_devices.device import Begun

PLAYED_S, WITHIN_S = 40.0, 90.0
BLACK_BOX = """
[black_box]
on = ["track"]
sound = true
video = true
seconds_before = 4.0
seconds_after = 5.0
longest_s = 10.0
"""
MOST_LATE_S, MOST_APART_M, MOST_APART_DEG = 0.5, 2.0, 2.0
"""Live hears sensors in the order in which a loaded machine lets them think, which a bearing showed by 1.2 degrees once."""


def kept_by(here: Stage) -> RecordedFolder:
    """The first recording that is finished; C2 is served meanwhile."""
    end_s = time.monotonic() + WITHIN_S
    while time.monotonic() < end_s:
        list(here.c2.events(0.2))
        for folder in sorted((here.folder / "state" / "recordings").glob("*Z-*")):
            try:
                recording = RecordedFolder(folder)
            except RecordingUnreadable:
                continue
            if recording.head.finished:
                return recording
    pytest.fail(f"no recording within {WITHIN_S:.0f} s: {here.log.read_text()[-2000:]}")


def wait_until_it_runs(here: Stage) -> None:
    """Else the hub hears one sensor's backlog before another's."""
    end_s = time.monotonic() + WITHIN_S
    while time.monotonic() < end_s:
        list(here.c2.events(0.2))
        node = here.status()
        if node is not None and all(one.state == "running" for one in (node.hub, *node.sensors)):
            return
    pytest.fail(f"not all runs within {WITHIN_S:.0f} s: {here.log.read_text()[-2000:]}")


def late_s(live: list[Told]) -> float:
    """How late the hub heard the latest of its detections: so much later may it have believed in a track."""
    return max((one.t_mono_ns - one.message.t_mono_ns) / 1e9 for one in live if isinstance(one.message, Detection))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedFolder]:
    path = tmp_path_factory.mktemp("live") / "scene.toml"
    path.write_text(SCENE)
    with stage() as here, ExitStack() as open_:
        devices = open_.enter_context(virtual_devices(path, World.load(path, 7), here.folder, PLAYED_S, plain=True))
        open_.enter_context(here.node(devices.tables + BLACK_BOX))
        wait_until_it_runs(here)
        devices.begin(Begun(time.monotonic(), time.time_ns()))
        yield kept_by(here)


def detections(told: list[Told], sensor: str) -> list[Detection]:
    said = (one.message for one in told)
    return [one for one in said if isinstance(one, Detection) and one.sensor == sensor]


def test_replay_agrees_with_the_node_that_ran(recording: RecordedFolder) -> None:
    replay = Replay(recording)
    live = [one for one in recording.told() if replay.from_ns <= one.t_mono_ns < replay.to_ns]
    found = compare(Histories(live), Histories(replay.told()), replay.from_ns)
    assert not found.missing, found.words()
    assert len(found.found) >= 4
    most_s = MOST_LATE_S + late_s(live)
    for one in found.found:
        assert one.identity, found.words()
        assert one.first_seen_s <= most_s, found.words()
        assert (one.confirmed_s or 0.0) <= most_s, found.words()
        assert (one.place_m or 0.0) <= MOST_APART_M, found.words()
        assert (one.azimuth_deg or 0.0) <= MOST_APART_DEG, found.words()


def test_every_word_of_remote_id_is_found_again_bit_by_bit(recording: RecordedFolder) -> None:
    replay = Replay(recording, ["wifi"])
    live = [one for one in recording.told() if replay.from_ns <= one.t_mono_ns < replay.to_ns]
    again = []
    for _ in replay.told(lambda passed: again.extend(passed.messages)):
        pass
    told, found = detections(live, "wifi"), [one for one in again if isinstance(one, Detection)]
    assert SERIAL in str(told)
    assert all(one in found for one in told)
