"""What a track was told to be, over its last second, and that the node gets a clip's pictures with its times."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from drivers.blocks import Frame
from edge_node.camera.sight import knowledge
from edge_node.messages import CameraDetection
from tools.bench import camera
from tools.bench.camera_clips import Clip, Label
from tools.bench.camera_node import LAST, Node, Told, Verdict, clip_verdict, held_out, verdicts
from tools.sight_scenes import fold

RATE_HZ, FRAMES = 30.0, 90
DRONE, BIRD = Label("drone", (100.0, 50.0, 10.0, 6.0)), Label("bird", (20.0, 20.0, 10.0, 10.0))
CLIP = Clip(Path("IR_DRONE_000.mp4"), {frame: [DRONE, BIRD] for frame in range(FRAMES)})


def _told(label: Label, track: int, frames: int, probability: float = 0.9) -> list[Told]:
    return [Told(frame, track, label.box, probability=probability, label="unknown") for frame in range(frames)]


def test_a_track_is_what_its_labels_are_and_a_short_or_false_one_is_nothing() -> None:
    nowhere = Label("drone", (200.0, 150.0, 5.0, 5.0))
    seen = [*_told(DRONE, 1, 60), *_told(BIRD, 2, 40), *_told(DRONE, 3, 29), *_told(nowhere, 4, 90)]
    assert [(one.drone, one.hits) for one in verdicts(CLIP, RATE_HZ, seen)] == [(True, 60), (False, 40)]


def test_the_last_detections_of_the_longest_track_of_the_subject_judge_a_clip() -> None:
    first, last = _told(DRONE, 1, FRAMES - LAST, 0.1), _told(DRONE, 1, FRAMES, 0.8)[-LAST:]
    found = verdicts(CLIP, RATE_HZ, [*first, *last, *_told(DRONE, 2, 40, 0.3), *_told(BIRD, 3, FRAMES, 0.0)])
    assert clip_verdict(CLIP, found) == pytest.approx(0.8)
    assert clip_verdict(CLIP, []) is None


def test_a_node_is_given_times_and_one_camera() -> None:
    class Noting:
        def __init__(self) -> None:
            self.frames: list[Frame] = []

        def step(self, frame: Frame) -> Sequence[CameraDetection]:
            self.frames.append(frame)
            box = (1.0, 2.0, 3.0, 4.0)
            return [CameraDetection(t_mono_ns=frame.t_mono_ns, frame=0, track=7, box=box, label="drone", probability=0.9, snr=5.0)]

    noting = Noting()
    node, picture = Node(noting, "thermal", RATE_HZ), np.zeros((256, 320), np.uint8)
    seen = [one for frame in range(31) for one in node.step(frame, picture)]
    assert noting.frames[30].t_mono_ns == 1_000_000_000
    assert noting.frames[0].camera is noting.frames[30].camera
    assert (seen[5].frame, seen[5].track, seen[5].label) == (5, 7, "drone")


def test_held_out_weights_are_those_of_the_clip_s_fold(tmp_path: Path) -> None:
    """The package's own weights lie there under the name of one fold; no others are to be found."""
    clip = Clip(Path("thermal/IR_DRONE_001.mp4"), {})
    number = fold("thermal", "IR_DRONE_001")
    shutil.copy(Path(knowledge.__file__).with_name("thermal.npz"), tmp_path / f"thermal_{number}.npz")
    detector_for = held_out(tmp_path)
    seen = Node(detector_for(clip), "thermal", RATE_HZ).step(0, np.zeros((256, 320), np.uint8))
    assert seen == []
    other = next(name for name in ("IR_BIRD_001", "IR_BIRD_002") if fold("thermal", name) != number)
    with pytest.raises(FileNotFoundError):
        detector_for(Clip(Path(f"thermal/{other}.mp4"), {}))


def test_a_judge_who_errs_as_often_as_he_says_shows_an_error_on_few_tracks_and_hardly_any_on_many() -> None:
    few, many = (
        camera.by_chance([Verdict(k % 2 == 0, 9, (said,) * 20) for k, said in enumerate(np.linspace(0.05, 0.95, count))])
        for count in (10, 2000)
    )
    assert few > 0.1
    assert many < 0.04
