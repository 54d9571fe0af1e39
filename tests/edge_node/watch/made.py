"""A node that only says it is one: its files, and the lock that a running one holds."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from edge_node.messages import Bearing, Coverage, Identity, NodeStatus, SensorReport, SensorState, SensorStatus, Track, UasId
from edge_node.node import figures_file, status, tracks_file
from edge_node.node.figures_file import Figures, PlaceNow

SAID_EVERY_S = 0.5
HERE = PlaceNow(latitude_deg=50.85, longitude_deg=4.35, altitude_wgs84_m=77.0, sigma_m=None)


def covering(name: str, **said: Any) -> Coverage:
    """A sensor that hears all around."""
    return replace(Coverage(t_mono_ns=0, sensor=name, sense="remote_id", reach_m=800.0, probability=0.9, latency_s=3.0), **said)


def part(
    name: str, driver: str = "wifi_monitor", state: SensorState = "running", sentence: str = "20 blocks, 20/s, 0 lost"
) -> SensorStatus:
    """One process."""
    return SensorStatus(name=name, driver=driver, state=state, sentence=sentence, since_mono_ns=0, restarts=0, pid=7)


def track(number: int = 1, **said: Any) -> Track:
    """A drone that says its name, towards the north-east."""
    now_ns = time.monotonic_ns()
    usual: dict[str, Any] = {
        "number": number,
        "state": "confirmed",
        "t_mono_ns": now_ns,
        "first_seen_mono_ns": now_ns,
        "last_seen_mono_ns": now_ns,
        "bearing": Bearing(azimuth_deg=45.0, elevation_deg=20.0, sigma_azimuth_deg=2.0, sigma_elevation_deg=3.0),
        "identity": Identity(ids=(UasId(type="serial_number", value=f"TST{number:013}"),)),
        "sensors": ("wifi",),
    }
    return Track(**(usual | said))


def node_status(**said: Any) -> NodeStatus:
    """Green, with one sensor."""
    usual: dict[str, Any] = {
        "name": "mast",
        "verdict": "green",
        "sentence": "1 of 1 sensors run; all is well",
        "sensors": (part("wifi"),),
        "hub": part("hub", "", sentence="1 live tracks; connected to C2"),
        "t_mono_ns": time.monotonic_ns(),
        "coverage": (covering("wifi"),),
    }
    return NodeStatus(**(usual | said))


def _figures(now_ns: int, report: SensorReport) -> Figures:
    link = "connected to C2"
    return Figures(
        t_mono_ns=now_ns, t_utc_ns=None, sigma_utc_s=None, place=HERE, linked=True, link=link, counters={}, reports={report.sensor: report}
    )


class MadeNode:
    """Says what it was asked to, again and again, as a node does; `lock` and `unlock` begin and end it."""

    def __init__(self, folder: Path) -> None:
        self.config, self.run_dir = folder / "node.toml", folder / "run"
        self.config.write_text('node.run_dir = "run"\nnode.state_dir = "state"\n')
        self.run_dir.mkdir()
        self._held = os.open(self.run_dir / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self.lock()
        self._tracks: Callable[[], None] | None = None
        self._status: Callable[[], None] | None = None
        self._turn, self._stop = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def lock(self) -> None:
        """It runs."""
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def unlock(self) -> None:
        """It runs no longer."""
        fcntl.flock(self._held, fcntl.LOCK_UN)

    def say(self, *tracks: Track, at_s: float = 0.0, **said: Any) -> None:
        """Status and tracks of so many seconds from now, from now on."""
        self.say_status(at_s=at_s, **said)
        self._tracks = partial(self._write_tracks, tracks, at_s)
        self._write()

    def say_status(self, at_s: float = 0.0, **said: Any) -> None:
        """Its supervisor's part alone."""
        self._status = partial(self._write_status, node_status(**said), at_s)
        self._write()

    def _write_tracks(self, tracks: tuple[Track, ...], at_s: float) -> None:
        now_ns = time.monotonic_ns() + round(at_s * 1e9)
        tracks_file.write(self.run_dir, tracks, now_ns)
        report = SensorReport(t_mono_ns=now_ns, sensor="wifi", blocks=1, detections=1, lost=0, unsent=0, last_block_mono_ns=now_ns)
        figures_file.write(self.run_dir, _figures(now_ns, report))

    def _write_status(self, said: NodeStatus, at_s: float) -> None:
        status.write(self.run_dir, replace(said, t_mono_ns=time.monotonic_ns() + round(at_s * 1e9)))

    def _write(self) -> None:
        with self._turn:
            for write in filter(None, (self._status, self._tracks)):
                write()

    def _go_on(self) -> None:
        while not self._stop.wait(SAID_EVERY_S):
            self._write()

    def close(self) -> None:
        """Say no more, and let the lock go."""
        self._stop.set()
        self._thread.join()
        os.close(self._held)
