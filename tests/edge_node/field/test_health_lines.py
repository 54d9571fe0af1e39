"""What `edge-node status` shows of coverage and findings."""

from __future__ import annotations

from msgspec import convert

from edge_node.field.health_lines import health_lines
from edge_node.field.health_names import found
from edge_node.messages import Coverage, NodeStatus
from tests.edge_node.field.test_health import HUB


def covers(sensor: str, **said: object) -> Coverage:
    told = {"kind": "coverage", "t_mono_ns": 0, "sensor": sensor, "sense": "sound", "reach_m": 128.0, "probability": 0.8, "latency_s": 4.0}
    return convert(told | said, Coverage)


def test_each_sensor_and_each_finding_has_its_lines() -> None:
    now = NodeStatus(
        name="mast",
        verdict="amber",
        sentence="as it is",
        sensors=(),
        hub=HUB,
        t_mono_ns=0,
        findings=(found("ears", "deaf", "it hears 12 dB less"),),
        coverage=(
            covers("ears"),
            covers("eyes", sense="sight", azimuth_deg=90.0, width_deg=40.0, reference="vehicle", notes=("few pictures",)),
            covers("wifi", sense="remote_id", reach_m=0.0, notes=("absent: no mon0",)),
            covers("links", reach_m=0.0),
        ),
    )
    assert [" ".join(line.split()) for line in health_lines(now)] == [
        "ears covers by sound all around, 128 m, told within 4 s",
        "eyes covers by sight towards 90° ± 20° of the vehicle's front, 128 m, told within 4 s; few pictures",
        "wifi blind absent: no mon0",
        "links blind nobody knows why",
        "ears warn it hears 12 dB less (deaf)",
        "-> look at antenna, plug and cover",
    ]
