from __future__ import annotations

import numpy as np
import pytest

from edge_node.mounting import Mounting
from tools.simulate.flyers import Kind
from tools.simulate.kinds import BODIES, PATHS, body_of, flyer
from tools.simulate.lens import Lens
from tools.simulate.outdoors import Eye, Traffic
from tools.simulate.shapes import Bird
from tools.simulate.traffic import Passing

EYE = Eye(azimuth_deg=200.0, tilt_deg=20.0)
KINDS: tuple[Kind, ...] = ("drone", "bird", "aeroplane", "helicopter", "balloon", "insect")


def test_every_kind_has_a_body_and_a_path() -> None:
    assert set(KINDS) == set(BODIES) == set(PATHS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_is_in_the_picture_when_it_shall_be_and_as_large(kind: Kind) -> None:
    lens, mounting = Lens(EYE.camera()), Mounting(EYE.azimuth_deg, EYE.tilt_deg, 0.0)
    for number in range(10):
        one = flyer(f"{kind}-{number}", kind, EYE, 5.0, size_px=8.0, seed="3")
        pose = one.pose(5.0)
        assert pose is not None
        x, y = lens.pixels(mounting.to_device(pose.place))
        assert 0 < x < 320
        assert 0 < y < 256
        size_px = one.body.span_m / float(np.linalg.norm(pose.place)) / lens.pixel_rad
        assert size_px == pytest.approx(8.0, rel=0.01) or kind == "insect"
        step = one.pose(5.0 + 1e-3)
        assert step is not None
        assert step.place - pose.place == pytest.approx(pose.velocity * 1e-3, abs=1e-3)
        assert pose.turn @ pose.turn.T == pytest.approx(np.eye(3), abs=1e-9)


def test_an_hour_brings_as_many_as_were_asked_for() -> None:
    passing = Passing(Traffic(birds=40, aeroplanes=6, insects=30), EYE, 1, np.zeros(3))
    names = {one.name for k in range(3600) for one in passing(float(k))}
    for kind, count in (("birds", 40), ("aeroplanes", 6), ("insects", 30)):
        assert abs(sum(name.startswith(kind) for name in names) - count) <= 2


def test_traffic_is_the_same_whoever_asks_first() -> None:
    traffic = Traffic(birds=200, flocks=60)
    first, second = (Passing(traffic, EYE, 4, np.zeros(3)) for _ in range(2))
    ahead = {t: [one.name for one in first(t)] for t in (10.0, 500.0)}
    back = {t: [one.name for one in second(t)] for t in (500.0, 10.0)}
    assert ahead == back
    assert any(ahead.values())


def test_a_bird_beats_its_wings_as_often_as_told() -> None:
    bird = Bird("b", 0.9, 4.0)
    tips = np.array([max(part.points[:, 2].max() for part in bird.at(k / 200)) for k in range(400)])
    spectrum = np.abs(np.fft.rfft(tips - tips.mean()))
    assert np.fft.rfftfreq(400, 1 / 200)[spectrum.argmax()] in (pytest.approx(4.0, abs=0.3), pytest.approx(8.0, abs=0.3))
    assert 2.4 < body_beat("sparrow") < 12.1


def body_beat(seed: str) -> float:
    body = body_of("bird", seed)
    assert isinstance(body, Bird)
    return body.beat_hz
