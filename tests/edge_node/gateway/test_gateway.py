"""A whole gateway on loopback: what a node says reaches peers of each kind."""

from __future__ import annotations

import asyncio
import json
import socket
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import zmq
import zmq.asyncio

from edge_node.gateway.settings import SinkTable
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.peers import WITHIN_S, FusionNode, Peer, until
from tests.edge_node.gateway.stage import free_port, gateway_of
from tests.edge_node.interop.scene import SERIAL
from tests.peers import needed

asterix = needed("asterix")


def events(heard: bytearray) -> dict[str, ET.Element]:
    """The newest event of each uid."""
    documents = bytes(heard).decode(errors="ignore").split("<?xml")[1:]
    whole = [f"<?xml{one}" for one in documents if one.endswith("</event>")]
    return {str(root.get("uid")): root for root in map(ET.fromstring, (one.encode() for one in whole))}


def of_type(heard: bytearray, kind: str) -> list[ET.Element]:
    return [one for one in events(heard).values() if one.get("type") == kind]


def test_a_tak_server_hears_all_and_again_after_it_was_away(tmp_path: Path) -> None:
    async def scene() -> None:
        peer = Peer()
        async with gateway_of(tmp_path, SinkTable("cot", f"tcp://127.0.0.1:{peer.port}", rate_hz=10.0)):
            async with peer.up():
                await until(
                    lambda: of_type(peer.heard, "a-u-A-M-H-Q") and of_type(peer.heard, "u-rb-a") and of_type(peer.heard, "a-f-G-E-S")
                )
            assert SERIAL.encode() in peer.heard
            assert b"track 5, elrs 900" in peer.heard
            assert b"LVA" not in peer.heard, "nothing of a person unless it is allowed"
            assert len(of_type(peer.heard, "a-u-A-M-H-Q")) == 1, "what was never confirmed is told to nobody"
            peer.heard.clear()
            async with peer.up():
                await until(lambda: of_type(peer.heard, "a-u-A-M-H-Q") and of_type(peer.heard, "a-f-G-E-S"))

    in_a_loop(scene())


def test_an_asterix_display_hears_places(tmp_path: Path) -> None:
    async def scene() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as display:
            display.bind(("127.0.0.1", 0))
            display.setblocking(False)
            async with gateway_of(
                tmp_path, SinkTable("asterix", f"udp://127.0.0.1:{display.getsockname()[1]}", rate_hz=10.0, sac=25, sic=7)
            ):
                async with asyncio.timeout(WITHIN_S):
                    block = await asyncio.get_running_loop().sock_recv(display, 2000)
        (said,) = asterix.parse(block)
        assert (said["category"], said["I010"]["SAC"]["val"], said["I040"]["TrkN"]["val"]) == (62, 25, 3)
        assert said["I105"]["Lat"]["val"] == pytest.approx(56.952, abs=1e-5)

    in_a_loop(scene())


def test_dragonsync_would_hear_aircraft_kit_and_links(tmp_path: Path) -> None:
    async def scene() -> None:
        port, heard = free_port(), {}
        with zmq.asyncio.Context() as context:
            sockets = [context.socket(zmq.SUB) for _ in range(3)]
            for place, one in enumerate(sockets):
                one.linger = 0
                one.connect(f"tcp://127.0.0.1:{port + place}")
                one.subscribe(b"")
            async with gateway_of(tmp_path, SinkTable("wardragon", f"tcp://127.0.0.1:{port}", rate_hz=10.0, operator=True)):
                async with asyncio.timeout(WITHIN_S):
                    for place, one in enumerate(sockets):
                        heard[place] = json.loads(await one.recv())
            for one in sockets:
                one.close()
        assert heard[0][0]["Basic ID"]["id"] == SERIAL
        assert any("Operator ID Message" in part for part in heard[0])
        assert heard[1]["gps_data"]["latitude"] == 56.9496
        assert heard[2][-1]["Signal Info"]["signal_type"] == "elrs_900"

    in_a_loop(scene())


def of_zones(peer: FusionNode) -> list[Any]:
    """Alerts that are critical."""
    return [one for one in peer.of("alert") if one.alert_type == 3]


def test_a_fusion_node_hears_registers_tasks_and_says_goodbye(tmp_path: Path) -> None:
    async def scene() -> None:
        peer = FusionNode()
        async with peer.up():
            async with gateway_of(tmp_path, SinkTable("sapient", f"tcp://127.0.0.1:{peer.port}", rate_hz=5.0)) as flying:
                await until(lambda: len(peer.of("detection_report")) >= 6 and peer.of("status_report"))
                assert [one.WhichOneof("content") for one in peer.messages[:2]] == ["registration", "status_report"]
                assert peer.of("registration")[0].node_definition[0].node_type == 6
                kinds = {one.WhichOneof("location_oneof") for one in peer.of("detection_report")}
                assert kinds == {"location", "range_bearing"}
                flying.zone = True
                await until(lambda: of_zones(peer))
                assert of_zones(peer)[0].status == 1
                flying.zone = False
                await until(lambda: len(of_zones(peer)) == 2)
                assert (of_zones(peer)[1].status, of_zones(peer)[1].alert_id) == (5, of_zones(peer)[0].alert_id)
                assert [one.description for one in peer.of("alert") if one not in of_zones(peer)] == [
                    "track 5, elrs 900: heard; direction and place unknown"
                ], "a link without direction is said once"
                task = {"task_id": "01H4R63D7NVN8444Z5M77WEBY7", "control": "CONTROL_START"}
                cone = {"azimuth": 143.0, "horizontal_extent": 20.0, "coordinate_system": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M"}
                peer.say({"task": task | {"command": {"look_at": {"range_bearing": cone | {"datum": "RANGE_BEARING_DATUM_TRUE"}}}}})
                await until(lambda: peer.of("task_ack"))
                seen = len(peer.messages)
                await until(lambda: len(peer.messages) >= seen + 4)
                assert {one.WhichOneof("location_oneof") for one in peer.of("detection_report")[-3:]} == {"range_bearing"}, (
                    "what is seen elsewhere is not told"
                )
                peer.say({"task": task | {"command": {"request": "Reset"}}})
                await until(lambda: len(peer.of("task_ack")) == 2)
            await until(lambda: peer.of("status_report")[-1].system == 5)
        assert [one.task_status for one in peer.of("task_ack")] == [1, 2]
        stamps = [one.timestamp.ToNanoseconds() for one in peer.messages if one.HasField("detection_report")]
        gaps = {later - sooner for sooner, later in pairwise(stamps)} - {0}
        assert min(gaps) >= 80_000_000

    in_a_loop(scene())


def test_a_stranger_is_not_heard(tmp_path: Path) -> None:
    async def scene() -> None:
        peer = Peer()
        async with peer.up(), gateway_of(tmp_path, SinkTable("cot", f"tcp://127.0.0.1:{peer.port}", rate_hz=10.0), let_in=False):
            await asyncio.sleep(1.5)
        assert peer.heard == b""

    in_a_loop(scene())
