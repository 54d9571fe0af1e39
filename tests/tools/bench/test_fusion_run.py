"""What the fusion bench writes for trackers and reads of them; no figure is judged here."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which
from typing import Any

import msgspec
import numpy as np
import pytest

from edge_node.config import TrackingTable
from tools.bench import stone_soup
from tools.bench.fusion_identity import CASES, kept
from tools.bench.fusion_load import measured
from tools.bench.fusion_run import Made, arrays, in_process, ours, read, score, theirs, work
from tools.bench.fusion_scenes import SCENES, Scene, made
from tools.bench.fusion_worker import Work, columns, run
from tools.bench.goals.by_fusion import CASES as GOALS_OF_CASES
from tools.bench.goals.by_fusion import SCENES as GOALS_OF_SCENES


def _perfect(scene: Scene, off_m: float = 0.0) -> Made:
    """Tracks that are where their flights are."""
    rows = [(moment, k, t_s) for moment, t_s in enumerate(scene.judged_s) for k, one in enumerate(scene.flights) if one.lives(float(t_s))]
    state = np.array([scene.flights[k].at(float(t_s)) for _, k, t_s in rows]) + np.eye(6)[0] * off_m
    towards = state[:, :3] / np.linalg.norm(state[:, :3], axis=1, keepdims=True)
    told: dict[str, Any] = {"moment": np.array([row[0] for row in rows]), "number": np.array([row[1] + 1 for row in rows])}
    told |= {"covariance": np.tile(np.eye(6), (len(rows), 1, 1)), "sigma_deg": np.ones((len(rows), 2)), "exact": np.ones(len(rows), bool)}
    return Made(state=state, direction=towards, **told)


@pytest.mark.parametrize("name", SCENES)
def test_perfect_tracks_cost_nothing(name: str) -> None:
    scene = made(name, 1)
    scored = score(scene, _perfect(scene))
    assert scored.gospa == pytest.approx(0, abs=1e-5)
    assert (scored.missed, scored.false, scored.switches, scored.purity) == (0, 0, 0, 1)


def test_tracks_that_are_off_cost_their_distance() -> None:
    scene = made("clutter", 1)
    many = np.mean([sum(flight.lives(float(t_s)) for flight in scene.flights) for t_s in scene.judged_s])
    assert score(scene, _perfect(scene, off_m=3.0)).localisation == pytest.approx(9 * many)


def test_work_is_read_as_it_was_written() -> None:
    scene = made("mixed", 1)
    read_again = msgspec.msgpack.decode(msgspec.msgpack.encode(work(scene)), type=Work)
    assert read_again == work(scene)
    assert read_again.settings == TrackingTable()


def test_peers_get_the_same_detections() -> None:
    scene = made("mixed", 1)
    told = arrays(scene)
    assert told["begins"][-1] == len(told["value"]) == scene.detections
    assert set(told["kind"]) == {0, 1}
    first = next(k for k, scan in enumerate(scene.scans) if scan.whose and scan.whose[0] >= 0 and scan.detections[0].sensor == "radar")
    place = scene.flights[scene.scans[first].whose[0]].at(scene.scans[first].t_s)[:3]
    assert np.linalg.norm(told["value"][told["begins"][first]] - place) < 60


def test_our_tracker_follows_numbered_bearings_in_and_out_of_process(tmp_path: Path) -> None:
    scene = made("bearings", 1)
    np.savez(tmp_path / "made.npz", took_s=1.0, plain_s=1.0, peak_mib=1.0, **columns(run(work(scene))))
    here, there = in_process(scene), ours(scene)
    assert score(scene, here) == score(scene, there) == score(scene, read(tmp_path / "made.npz"))
    assert score(scene, here).missed < scene.cutoff**2
    assert there.peak_mib > 10


def test_every_scene_and_case_has_its_goals_and_its_settings() -> None:
    assert set(GOALS_OF_SCENES) == set(SCENES) == set(stone_soup.CHOSEN)
    assert set(GOALS_OF_CASES) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_identity_is_kept_by_who_never_errs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.bench.fusion_identity.in_process", _perfect)
    assert kept(CASES[name](np.random.default_rng(1), 1))


def test_a_hub_under_load_is_measured() -> None:
    spent = measured(3, length_s=1.0, settled_s=0.2)
    assert spent.arrived > 3 * 4 * 5
    assert 0 < spent.cpu <= 1.5
    assert np.isfinite(spent.late_p99_ms())


@pytest.mark.skipif(not os.environ.get(stone_soup.VARIABLE), reason=f"{stone_soup.VARIABLE} names no Python that has Stone Soup")
def test_stone_soup_tracks_what_it_is_given() -> None:
    scene = made("positions", 1)
    assert score(scene, theirs(scene)).missed < scene.cutoff**2


def test_a_peer_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = which("false")
    assert broken
    monkeypatch.setattr(stone_soup, "python", lambda: Path(broken))
    with pytest.raises(stone_soup.PeerFailedError, match="failed: 1"):
        theirs(made("positions", 1))
