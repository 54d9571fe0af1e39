"""A small scene played to a real node at real time, while its Wi-Fi worker is killed: what the trial's folder holds then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.trial.scenes import SECONDS, SERIAL, SMALL
from tools.trial.__main__ import main
from tools.trial.outcome import Outcome

KILLED_S = 2.0
FAULTS = f"""
[[fault]]
kind = "kill"
target = "wifi"
from_s = {KILLED_S}
[[fault]]
kind = "stall"
target = "camera"
from_s = 1.0
"""


def test_a_trial_holds_truth_tracks_detections_and_faults(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "faults.toml").write_text(FAULTS)
    told = ["--virtual", "--no-report", "--out", str(tmp_path / "out"), "--faults", str(tmp_path / "faults.toml")]
    assert main([str(tmp_path / "small.toml"), *told]) == 0
    outcome = Outcome(tmp_path / "out")
    for check in (check_head, check_truth, check_tracks, check_detections, check_faults):
        check(outcome)


def check_head(outcome: Outcome) -> None:
    """What was played and what it took."""
    head = outcome.head
    (node,) = head.nodes
    assert (head.scene, head.mode, head.seconds, node.name) == ("small", "virtual", SECONDS, "mast-one")
    assert (node.latitude_deg, node.longitude_deg, node.altitude_wgs84_m) == pytest.approx((50.85, 4.35, 71.0))
    assert {one.sense for one in head.sensors} == {"remote_id", "gnss", "microphones"}
    assert {one.process for one in head.spent} == {"node", "nursery", "hub", "wifi", "bluetooth", "gnss", "microphones"}
    assert all(one.pss_mib > 1 for one in head.spent)


def check_truth(outcome: Outcome) -> None:
    """All of the flight."""
    rows = list(outcome.truth())
    assert len(rows) == 10 * SECONDS + 1
    assert {row.ids for row in rows} == {(SERIAL,)}


def check_tracks(outcome: Outcome) -> None:
    """C2 heard the drone, by its true serial."""
    tracks = [(one.t_s, track) for one in outcome.heard() if one.event["kind"] == "tracks" for track in one.event["tracks"]]
    named = [(t_s, track) for t_s, track in tracks if track["identity"] and track["identity"]["ids"]]
    assert {uas_id["value"] for _, track in named for uas_id in track["identity"]["ids"]} == {SERIAL}
    assert named[0][0] < SECONDS
    assert {one.event["node"] for one in outcome.heard()} == {"mast-one"}
    assert {name for _, track in tracks for name in track["sensors"]} >= {"wifi", "bluetooth"}


def check_detections(outcome: Outcome) -> None:
    """The node recorded what it detected, in the scene's time."""
    begun_ns = outcome.head.nodes[0].mono_begin_ns
    found = list(outcome.detections("mast-one"))
    assert {one["kind"] for one in found} >= {"remote_id", "position_fix", "sensor_report"}
    heard_s = [(one["t_mono_ns"] - begun_ns) / 1e9 for one in found if one["kind"] == "remote_id"]
    assert min(heard_s) > -0.1
    assert max(heard_s) > KILLED_S


def check_faults(outcome: Outcome) -> None:
    """The killed worker came back, and what could not strike says why."""
    stall, kill = outcome.head.faults
    assert (kill.kind, kill.target, kill.why_not) == ("kill", "wifi", "")
    assert stall.why_not == "the node has no camera; it has wifi, bluetooth, gnss, microphones"
    states = [
        (one.t_s, sensor)
        for one in outcome.heard()
        if one.event["kind"] == "status"
        for sensor in one.event["sensors"]
        if sensor["name"] == "wifi"
    ]
    assert states[-1][1]["restarts"] == 1
    assert states[-1][1]["state"] == "running"
