"""Fine over coarse detail of a scene that stands still: drops and webs take it, light, haze and noise do not."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import Frame
from edge_node.camera.sharpness import FEWEST_LOOKS, PARTS, Sharpness
from tests.edge_node.camera.test_outlook import CAMERA
from tools.simulate.dirty_window import Window, behind_web, drops, seen_through, web
from tools.simulate.fractal import Floats, fractal

NS, HEIGHT, WIDTH = 1_000_000_000, 256, 320


def scene(seed: int = 1) -> Floats:
    return np.asarray(110 + 18 * fractal(np.random.default_rng(seed), HEIGHT, WIDTH, 1.0), np.float32)


def pictures(light: Floats, noise: float = 2.0, looks: int = 40, shift_px: int = 0) -> Sharpness:
    rng, sharpness = np.random.default_rng(3), Sharpness()
    for k in range(looks):
        shown = np.roll(light, k * shift_px, axis=1) + rng.normal(0, noise, light.shape)
        sharpness.see(Frame(k * NS, k, 0, np.clip(shown, 0, 255).astype(np.uint8), CAMERA))
    return sharpness


def parts_db(light: Floats, noise: float = 2.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = pictures(light, noise).parts_db()
    assert found is not None
    assert found.shape == (PARTS, PARTS)
    return found


@pytest.mark.parametrize(("gain", "offset", "slope"), [(0.6, 40.0, 0.0), (1.5, -50.0, 0.0), (1.0, 0.0, 80.0)])
def test_light_haze_and_gradients_change_nothing(gain: float, offset: float, slope: float) -> None:
    changed = np.asarray(gain * scene() + offset + slope * np.linspace(-0.5, 0.5, WIDTH), np.float32)
    assert np.abs(parts_db(changed) - parts_db(scene())).max() < 1.5


def test_noise_is_taken_out() -> None:
    assert np.abs(parts_db(scene(), 8.0) - parts_db(scene(), 1.0)).max() < 2.0


def test_drops_and_a_lit_web_take_fine_detail_from_many_parts() -> None:
    window = Window(np.radians(40) / WIDTH)
    rng = np.random.default_rng(4)
    cover = drops((HEIGHT, WIDTH), window, 0.5, rng)
    assert 0.4 < float(cover.mean()) < 0.6
    clear = parts_db(scene())
    dropped = clear - parts_db(seen_through(scene(), cover))
    assert np.count_nonzero(dropped > 5) >= 4
    shining = 0.5 * behind_web(scene(), web((HEIGHT, WIDTH), window, rng), 3_000.0)
    assert np.count_nonzero(clear - parts_db(np.asarray(shining, np.float32)) > 5) > 8
    unlit = behind_web(scene(), web((HEIGHT, WIDTH), window, rng), 110.0)
    assert np.count_nonzero(clear - parts_db(unlit) > 3) == 0


def test_a_camera_that_turns_or_saw_too_little_tells_nothing() -> None:
    assert pictures(scene(), looks=FEWEST_LOOKS - 1).parts_db() is None
    assert pictures(scene(), shift_px=9).parts_db() is None
    turned = pictures(scene())
    turned.see(Frame(100 * NS, 100, 0, scene().astype(np.uint8), replace(CAMERA, azimuth_deg=80.0)))
    assert turned.parts_db() is None
    assert pictures(np.full((24, 24), 90, np.float32)).parts_db() is None


def test_deep_pictures_are_looked_at_as_well() -> None:
    sharpness = Sharpness()
    deep = (27_000 + 100 * (scene() - 110)).astype(np.uint16)
    for k in range(40):
        sharpness.see(Frame(k * NS, k, 0, deep, CAMERA))
    found = sharpness.parts_db()
    assert found is not None
    assert np.isfinite(found).all()
