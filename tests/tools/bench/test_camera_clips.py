"""What counts as covered and what as false, on clips made of labels alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.bench.camera_clips import DATA, MARGIN_PX, WARM_UP_FRAMES, Clip, Label, Score, Seen, clips, score

RATE_HZ, FRAMES = 30.0, 60
DRONE = Label("drone", (100.0, 50.0, 10.0, 6.0))
BIRD = Label("bird", (20.0, 20.0, 10.0, 10.0))


def _clip(labels: Sequence[Label]) -> Clip:
    return Clip(Path("IR_DRONE_000.mp4"), dict.fromkeys(range(FRAMES), labels))


def _on(label: Label, frames: range, track: int = 1, off_px: float = 0.0) -> list[Seen]:
    x, y, width, height = label.box
    return [Seen(frame, track, (x + off_px, y, width, height)) for frame in frames]


def test_a_drone_is_asked_for_after_the_warm_up_alone() -> None:
    whole = score(_clip([DRONE]), FRAMES, RATE_HZ, _on(DRONE, range(FRAMES)))
    assert (whole.drone_frames, whole.covered) == (FRAMES - WARM_UP_FRAMES, FRAMES - WARM_UP_FRAMES)
    assert score(_clip([DRONE]), FRAMES, RATE_HZ, _on(DRONE, range(WARM_UP_FRAMES))).coverage == 0


@pytest.mark.parametrize(("off_px", "held"), [(0.0, True), (5.0 + MARGIN_PX, True), (5.1 + MARGIN_PX, False), (-5.1 - MARGIN_PX, False)])
def test_a_margin_around_the_label_is_allowed_to_the_middle_of_the_box(off_px: float, held: bool) -> None:
    done = score(_clip([DRONE]), FRAMES, RATE_HZ, _on(DRONE, range(FRAMES), off_px=off_px))
    assert (done.coverage == 1) is held
    assert (done.false_tracks == 0) is held


def test_one_drone_is_covered_once_however_many_tracks_are_on_it() -> None:
    done = score(_clip([DRONE]), FRAMES, RATE_HZ, [*_on(DRONE, range(FRAMES)), *_on(DRONE, range(FRAMES), track=2)])
    assert (done.coverage, done.tracks, done.false_tracks) == (1, 2, 0)


def test_of_two_drones_the_one_that_nobody_sees_is_missed() -> None:
    other = Label("drone", (200.0, 50.0, 10.0, 6.0))
    assert score(_clip([DRONE, other]), FRAMES, RATE_HZ, _on(DRONE, range(FRAMES))).coverage == 0.5


def test_a_bird_with_a_label_is_neither_asked_for_nor_false() -> None:
    done = score(_clip([BIRD]), FRAMES, RATE_HZ, _on(BIRD, range(FRAMES)))
    assert (done.drone_frames, done.tracks, done.false_tracks) == (0, 1, 0)


@pytest.mark.parametrize(("on_label", "false"), [(29, 1), (30, 0)])
def test_a_track_is_false_below_three_tenths(on_label: int, false: int) -> None:
    clip = Clip(Path("IR_DRONE_000.mp4"), {frame: [DRONE] for frame in range(on_label)})
    assert score(clip, 100, RATE_HZ, _on(DRONE, range(100))).false_tracks == false


def test_small_drones_are_not_asked_for_where_near_ones_are() -> None:
    near = Label("drone", (150.0, 100.0, 60.0, 30.0))
    done = score(_clip([DRONE, near]), FRAMES, RATE_HZ, _on(near, range(FRAMES)), least_side_px=40.0)
    assert (done.drone_frames, done.coverage) == (FRAMES - WARM_UP_FRAMES, 1)


def test_scores_add_up_to_a_rate() -> None:
    total = Score()
    for _ in range(3):
        total.add(score(_clip([]), FRAMES, RATE_HZ, _on(DRONE, range(FRAMES))))
    assert total.false_a_minute == pytest.approx(3 / (3 * FRAMES / RATE_HZ / 60))
    assert Score().coverage == Score().false_a_minute == 0


def test_clips_are_named_for_what_they_were_filmed_for(shared_data: Path) -> None:
    assert (shared_data / "camera") == DATA
    assert {clip.kind for clip in clips("thermal")} == {"drone", "bird", "airplane", "helicopter"}
    assert {clip.kind for clip in clips("thermal640")} == {"drone"}
    first = clips("thermal")[0]
    assert next(first.pictures()).shape == (256, 320)
    assert first.rate_hz == 30
    assert first.labels[0]
