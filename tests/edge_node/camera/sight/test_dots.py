"""Is what covers a few pixels left unknown unless it moves or looks like something, and what is larger left alone?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import Frame
from edge_node.camera.detector import CameraDetector
from edge_node.camera.sight.dots import DOT_PX, KINDS, SHAPE_PX, SIZE, USED, Dots, dot_share
from edge_node.camera.sight.knowledge import CLUTTER, LABELS, SUMMARY, Band, Knowledge, knowledge
from edge_node.camera.told import label_of
from edge_node.messages import CameraDetection
from tools.simulate.pictures import of_world, video_of
from tools.simulate.world import World

SCENES = Path(__file__).parents[4] / "tools" / "simulate" / "scenes"
BANDS: tuple[Band, ...] = ("thermal", "visible")


def _told(scene: str, from_s: float, seconds: float) -> list[CameraDetection]:
    """What a camera tells of a scene of the library."""
    out: list[CameraDetection] = []
    shown, detector = of_world(World.load(SCENES / f"{scene}.toml", 2026)), CameraDetector()
    video = video_of(shown)
    first = round(from_s * shown.eye.rate_hz)
    for k in range(first, first + round(seconds * shown.eye.rate_hz)):
        counts, truth = shown.frame(k)
        picture = counts if shown.eye.band == "thermal" else video.grey(counts)
        out += detector.step(Frame(round(truth.t_s * 1e9), k, 0, picture, camera=shown.camera))
    return out


def _summaries(side_px: float, band: Band, many: int = 40) -> np.ndarray:
    """Of flights as the linear part knows them, of one size."""
    knows, rng = knowledge(band), np.random.default_rng(1)
    out = np.asarray(rng.normal(0, 1, (many, SUMMARY)) / knows.scale + knows.offset, np.float32)
    out[:, SIZE] = np.log(side_px)
    return out


@pytest.mark.parametrize(("scene", "from_s", "seconds"), [("fly-by", 20.0, 5.0), ("spoofs", 0.0, 5.0)])
def test_a_drone_of_four_pixels_is_no_bird(scene: str, from_s: float, seconds: float) -> None:
    told = _told(scene, from_s, seconds)
    assert len(told) > 20
    assert np.mean([one.label in ("unknown", "drone") for one in told]) > 0.9
    assert 0.3 < np.mean([one.probability for one in told]) < 0.8


@pytest.mark.parametrize("band", BANDS)
def test_what_has_a_shape_is_judged_as_ever(band: Band) -> None:
    knows, seen = knowledge(band), _summaries(SHAPE_PX + 0.1, band)
    none = np.zeros(len(USED), np.float32)
    other = replace(knows, dots=Dots(none, none + 1, np.zeros((len(USED), KINDS), np.float32), np.arange(KINDS, dtype=np.float32)))
    assert np.array_equal(knows.judge(seen), other.judge(seen))


@pytest.mark.parametrize("band", BANDS)
def test_whether_there_is_anything_does_not_hang_on_what_dots_are(band: Band) -> None:
    knows, seen = knowledge(band), _summaries(3.0, band)
    none = np.zeros(len(USED), np.float32)
    other = replace(knows, dots=Dots(none, none + 1, np.zeros((len(USED), KINDS), np.float32), np.zeros(KINDS, np.float32)))
    said, blank = knows.judge(seen), other.judge(seen)
    assert said[:, CLUTTER] == pytest.approx(blank[:, CLUTTER])
    assert said.sum(axis=1) == pytest.approx(np.ones(len(said)), abs=1e-5)
    assert blank[:, :KINDS] == pytest.approx(np.repeat(blank[:, :1], KINDS, axis=1), abs=1e-6)


def test_a_dot_becomes_a_shape_by_and_by() -> None:
    sides = np.array([1.0, DOT_PX, 8.0, 10.0, SHAPE_PX, 40.0])
    seen = np.zeros((len(sides), SUMMARY), np.float32)
    seen[:, SIZE] = np.log(sides)
    share = dot_share(seen)
    assert share[:2] == pytest.approx([1, 1])
    assert 1 > share[2] > share[3] > 0
    assert share[4:] == pytest.approx([0, 0], abs=1e-6)


def test_a_dot_needs_more_for_a_label_than_a_shape() -> None:
    said = {"drone": 0.65, "bird": 0.3, "aeroplane": 0.05, "helicopter": 0.0, "balloon": 0.0, "insect": 0.0}
    assert [label_of(said, (0, 0, side, side)) for side in (0.0, 4.0, 12.0, 30.0)] == ["unknown", "unknown", "drone", "drone"]
    assert label_of(said | {"drone": 0.72, "bird": 0.23}, (0, 0, 4, 4)) == "drone"


@pytest.mark.parametrize("band", BANDS)
def test_size_alone_says_little_of_a_dot(band: Band) -> None:
    seen = np.repeat(_summaries(3.0, band, 200).mean(axis=0, keepdims=True), 3, axis=0)
    seen[:, SIZE] = np.log((2.0, 3.5, 5.5))
    drone = knowledge(band).dots.log_shares(seen)[:, LABELS.index("drone")]
    assert np.ptp(drone) < 0.5


def test_dots_that_do_not_fit_are_refused() -> None:
    arrays = {f"dot_{name}": getattr(knowledge("thermal").dots, name) for name in Dots.__struct_fields__}
    assert Dots(*arrays.values()).fits()
    assert not Dots(*(array[:-1] for array in arrays.values())).fits()
    with pytest.raises(ValueError, match="schema"):
        Knowledge.of({"schema": np.array(3)})
