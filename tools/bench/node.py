"""The whole node on a stage: start-up, latency from detection to C2, memory, bytes a track, and the loss of its own Wi-Fi path."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread
from typing import Any

from tools.bench.figure import Figure
from tools.demo import SCENE, SEED
from tools.simulate import remote_id
from tools.simulate.world import World
from tools.stage import Stage, stage
from tools.trial.spent import nursery

SECONDS = 20.0
SENSOR = '\n[[sensor]]\nname = "wifi"\ndriver = "recording"\npath = "{air}"\npace = "live"\n'
TICK_S = 0.2


def figures() -> Iterator[Figure]:
    """Supervisor, one worker and the hub, on the demo's scene."""
    with stage() as here:
        air = here.folder / "air.pcap"
        os.mkfifo(air)
        stop = Event()
        world = World.load(SCENE, SEED)
        player = Thread(target=lambda: remote_id.play(world, air, 10 * SECONDS, stop))
        player.start()
        try:
            yield from _measure(here, air)
        finally:
            stop.set()
            player.join()


def _measure(here: Stage, air: Path) -> Iterator[Figure]:
    begun_s = time.monotonic()
    first_s = None
    batches: list[dict[str, Any]] = []
    with here.node(SENSOR.format(air=air)):
        while time.monotonic() - begun_s < SECONDS:
            for event in here.c2.events(0.05):
                if event["kind"] == "tracks":
                    first_s = first_s or time.monotonic() - begun_s
                    batches.append(event)
        memory = {name: pss_mib(pid) for name, pid in pids(here).items()}
    yield Figure("node.first_track_s", first_s or float("inf"), "s")
    yield Figure("node.gaps", here.c2.totals["gaps"], "gaps")
    yield Figure("node.pss_mib", sum(memory.values()), "MiB", against=", ".join(f"{name} {mib:.0f}" for name, mib in memory.items()))
    late_ms = sorted(latencies_ms(batches))
    yield Figure("node.latency_p50_ms", median(late_ms), "ms", peer=TICK_S * 1000, against="the tick that tracks wait for")
    yield Figure("node.latency_p99_ms", quantiles(late_ms, n=100)[98], "ms", peer=TICK_S * 1000, against="the tick that tracks wait for")
    tracks = sum(len(batch["tracks"]) for batch in batches)
    yield Figure("node.bytes_a_track", sum(batch["bytes"] for batch in batches) / tracks, "bytes")


def latencies_ms(batches: list[dict[str, Any]]) -> Iterator[float]:
    """From when each track was last heard to when C2 had it, once for each new hearing; heard times are steps of 10 ms."""
    told: dict[int, float] = {}
    for batch in batches:
        for track in batch["tracks"]:
            heard_ms = batch["t_utc_ms"] - 1000 * (track["age_s"] + track["unheard_s"])
            if heard_ms > told.get(track["number"], 0.0) + 15:
                told[track["number"]] = heard_ms
                yield batch["received_utc_ms"] - heard_ms


def pids(here: Stage) -> dict[str, int]:
    """Process ids of the supervisor, the nursery where it runs, and each of its children, by name."""
    status = here.status()
    if status is None:
        return {}
    children = {part.name: part.pid for part in (*status.sensors, status.hub) if part.pid}
    parent = Path(f"/proc/{next(iter(children.values()))}/stat").read_text().rsplit(")", 1)[1].split()[1]
    return {"supervisor": int(parent), **({"nursery": forks} if (forks := nursery(int(parent))) else {}), **children}


def pss_mib(pid: int, kind: str = "Pss") -> float:
    """Proportional set size of a process (proc(5): smaps_rollup); "Pss_Anon" leaves out libraries, which others share or not."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024
