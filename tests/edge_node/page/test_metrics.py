"""OpenMetrics as a parser reads it."""

from __future__ import annotations

from pathlib import Path
from random import Random

from msgspec.structs import replace
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from edge_node.page.metrics import COUNTERS, KIND
from tests.edge_node.page.served import failing, figures, fill, served, told
from tests.edge_node.publish.scene import full_track

STRANGE = 'line 1\nline 2 "quoted" \\ back'


def scraped(folder: Path) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Sample name to labels to value; the parser raises where the text is no OpenMetrics."""
    with served(folder) as visitor:
        answer, text = visitor.ask("/metrics")
    assert answer.headers["Content-Type"] == KIND
    assert KIND.startswith("application/openmetrics-text")
    samples: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text.decode()):
        assert family.name.startswith("edge_node_")
        assert family.documentation
        assert not family.unit or family.name.endswith(f"_{family.unit}")
        for one in family.samples:
            samples.setdefault(one.name, {})[tuple(sorted(one.labels.items()))] = one.value
    return samples


def test_a_node_at_work_is_told_in_figures(tmp_path: Path) -> None:
    tracks = tuple(full_track(number, Random(number)) for number in range(3))
    fill(tmp_path, told(verdict="amber", findings=(failing(),)), (*tracks[:2], replace(tracks[2], state="tentative")))
    said = scraped(tmp_path)
    assert said["edge_node_verdict"][("edge_node_verdict", "amber"),] == 1
    assert said["edge_node_verdict"][("edge_node_verdict", "green"),] == 0
    assert said["edge_node_tracks"] == {(("state", "tentative"),): 1, (("state", "confirmed"),): 2, (("state", "lost"),): 0}
    assert said["edge_node_finding"] == {(("about", "mic"), ("grade", "warn"), ("name", "microphone_silent")): 1}
    assert said["edge_node_sensor_detections_total"] == {(("sensor", "mic"),): 7}
    assert 1 <= said["edge_node_sensor_data_age_seconds"][("sensor", "mic"),] < 30
    assert said["edge_node_reach_meters"] == {(("sense", "sound"), ("sensor", "mic")): 120}
    assert said["edge_node_tracks_confirmed_total"] == {(): 2}
    assert said["edge_node_link_sent_bytes_total"] == {(): 512}
    assert said["edge_node_spool_rows"] == {(): 3}
    assert said["edge_node_link_up"] == {(): 1}
    assert 0 <= said["edge_node_status_age_seconds"][()] < 30


def test_what_nobody_knows_is_left_out(tmp_path: Path) -> None:
    said = scraped(tmp_path)
    assert said["edge_node_verdict"][("edge_node_verdict", "red"),] == 1
    assert {"edge_node_status_age_seconds", "edge_node_link_up", "edge_node_spool_rows"}.isdisjoint(said)
    fill(tmp_path, counted=figures(linked=None, sigma_utc_s=None, reports={}))
    assert {"edge_node_link_up", "edge_node_clock_sigma_seconds", "edge_node_sensor_data_age_seconds"}.isdisjoint(scraped(tmp_path))


def test_strange_names_stay_labels(tmp_path: Path) -> None:
    fill(tmp_path, told(findings=(replace(failing(), about=STRANGE),)))
    ((labels, value),) = scraped(tmp_path)["edge_node_finding"].items()
    assert (dict(labels)["about"], value) == (STRANGE, 1)


def test_counters_are_named_by_the_conventions() -> None:
    names = [name for name, _, _ in COUNTERS.values()]
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.endswith("_total")]
    assert all(name.endswith(f"_{unit}") for name, unit, _ in COUNTERS.values() if unit)
