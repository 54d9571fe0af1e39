"""Suspicions on their way from a recording to an analyst."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from drivers.recording import Recording
from edge_node.commands.replay import tracks
from edge_node.commands.shown import as_row
from edge_node.messages import Track


def test_detect_says_what_is_suspected_and_why(shared_data: Path) -> None:
    path = shared_data / "remote_id" / "parrot_anafi4_spoofed.pcap"
    command = [sys.executable, "-m", "edge_node", "detect", str(path), "--json"]
    rows = [json.loads(line) for line in subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.splitlines()]
    last = rows[-1]
    assert {"timestamp_frozen", "position_jump", "operator_far"} <= set(last["flags"])
    assert all({"name", "score", "evidence"} == suspicion.keys() and suspicion["name"] in last["flags"] for suspicion in last["suspicions"])


def test_replay_says_it_of_the_track(shared_data: Path) -> None:
    said = [said for _, said in tracks([Recording(shared_data / "remote_id" / "mavic_multiple_spoofed.pcapng", "fast")])]
    suspected = [track for track in said if isinstance(track, Track)]
    assert len(suspected) == 15
    assert all("operator_far" in track.flags for track in suspected)
    assert all(as_row(0.0, track)["suspicion_score"] >= 0.9 for track in suspected)


def test_replay_of_a_real_flight_says_nothing(shared_data: Path) -> None:
    said = [said for _, said in tracks([Recording(shared_data / "remote_id" / "parrot_anafi4_real.pcap", "fast")])]
    assert [track.suspicions for track in said if isinstance(track, Track)] == [()]
