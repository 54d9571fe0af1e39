"""The demo's whole scene, through a real node and a gateway, to peers that validate all that they are told."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from edge_node.gateway.picture import Picture
from edge_node.interop import courageous
from edge_node.interop.moment import Moment
from edge_node.publish.keys import load_or_make
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.peers import FusionNode, Peer, until
from tests.edge_node.gateway.stage import free_port
from tests.edge_node.gateway.test_gateway import of_type
from tools.demo import SCENE, SEED
from tools.simulate.world import World
from tools.stage import stage
from tools.virtual_devices.bench import virtual_devices
from tools.virtual_devices.device import Begun

SECONDS = 60.0
GATEWAY = """
[[gateway]]
live = "tcp://127.0.0.1:{port}"
server_key = '{key}'
"""
SETTINGS = """
[live]
bind = "tcp://127.0.0.1:{port}"
state_dir = "gateway"
[[node]]
name = "demo"
key = '{key}'
[[sink]]
kind = "sapient"
to = "tcp://127.0.0.1:{sapient}"
rate_hz = 2
operator = true
tentative = true
[[sink]]
kind = "cot"
to = "tcp://127.0.0.1:{cot}"
rate_hz = 2
"""


@pytest.mark.timeout(180)
def test_all_that_is_told_of_the_demo_is_valid(shared_data: Path) -> None:
    schema = Draft7Validator(json.loads((shared_data / "courageous" / "courageous.schema.json").read_text(encoding="utf-8")))
    fusion, tak, port, heard = FusionNode(), Peer(), free_port(), Picture()
    moments: list[Moment] = []

    async def scene() -> None:
        with stage() as here, ExitStack() as devices:
            folder = here.folder
            gateway = load_or_make(folder / "gateway").public
            settings = SETTINGS.format(port=port, key=load_or_make(folder / "state").public, sapient=fusion.port, cot=tak.port)
            (folder / "gateway.toml").write_text(settings, encoding="utf-8")
            command = (sys.executable, "-m", "edge_node", "gateway", "-c", str(folder / "gateway.toml"))
            process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
            try:
                async with fusion.up(), tak.up():
                    world = World.load(SCENE, SEED)
                    virtual = devices.enter_context(virtual_devices(SCENE, world, folder, SECONDS, plain=True))
                    virtual.begin(Begun(time.monotonic(), time.time_ns()))
                    devices.enter_context(here.node(virtual.tables + GATEWAY.format(port=port, key=gateway)))

                    def both() -> bool:
                        for event in here.c2.events(0.05):
                            if event["kind"] in ("tracks", "status"):
                                heard.take("demo", "01234567", event, time.time_ns())
                        moments.extend(one for view in heard.views.values() for one in view.new_since(0, time.time_ns()))
                        kinds = {one.WhichOneof("location_oneof") for one in fusion.of("detection_report")}
                        return kinds == {"location", "range_bearing"} and bool(of_type(tak.heard, "a-f-G-E-S")) and b"u-rb-a" in tak.heard

                    await until(both, within_s=120)
            finally:
                process.terminate()
                await process.wait()

    in_a_loop(scene())
    (view,) = heard.views.values()
    said = json.loads(courageous.document(view.station, moments))
    schema.validate(said)
    assert said["tracks"]
