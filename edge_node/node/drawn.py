"""What each sensor of a recording had, drawn over its time: its blocks, and what was found in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from edge_node.messages import CameraDetection, Detection
from edge_node.node.replaying import Replay
from edge_node.picture.strips import Strip, Strips
from edge_node.record.folder import RecordedFolder

KINDS = ("AudioBlock", "Frame", "IqBlock")


def strips_of(recording: RecordedFolder, replay: Replay, found: Iterable[Detection], kinds: Collection[str] = KINDS) -> list[Strip]:
    """Of sensors with such blocks their pictures, and of all sensors points of what was found."""
    strips = Strips(replay.from_ns, (replay.to_ns - replay.from_ns) / 1e9)
    seen: dict[tuple[str, int], list[CameraDetection]] = {}
    for one in found:
        strips.see(one.sensor, None, [one])
        if isinstance(one, CameraDetection):
            seen.setdefault((one.sensor, one.t_mono_ns), []).append(one)
    for sensor in replay.played:
        if sensor.kind in kinds:
            for block in recording.blocks(sensor.name):
                if replay.from_ns <= block.t_mono_ns < replay.to_ns:
                    strips.see(sensor.name, block, (), seen.get((sensor.name, block.t_mono_ns), ()))
    return strips.made()
