"""A drone's link from the air to C2: the real driver, detector, tracker and wire, through the death of its worker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.running import wait_for
from tools.simulate.antenna import of_world
from tools.simulate.iq_on_air import IqOnAir
from tools.simulate.rtl_tcp_server import RtlTcpServer
from tools.simulate.world import World
from tools.stage import Stage, stage

SCENE = """
name = "A mast"
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 8.0
[[drone]]
name = "one"
path = { kind = "hover", east_m = 300.0, north_m = 0.0, height_m = 60.0 }
operator = { east_m = 280.0, north_m = 20.0 }
[[drone.link]]
name = "elrs_in866_100"
[[emitter]]
name = "sensors of the neighbourhood"
link = "wmbus_t"
east_m = -200.0
north_m = 350.0
"""
SENSOR = '[[sensor]]\nname = "links"\ndriver = "rtl_tcp"\nport = {port}\ncenter_hz = 866.1625e6\nrate_hz = 1.2e6\n'


class Links:
    """The newest of each track of a link that C2 was told of."""

    def __init__(self, here: Stage) -> None:
        self._here = here
        self.tracks: dict[int, dict[str, Any]] = {}

    def look(self) -> dict[int, dict[str, Any]]:
        """What is known after the events that came."""
        for event in self._here.c2.events(0.05):
            if event["kind"] == "tracks":
                self.tracks |= {track["number"]: track for track in event["tracks"]}
        return self.tracks


def confirmed(links: Links, least_s: float = 0.0) -> dict[str, Any] | None:
    """One that is, and was heard just now for so long."""
    sure = [one for one in links.look().values() if one["state"] == "confirmed" and one["emission"]["heard_for_s"] >= least_s]
    return sure[0] if sure else None


def test_a_drones_link_reaches_c2_as_one_track_also_after_its_worker_was_killed(tmp_path: Path) -> None:
    scene = tmp_path / "scene.toml"
    scene.write_text(SCENE)
    air = IqOnAir(of_world(World.load(scene, 7)), time.monotonic(), 7, noise_dbfs=-62.0)
    with RtlTcpServer(air) as server, stage() as here, here.node(SENSOR.format(port=server.port)):
        links = Links(here)
        track = wait_for(lambda: confirmed(links, 4.0), 60, "its link is a track at C2")
        emission = track["emission"]
        assert (emission["link"], emission["alarm"], emission["channels"]) == ("elrs_900", "raised", 2)
        assert emission["packet_rate_hz"] == pytest.approx(100, abs=1)
        assert (track["kinematics"], track["bearing"], track["identity"], track["sensors"]) == (None, None, None, ["links"])
        before = wait_for(here.status, 10, "it says how it is").sensors[0]
        assert before.pid is not None
        os.kill(before.pid, signal.SIGKILL)
        wait_for(lambda: (now := here.status()) and now.sensors[0].pid not in (None, before.pid), 30, "its worker runs again")
        links.tracks.clear()
        again = wait_for(lambda: confirmed(links, 6.0) if server.clients > 1 else None, 60, "it is heard again")
        wait_for(lambda: (one := confirmed(links)) and one["unheard_s"] < 1.0, 30, "it is heard again just now")
        assert again["number"] == track["number"]
        assert {number for number, one in links.look().items() if one["state"] == "confirmed"} == {track["number"]}
