"""What is no drone, seen and heard: each kind by a body of its own, engines as loud as they should be, birds and balloons silent."""

from __future__ import annotations

from itertools import islice
from typing import get_args

import numpy as np
import pytest

from tools.simulate import pictures, propagation, soundscape
from tools.simulate.bystanders import OtherKind
from tools.simulate.engines import ENGINES
from tools.simulate.rotorcraft import REFERENCE_PA
from tools.simulate.scene import Drift, Drone, DroneSound, Eye, Hover, Microphones, NodePose, Operator, Other, Scene, Weather
from tools.simulate.world import World

NODE = NodePose(50.85, 4.35, 65.0, mast_m=4.0)
EYE = Eye(hfov_deg=30.0, azimuth_deg=0.0, tilt_deg=0.0, shake_deg=0.0, ffc_every_s=0.0)
STILL = Weather(wind_mps=0.0, ambience_db_spl=-60.0, ground_flow_resistivity=None)
QUIET = Microphones("square_4", rate_hz=16_000, self_noise_db_spl=-60.0)
AHEAD = Hover(0.0, 40.0, 4.0)
KINDS: tuple[OtherKind, ...] = get_args(OtherKind)


def world(*others: Other, drones: tuple[Drone, ...] = (), weather: Weather = STILL) -> World:
    return World(Scene("x", NODE, drones, other=others, camera=EYE, microphones=QUIET, weather=weather), 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("span_m", [None, 1.5])
def test_each_kind_is_seen_as_what_it_is(kind: OtherKind, span_m: float | None) -> None:
    away_m = 600.0 if kind == "aeroplane" and span_m is None else 40.0
    here = world(Other("one", kind, Hover(0.0, away_m, 4.0), span_m=span_m))
    (seen,) = pictures.of_world(here).frame(0)[1].sighted
    assert (seen.name, seen.kind) == ("one", kind)
    assert seen.range_m == pytest.approx(away_m)
    if span_m:
        large_m = max(seen.box[2:]) * 2 * np.tan(np.radians(15)) / EYE.width * away_m
        assert 0.3 * span_m < large_m < 2 * span_m, "wings beat, and a balloon has a string"


@pytest.mark.parametrize("aircraft", ["mid_quad", "hexa", "fixed_wing", "helicopter"])
def test_a_drone_looks_as_it_sounds(aircraft: str) -> None:
    drone = Drone("one", AHEAD, Operator(0.0, 0.0), sound=DroneSound(aircraft), span_m=2.0, gust_m=0.0)
    _, body = pictures._body(world(drones=(drone,)), drone)
    assert type(body).__name__ == {"fixed_wing": "Wing", "helicopter": "Helicopter"}.get(aircraft, "Multirotor")


@pytest.mark.parametrize("kind", KINDS)
def test_engines_are_as_loud_as_they_should_be_and_wings_are_not(kind: OtherKind) -> None:
    heard = np.concatenate(list(islice(soundscape.blocks(world(Other("one", kind, AHEAD))), 2)))
    level = propagation.level_db_spl(heard * np.float32(REFERENCE_PA)) + QUIET.full_scale_db_spl + 20 * np.log10(np.sqrt(2))
    if kind not in ENGINES:
        assert level < 0
    else:
        told = ENGINES[kind]
        parts = [told.level_db_spl_1m] + ([told.tail.level_db_spl_1m] if told.tail else [])
        assert level == pytest.approx(10 * np.log10(sum(10 ** (part / 10) for part in parts)) - 20 * np.log10(40.0), abs=2.0)


def test_rpm_is_what_its_blades_make_of_it() -> None:
    drone = Drone("one", AHEAD, Operator(0.0, 0.0), sound=DroneSound("hexa", blades=2, rpm=3_000.0), gust_m=0.0)
    heard = next(soundscape.blocks(world(drones=(drone,))))[:, 0]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert 50 + np.argmax(spectrum[50:150]) == pytest.approx(100, abs=6)


def test_a_balloon_is_where_the_wind_took_it() -> None:
    here = world(Other("one", "balloon", Drift(0.0, 40.0, 4.0, climb_mps=1.0)), weather=Weather(wind_mps=3.0))
    before, after = here.objects(0.0)[0], here.objects(10.0)[0]
    east, north, up = here.ground.to_enu(after.latitude_deg, after.longitude_deg, after.altitude_wgs84_m)
    assert (before.kind, before.ids) == ("balloon", ())
    assert np.hypot(east, north - 40.0) == pytest.approx(30.0, abs=0.1), "3 m/s for 10 s"
    assert np.degrees(np.arctan2(east, north - 40.0)) == pytest.approx(70.0, abs=0.1), "from 250 degrees"
    assert up == pytest.approx(14.0, abs=0.1)
