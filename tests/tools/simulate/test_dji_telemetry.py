"""A DJI drone of a scene, from its place to what a node's detector reads of its DroneID."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.geometry import distance_m
from edge_node.messages import RemoteIdDetection, UasId
from edge_node.radio.detector import RadioDetector
from edge_node.radio.droneid.waveform import RATE_HZ
from tools.simulate.antenna import of_world
from tools.simulate.iq.dji import CHANNELS_HZ, EVERY_S, STAYS, drone_id
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import heard
from tools.simulate.iq.wave import Spot
from tools.simulate.world import World

SCENE = """
name = "A mast"
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 8.0
[[drone]]
name = "dji"
operator = { east_m = 280.0, north_m = 20.0 }
link = [{ name = "dji_droneid" }]
[drone.path]
kind = "circle"
east_m = 300.0
north_m = 0.0
height_m = 60.0
radius_m = 50.0
speed_mps = 10.0
"""


def test_what_it_says_is_where_it_flies(tmp_path: Path) -> None:
    (tmp_path / "scene.toml").write_text(SCENE)
    world = World.load(tmp_path / "scene.toml", 3)
    front, truth, detector = FrontEnd(CHANNELS_HZ[0], RATE_HZ, noise_dbfs=-50.0, bits=12), list[Spot](), RadioDetector()
    found = [one for block in heard(of_world(world), front, 0.7, 3, truth=truth) for one in detector.step(block)]
    frames = [one for one in [*found, *detector.finish()] if isinstance(one, RemoteIdDetection)]
    assert len(frames) == len(truth) == 1
    for frame, spot in zip(frames, truth, strict=True):
        (flown,) = world.truth(spot.t_s)
        assert frame.crc24_ok is frame.crc16_ok is True
        assert frame.ids == (UasId("serial_number", "dji"),)
        assert frame.latitude_deg is not None
        assert frame.longitude_deg is not None
        away_m = distance_m(frame.latitude_deg, frame.longitude_deg, flown.latitude_deg, flown.longitude_deg)
        assert away_m < 3.0, "2.4 m are by how a degree is rounded"
        assert frame.height_m == pytest.approx(flown.height_m, abs=0.1)
        assert frame.speed_mps == pytest.approx(10.0, abs=1.0)
        assert frame.operator_latitude_deg == pytest.approx(flown.operator_latitude_deg, abs=3e-5)
        assert frame.t_mono_ns == pytest.approx(spot.t_s * 1e9, abs=5e6)


def test_it_stays_for_eight_frames_and_goes_on() -> None:
    link = drone_id(4)
    bursts = link.bursts(0.0)
    first = [next(bursts) for _ in range(2 * STAYS)]
    assert [burst.center_hz for burst in first] == [CHANNELS_HZ[0]] * STAYS + [CHANNELS_HZ[1]] * STAYS
    assert first[1].t_s - first[0].t_s == pytest.approx(EVERY_S)
    assert first[0].wave().duration_s == pytest.approx(first[0].duration_s)
