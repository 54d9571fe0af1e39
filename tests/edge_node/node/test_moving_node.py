"""A node on a vehicle, from a serial port to C2: true bearings while its receiver speaks, the vehicle's own once it does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import hypot
from pathlib import Path
from random import Random
from typing import Any

import zmq
from msgspec.structs import replace

from edge_node.bus import BusSender
from edge_node.messages import CameraDetection
from edge_node.pose.angles import turn_deg
from tests.edge_node.pose.trips import seen, true_deg
from tests.running import wait_for
from tools.simulate import gnss
from tools.simulate.trip import Trip
from tools.simulate.world import World
from tools.stage import Stage, stage

DEMO = Path(__file__).parents[3] / "tools/simulate/scenes/demo.toml"
SENSORS = """
[[sensor]]
name = "gnss"
driver = "gnss"
port = "{port}"
heading_late_s = {late_s}
[supervision]
absent_retry_s = 1.0
"""


Told = tuple[float, dict[str, Any]]


class Eye:
    """Says on the node's bus what a camera on the vehicle sees, and reads at C2 what became of it."""

    def __init__(self, here: Stage, bus: BusSender, trip: Trip) -> None:
        self._here, self._bus, self._trip, self._chance = here, bus, trip, Random(3)
        self._said_s = 0.0
        self.bearings: list[Told] = []

    def look(self) -> list[Told]:
        """Ten times a second; all bearings that came, each with the time that it is of."""
        now_s = time.time()
        if now_s - self._said_s >= 0.1:
            self._said_s = now_s
            detection: CameraDetection = seen(self._trip.at(now_s), now_s, self._chance)
            self._bus.send([replace(detection, t_mono_ns=time.monotonic_ns() - (time.time_ns() - round(now_s * 1e9)))])
        for event in self._here.c2.events(0.01):
            if event["kind"] == "tracks":
                at_s = event["t_utc_ms"] / 1000
                self.bearings += [(at_s - one["age_s"], one["bearing"]) for one in event["tracks"] if one["bearing"]]
        return self.bearings


def test_a_vehicle_tells_c2_true_bearings_while_it_turns_and_says_so_when_it_cannot() -> None:
    trip = Trip(straight_s=1.0, turn_s=4.0)
    with stage(moving=True) as here, _eye(here, trip) as eye, ExitStack() as plugged:
        port = plugged.enter_context(gnss.receiver(World.load(DEMO, 7), trip))
        with here.node(SENSORS.format(port=port, late_s=gnss.LATE_S)):
            for t_s, bearing in wait_for(lambda: _over(_of(eye, "true_north"), 6.0), 60, "true bearings come"):
                azimuth_deg, elevation_deg = true_deg(trip.at(t_s))
                pose_deg = bearing["sigma_pose_deg"]
                assert abs(turn_deg(azimuth_deg, bearing["azimuth_deg"])) < 5 * hypot(bearing["sigma_azimuth_deg"], pose_deg)
                assert abs(bearing["elevation_deg"] - elevation_deg) < 5 * hypot(bearing["sigma_elevation_deg"], pose_deg)
            told = here.status()
            assert told is not None
            assert "heading " in told.hub.sentence
            plugged.close()
            wait_for(lambda: _of(eye, "vehicle"), 60, "bearings are the vehicle's")
            wait_for(lambda: (now := here.status()) and "no heading: bearings count" in now.hub.sentence, 10, "it says so")


@contextmanager
def _eye(here: Stage, trip: Trip) -> Iterator[Eye]:
    (here.folder / "run").mkdir(mode=0o700, exist_ok=True)
    with zmq.Context() as context:
        bus = BusSender(context, here.folder / "run")
        try:
            yield Eye(here, bus, trip)
        finally:
            bus.close(0)


def _of(eye: Eye, reference: str) -> list[Told]:
    return [one for one in eye.look() if one[1]["reference"] == reference]


def _over(told: list[Told], seconds: float) -> list[Told] | None:
    """All of them, once they are of so long a time."""
    return told if told and told[-1][0] - told[0][0] > seconds else None
