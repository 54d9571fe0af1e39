"""The demo as a user calls it: a real node, a C2 and a simulated air, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from edge_node import config_file
from tools.demo import CAMERA, MICROPHONES, RECEIVER
from tools.simulate.outdoors import Eye
from tools.simulate.scene import Microphones, Receiver, Weather

ROOT = Path(__file__).parents[2]


def test_tracks_of_wifi_and_bluetooth_come_and_none_is_missed() -> None:
    command = [sys.executable, "-m", "edge_node", "demo", "--seconds", "10", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"first track after [\d.]+ s; \d+ tracks, \d+ flagged; \d+ messages published, \d+ received; 0 gaps$", done.stderr.strip()
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    tracks = [track for event in events if event["kind"] == "tracks" for track in event["tracks"]]
    assert {"wifi_beacon", "wifi_nan", "ble_legacy", "ble_extended"} <= {name for track in tracks for name in track["transports"]}
    assert {sensor for track in tracks for sensor in track["sensors"]} >= {"wifi", "bluetooth"}
    (*_, status) = [event for event in events if event["kind"] == "status"]
    states = {sensor["name"]: sensor["state"] for sensor in status["sensors"]}
    assert {name for name, state in states.items() if state == "running"} >= {"wifi", "bluetooth", "gnss", "microphones", "camera", "links"}
    flagged = {uas_id["value"] for track in tracks if track["flags"] and track["identity"] for uas_id in track["identity"]["ids"]}
    assert flagged
    assert {name for track in tracks if not track["identity"] for name in track["flags"]} <= {"body_without_claim"}
    assert all(value.startswith("TST0E") for value in flagged), "no drone is flagged but those that the spoofer invents"


def test_the_scenes_microphones_are_the_nodes(tmp_path: Path) -> None:
    told = Microphones("uma_16", azimuth_deg=120.0, tilt_deg=30.0, roll_deg=-5.0)
    (tmp_path / "node.toml").write_text(MICROPHONES.format(pipe=tmp_path / "sound.wav", told=told, weather=Weather(temperature_c=-3.0)))
    config = config_file.load(tmp_path / "node.toml")
    (sensor,) = config.sensor
    taken = sensor.arguments()
    assert config.problems == ()
    assert (sensor.name, sensor.driver) == ("microphones", "recording")
    assert [taken[key] for key in ("array", "azimuth_deg", "tilt_deg", "roll_deg", "temperature_c")] == ["uma_16", 120.0, 30.0, -5.0, -3.0]


def test_the_scenes_camera_is_the_nodes(tmp_path: Path) -> None:
    eye = Eye(hfov_deg=57.0, azimuth_deg=236.0, tilt_deg=36.0, roll_deg=-2.0)
    (tmp_path / "node.toml").write_text(CAMERA.format(url="http://127.0.0.1:1234/video", eye=eye))
    config = config_file.load(tmp_path / "node.toml")
    (sensor,) = config.sensor
    taken = sensor.arguments()
    assert config.problems == ()
    assert (sensor.name, sensor.driver) == ("camera", "camera")
    assert [taken[key] for key in ("camera", "horizontal_fov_deg", "azimuth_deg", "tilt_deg", "roll_deg")] == [
        "network_thermal",
        57.0,
        236.0,
        36.0,
        -2.0,
    ]


def test_the_scenes_receiver_is_the_nodes(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(RECEIVER.format(port=1_235, told=Receiver(868.5e6, 2.4e6)))
    config = config_file.load(tmp_path / "node.toml")
    (sensor,) = config.sensor
    taken = sensor.arguments()
    assert config.problems == ()
    assert (sensor.name, sensor.driver) == ("links", "rtl_tcp")
    assert [taken[key] for key in ("port", "center_hz", "rate_hz")] == [1_235, 868.5e6, 2.4e6]
