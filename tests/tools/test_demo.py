"""The demo as a user calls it: a real node, a C2 and a simulated air, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

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
