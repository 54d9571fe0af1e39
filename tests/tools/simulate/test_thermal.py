from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from tools.simulate.outdoors import Eye, Ground, Sky
from tools.simulate.sight import Pictures
from tools.simulate.thermal import Bolometer
from tools.simulate.video import GainControl, Video, compressed

EYE = Eye(width=96, height=64, rate_hz=10.0, netd_k=0.05, ffc_every_s=60.0, dead_share=1e-3, tilt_deg=20.0, shake_deg=0.0)
FLAT = np.full((64, 96), 280.0, np.float32)


def shut_times(core: Bolometer, until_s: float) -> list[float]:
    return [k / 10 for k in range(round(until_s * 10)) if core.shut(k / 10)]


def test_counts_are_hundredths_of_a_kelvin_with_the_noise_told() -> None:
    core = Bolometer(replace(EYE, ffc_every_s=0.0, dead_share=0.0), 1)
    stack = np.stack([core.counts(FLAT, k, k / 10) for k in range(40)]).astype(np.float64)
    assert stack.dtype == np.float64
    assert abs(stack.mean() - 28_000) < 5
    assert 4.5 < stack.std(0).mean() < 5.7
    pattern = stack.mean(0)
    assert pattern.mean(0).std() > 2, "columns differ for good"


def test_the_shutter_shuts_now_and_then_for_about_a_second() -> None:
    core = Bolometer(EYE, 2)
    times = shut_times(core, 600)
    starts = [t for t, before in zip(times, [-9.0, *times], strict=False) if t - before > 1]
    assert 9 <= len(starts) <= 10
    assert 0.3 * len(starts) < len(times) / 10 < 1.7 * len(starts)


def test_a_shut_picture_is_the_last_one_before_and_the_level_jumps_after() -> None:
    shown = Pictures(EYE, sky=Sky(cover=0.0), ground=Ground(wood_deg=0, trees=0, houses=0, poles=0), seed=3)
    core = Bolometer(EYE, 3)
    first = round(shut_times(core, 60)[0] * 10)
    last_open, truth = shown.frame(first - 1)
    assert not truth.shutter
    frozen, truth = shown.frame(first + 2)
    assert truth.shutter
    assert np.array_equal(frozen, last_open)
    after = next(k for k in range(first, first + 30) if not core.shut(k / 10))
    jump = shown.frame(after)[0].astype(np.float64) - last_open
    assert not np.array_equal(jump, np.zeros_like(jump))
    assert abs(np.median(jump)) > 1


def test_the_pattern_grows_until_the_next_correction() -> None:
    core = Bolometer(replace(EYE, netd_k=0.0, dead_share=0.0), 4)
    shut = shut_times(core, 130)
    first_after = next(t for t in np.arange(shut[0], 130, 0.1) if not core.shut(t))
    early, late = (core.counts(FLAT, round(t * 10), t).astype(np.float64).std() for t in (first_after, first_after + 45))
    assert late > 1.3 * early


def test_dead_pixels_stay_dead() -> None:
    core = Bolometer(replace(EYE, netd_k=0.0), 5)
    pictures = [core.counts(FLAT, k, 0.1 * k).astype(np.int64) for k in range(3)]
    dead = [frozenset(np.flatnonzero(np.abs(one - np.median(one)) > 300).tolist()) for one in pictures]
    assert len(set(dead)) == 1
    assert dead[0]


def test_gain_holds_until_the_scene_changes_and_then_jumps() -> None:
    control, rng = GainControl(locality=0.0), np.random.default_rng(1)
    cool = (28_000 + 500 * rng.standard_normal((8, 12))).repeat(8, 0).repeat(8, 1).astype(np.uint16)
    first, again = control.grey(cool), control.grey(cool)
    assert np.array_equal(first, again)
    hot = cool.copy()
    hot[:40] += 4_000
    assert control.grey(hot)[40:].std() < 0.8 * first[40:].std()


def test_a_local_gain_takes_the_horizons_step_away() -> None:
    step = np.full((256, 320), 25_000, np.uint16)
    step[150:] = 28_500
    whole, local = (GainControl(locality).grey(step).astype(np.float64) for locality in (0.0, 1.0))
    assert abs(whole[20].mean() - whole[240].mean()) > 100
    assert abs(local[20].mean() - local[240].mean()) < 25
    assert local[148].mean() < local[20].mean() - 20, "a dark halo over the hot ground"


def test_video_calms_noise_and_repeats_what_is_frozen() -> None:
    rng = np.random.default_rng(2)
    noisy = [np.clip(100 + 2 * rng.standard_normal((64, 96)), 0, 255).astype(np.uint8) for _ in range(20)]
    video = Video(None, jpeg_quality=80, calm=0.7)
    shown = [video.grey(picture) for picture in noisy]
    changes = [float(np.diff(np.stack(stack).astype(float), axis=0).std()) for stack in (noisy[5:], shown[5:])]
    assert changes[1] < 0.6 * changes[0]
    assert np.array_equal(video.grey(noisy[-1]), shown[-1])


def test_compression_loses_a_little() -> None:
    picture = np.random.default_rng(3).integers(80, 120, (64, 96)).astype(np.uint8)
    assert np.array_equal(compressed(picture, 0), picture)
    rough = compressed(picture, 30).astype(int) - picture
    assert 1 < rough.std() < 15
