"""A drone's link from the air to C2: the real driver, detector, tracker and wire, through the death of its worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import SHUT_RDWR, create_server
from threading import Thread
from typing import Any

import pytest

from tests import flown_by_radio
from tests.running import wait_for
from tools.simulate.antenna import of_world
from tools.simulate.iq_on_air import IqOnAir
from tools.simulate.rtl_tcp_server import RtlTcpServer
from tools.simulate.world import World
from tools.stage import Stage, stage

SCENE = f"""{flown_by_radio.SCENE}[[emitter]]
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
        wait_for(lambda: server.clients > 1, 30, "it listens again")
        number, then_s = track["number"], heard_for_s(links, track["number"])
        wait_for(lambda: heard_for_s(links, number) > then_s + 2, 60, "the same track is heard on")


def heard_for_s(links: Links, number: int) -> float:
    """Since it was heard first until it was heard last, as C2 was told."""
    return float(links.look()[number]["emission"]["heard_for_s"])


@contextmanager
def no_rtl_tcp() -> Iterator[int]:
    """The port of a server that speaks something else."""
    with create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = Thread(target=refuse)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(SHUT_RDWR)
            thread.join()


def table(name: str, driver: str, **settings: object) -> str:
    return "\n".join((f'[[sensor]]\nname = "{name}"\ndriver = "{driver}"', *(f"{key} = {value}" for key, value in settings.items()), ""))


def test_what_is_wrong_with_a_receiver_is_read_at_c2() -> None:
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with no_rtl_tcp() as other, stage() as here:
        sensors = (
            table("fast", "rtl_sdr", center_hz=868.5e6, rate_hz=5e6),
            table("high", "rtl_sdr", center_hz=2.44e9),
            table("away", "rtl_tcp", port=port, center_hz=868.5e6),
            table("other", "rtl_tcp", port=other, center_hz=868.5e6),
        )
        expected = {
            "fast": ("off", "does not sample 5 MS/s, only"),
            "high": ("off", "cannot be tuned to 2440 MHz, only to 24 to 1766 MHz"),
            "away": ("absent", "cannot be reached: Connection refused"),
            "other": ("absent", "is none: it says b'HTTP/1.1'"),
        }
        with here.node("".join(sensors)):
            told: dict[str, dict[str, Any]] = {}

            def read() -> bool:
                for event in here.c2.events(0.1):
                    if event["kind"] == "status":
                        told.update({one["name"]: one for one in event["sensors"]})
                return all(name in told and told[name]["state"] == state for name, (state, _) in expected.items())

            wait_for(read, 40, "each receiver's trouble is told")
    assert {name: words in told[name]["sentence"] for name, (_, words) in expected.items()} == dict.fromkeys(expected, True), told
