"""Trials by hand: who is found when, what is false, who has whose number, what a fault cost, and what two nodes make together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from math import atan2, degrees
from pathlib import Path
from typing import Any

import pytest

from edge_node.geometry import LocalFrame
from tests.tools.score.trials import BEGUN_UTC_MS, made
from tools.score import NodeScores, Scores, of
from tools.score.budget import verdict
from tools.simulate.skies import HOME
from tools.trial.outcome import HEARD, TRUTH, Head, Heard, NodeStood, Outcome, Struck, TrialError, TruthRow, write_head, write_lines

FRAME = LocalFrame(*HOME, 500.0)
UNSAID = ("bearing", "sound", "sight", "target", "emission", "judgement", "identity", "suspicion_percent")
Where = tuple[float, float, float]


def _track(number: int, where: Where | None, **said: Any) -> dict[str, Any]:
    """One track as C2's station decodes it, that holds at the moment at which it is sent."""
    place = dict(zip(("latitude_deg", "longitude_deg", "altitude_wgs84_m"), FRAME.to_geodetic(*where), strict=True)) if where else None
    known = dict.fromkeys(("velocity_east_mps", "velocity_north_mps", "velocity_up_mps"), 0.0)
    sure = {"sigma_major_m": 3.0, "sigma_minor_m": 3.0, "major_axis_deg": 0.0, "sigma_altitude_m": 3.0, "sigma_velocity_mps": 1.0}
    told = {"number": number, "state": "confirmed", "age_s": 0.0, "unheard_s": 0.0, "rid_claimed": False, "sensors": []}
    return dict.fromkeys(UNSAID) | told | {"kinematics": place | known | sure if place else None} | said


def _heard(t_s: float, tracks: Sequence[dict[str, Any]], node: str = "mast") -> Heard:
    sent_ms = BEGUN_UTC_MS + round(1000 * t_s)
    return Heard(
        t_s, {"kind": "tracks", "node": node, "node8": node, "epoch": 1, "t_utc_ms": sent_ms, "clock_sigma_s": 0.01, "tracks": list(tracks)}
    )


def _truth(name: str, where: Where, from_s: float = 0.0, to_s: float = 20.0, **said: Any) -> list[TruthRow]:
    place, steps = FRAME.to_geodetic(*where), round((to_s - from_s) * 10)
    kind = said.pop("kind", "drone")
    return [TruthRow(from_s + k / 10, name, kind, *place, 0.0, 0.0, 0.0, **said) for k in range(steps)]


def _scores(folder: Path, truth: list[TruthRow], heard: list[Heard], faults: tuple[Struck, ...] = ()) -> Scores:
    write_lines(folder / TRUTH, sorted(truth, key=lambda row: row.t_s))
    write_lines(folder / HEARD, sorted(heard, key=lambda one: one.t_s))
    node = NodeStood("mast", *HOME, 500.0, 0)
    write_head(folder, Head("by hand", 1, 20.0, "offline", "0.1.0", BEGUN_UTC_MS, (node,), faults=faults))
    return of(Outcome(folder))


def _one(folder: Path, truth: list[TruthRow], heard: list[Heard]) -> NodeScores:
    return _scores(folder, truth, heard).nodes[0]


EAST, NORTH = (100.0, 0.0, 50.0), (0.0, 150.0, 40.0)


def test_a_drone_that_is_found_after_five_seconds(tmp_path: Path) -> None:
    heard = [_heard(t_s / 2, [_track(1, EAST)]) for t_s in range(10, 41)]
    scores = _one(tmp_path, _truth("a", EAST), heard)
    assert scores.figure("time_to_first_s").value == pytest.approx(4.5)
    assert scores.figure("pd").value == pytest.approx(31 / 40)
    assert scores.figure("completeness").value == 1.0
    assert scores.figure("horizontal_rms_m").value == pytest.approx(0.0, abs=0.01)
    assert scores.figure("latency_p50_s").value == pytest.approx(0.0, abs=1e-3)


def test_a_track_of_nothing_is_false_and_a_link_without_a_place_or_a_doubted_claim_is_not(tmp_path: Path) -> None:
    doubted = _track(4, (0.0, -300.0, 50.0), suspicion_percent=90.0, rid_claimed=True)
    tracks = [_track(1, EAST), _track(2, (-250.0, -250.0, 50.0)), _track(3, None), doubted]
    scores = _one(tmp_path, _truth("a", EAST), [_heard(t_s / 2, tracks) for t_s in range(1, 41)])
    assert scores.figure("false_tracks_per_h").value == pytest.approx(1 / (20 / 3600))
    assert scores.figure("gospa_missed").value == 0.0
    assert [(span.from_s, span.to_s) for span in scores.false] == [(0.5, 20.0)]


def test_a_second_track_on_a_drone_is_ambiguous_and_not_false(tmp_path: Path) -> None:
    tracks = [_track(1, EAST), _track(2, (104.0, 3.0, 50.0))]
    scores = _one(tmp_path, _truth("a", EAST), [_heard(t_s / 2, tracks) for t_s in range(1, 41)])
    assert scores.figure("ambiguity").value == 2.0
    assert scores.figure("false_tracks_per_h").value == 0.0


def test_a_number_that_changes_is_a_switch_unless_the_node_told_that_both_are_one(tmp_path: Path) -> None:
    heard = [_heard(t_s / 2, [_track(1 if t_s < 20 else 2, EAST)]) for t_s in range(1, 41)]
    merged = {"kind": "event", "event": "merged", "node": "mast", "epoch": 1, "track": _track(1, EAST), "other": 2}
    switched = _one(tmp_path, _truth("a", EAST), heard)
    told = _one(tmp_path, _truth("a", EAST), [*heard, Heard(10.0, merged)])
    assert switched.figure("switches_per_h").samples == 1
    assert switched.figure("longest_unbroken").value == pytest.approx(25 / 40)
    assert told.figure("switches_per_h").samples == 0


def test_a_gap_breaks_a_track_once(tmp_path: Path) -> None:
    heard = [_heard(t_s / 2, [_track(1, EAST)]) for t_s in range(1, 41) if not 12 < t_s < 28]
    scores = _one(tmp_path, _truth("a", EAST), heard)
    assert scores.figure("breaks_per_h").samples == 1
    assert scores.figure("switches_per_h").samples == 0
    completeness = scores.figure("completeness").value
    assert completeness is not None
    assert 0.6 < completeness < 0.8


def test_who_says_who_it_is_is_named_and_who_is_named_wrongly_counts(tmp_path: Path) -> None:
    def named(number: int, where: Where, name: str) -> dict[str, Any]:
        return _track(number, where, identity={"ids": [{"type": "serial_number", "value": name}]}, rid_claimed=True)

    truth = _truth("a", EAST, ids=("A",)) + _truth("b", NORTH, ids=("B",))
    scores = _one(tmp_path, truth, [_heard(t_s / 2, [named(1, EAST, "A"), named(2, NORTH, "Z")]) for t_s in range(1, 41)])
    assert scores.figure("identified").value == 0.5
    assert scores.figure("wrong_ids").value == pytest.approx(0.5)


def test_a_bird_that_is_told_as_a_bird_is_no_false_alarm_and_one_told_as_a_drone_is(tmp_path: Path) -> None:
    truth = _truth("gull", EAST, kind="bird") + _truth("kite", NORTH, kind="bird")
    told = [_track(k, where, judgement={"probabilities": {label: 90}}) for k, where, label in ((1, EAST, "bird"), (2, NORTH, "multirotor"))]
    scores = _one(tmp_path, truth, [_heard(t_s / 2, told) for t_s in range(1, 41)])
    assert scores.figure("others_told_drones").value == pytest.approx(0.5)
    assert scores.figure("false_tracks_per_h").value == 0.0
    assert scores.figure("pd").value is None


def test_a_fault_costs_what_it_loses_and_is_said_or_not(tmp_path: Path) -> None:
    stall, silent = Struck("stall", "camera", 20.0, 30.0), Struck("gnss_lost", "gnss", 45.0, 46.0)
    scores = of(made(tmp_path, 1, faults=(stall, silent), deaf=(20.0, 30.0)))
    first, second = scores.nodes[0].recoveries
    assert "alpha" in first.lost
    assert first.again_s is not None
    assert first.again_s <= 2.0
    assert first.said_s is not None
    assert "stalled" in first.words
    assert (second.lost, second.again_s, second.said_s) == ((), 0.0, None)
    judged = verdict(scores)
    assert any("did not say what gnss_lost of gnss did" in why for why in judged.unsure)


def test_a_drone_that_never_comes_back_makes_a_trial_red(tmp_path: Path) -> None:
    heard = [_heard(t_s / 2, [_track(1, EAST)]) for t_s in range(1, 20)]
    scores = _scores(tmp_path, _truth("a", EAST), heard, (Struck("kill", "hub", 9.0, 9.5),))
    assert scores.nodes[0].recoveries[0].again_s is None
    assert verdict(scores).colour == "red"


def test_two_nodes_are_scored_each_and_together(tmp_path: Path) -> None:
    other, truth = (0.0, -200.0, 0.0), _truth("a", EAST)
    heard = [_heard(t_s / 5, [_track(7, EAST)], node) for t_s in range(2, 100) for node in ("mast", "quay")]
    write_lines(tmp_path / TRUTH, truth)
    write_lines(tmp_path / HEARD, heard)
    nodes = NodeStood("mast", *HOME, 500.0, 0), NodeStood("quay", *FRAME.to_geodetic(*other), 0)
    write_head(tmp_path, Head("two", 1, 20.0, "offline", "0.1.0", BEGUN_UTC_MS, nodes))
    scores = of(Outcome(tmp_path))
    assert [node.node for node in scores.nodes] == ["mast", "quay", "C2"]
    assert scores.nodes[1].figure("horizontal_rms_m").value == pytest.approx(0.0, abs=0.1)
    together = scores.nodes[2]
    assert together.figure("horizontal_rms_m").value == pytest.approx(0.0, abs=1.0)
    completeness = together.figure("completeness").value
    assert completeness is not None
    assert completeness > 0.9


@pytest.mark.parametrize("told_by", ["truth", "status"])
def test_a_node_that_moves_sees_from_where_it_is(tmp_path: Path, told_by: str) -> None:
    truth, heard = _truth("a", EAST), []
    for k in range(201):
        here = FRAME.to_geodetic(0.0, k / 2, 0.0)
        if told_by == "truth":
            truth.append(TruthRow(k / 10, "mast", "node", *here, 0.0, 5.0, 0.0))
        place = dict(zip(("latitude_deg", "longitude_deg", "altitude_wgs84_m"), here, strict=True))
        heard.append(Heard(k / 10, {"kind": "status", "node": "mast", "place": place, "sensors": [], "sentence": "drives"}))
        azimuth = degrees(atan2(EAST[0], EAST[1] - k / 2)) % 360
        sure = {
            "sigma_azimuth_deg": 1.0,
            "sigma_elevation_deg": 1.0,
            "sigma_pose_deg": 0.0,
            "azimuth_rate_dps": 0.0,
            "elevation_rate_dps": 0.0,
        }
        bearing = {"azimuth_deg": azimuth, "elevation_deg": None, "reference": "true_north"} | sure
        heard.append(_heard(k / 10, [_track(1, None, bearing=bearing)]))
    write_lines(tmp_path / TRUTH, sorted(truth, key=lambda row: row.t_s))
    write_lines(tmp_path / HEARD, heard)
    node = NodeStood("mast", *HOME, 500.0, 0, moving=True)
    write_head(tmp_path, Head("drives", 1, 20.0, "virtual", "0.1.0", BEGUN_UTC_MS, (node,)))
    (scores,) = of(Outcome(tmp_path)).nodes
    assert scores.figure("bearing_rms_deg").value == pytest.approx(0.0, abs=0.1)
    assert [life.name for life in scores.lives] == ["a"]


def test_a_trial_in_which_nothing_flew_and_nothing_was_heard_has_figures_all_the_same(tmp_path: Path) -> None:
    scores = _scores(tmp_path, [], [])
    assert scores.nodes[0].figure("pd").value is None
    assert scores.nodes[0].figure("false_tracks_per_h").value == 0.0


def test_a_folder_without_a_trial_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=r"trial\.json"):
        of(Outcome(tmp_path))


def test_the_command_prints_figures_and_fails_where_a_trial_is_red(tmp_path: Path) -> None:
    heard = [_heard(t_s / 2, [_track(1, EAST)]) for t_s in range(1, 20)]
    _scores(tmp_path, _truth("a", EAST), heard, (Struck("kill", "hub", 9.0, 9.5),))
    said = subprocess.run([sys.executable, "-m", "tools.score", str(tmp_path)], check=False, capture_output=True, text=True, timeout=100)
    assert said.returncode == 1
    assert said.stdout.splitlines()[-1].startswith("red: ")
    assert "pd" in said.stdout
    none = subprocess.run(
        [sys.executable, "-m", "tools.score", str(tmp_path / "none")], check=False, capture_output=True, text=True, timeout=100
    )
    assert none.returncode == 2
    assert "Traceback" not in none.stderr
