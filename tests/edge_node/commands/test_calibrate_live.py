"""A flight before a node that runs: its own hub records for whoever calibrates."""

from __future__ import annotations

from pathlib import Path

from edge_node.commands.calibrate import way_of
from edge_node.commands.flight import flight
from edge_node.config_file import load
from edge_node.messages import RemoteIdDetection
from tests.running import running_node
from tools.bench.align_flights import AROUND, HERE, SERIAL, world
from tools.simulate.remote_id import write_pcap

TOML = f"""
node.latitude_deg = {HERE.latitude_deg}
node.longitude_deg = {HERE.longitude_deg}
node.altitude_wgs84_m = {HERE.ground_wgs84_m + HERE.mast_m}

[[sensor]]
name = "wifi"
driver = "recording"
path = "flight.pcap"
loop = true
"""


def test_a_running_hub_records_what_its_sensors_tell(tmp_path: Path) -> None:
    write_pcap(world(AROUND, 1), tmp_path / "flight.pcap", 0.0, 60.0, 1_773_483_072 * 10**9)
    with running_node(tmp_path, TOML) as node:
        node.wait_running("wifi", "hub")
        config = load(node.config, c2=False)
        told = flight(config.node, 8.0, lambda messages: way_of(messages, config, None, live=True))
        node.wait_for("hub", lambda part: "somebody here" not in part.sentence, 10, "the hub ends its recording")
    assert all(isinstance(one, RemoteIdDetection) for one in told)
    way = way_of(told, config, SERIAL, live=True)
    assert len(way.t_s) >= 5
