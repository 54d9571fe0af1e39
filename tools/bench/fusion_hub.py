"""A whole node's hub under the same load: what the process spends, tracks published to C2 and all, and how much memory it holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import inf
from multiprocessing import get_context

from tools.bench.acoustic import cpu_s
from tools.bench.figure import Figure
from tools.bench.fusion_load import FALSE_A_SCAN, LENGTH_S, MANY, RATE_HZ, SETTLED_S, made, send
from tools.bench.node import pids, pss_mib
from tools.stage import Stage, stage


def figures() -> Iterator[Figure]:
    """While fifty objects are numbered by four sensors ten times a second."""
    offered = f"{4 * MANY * RATE_HZ:.0f} numbered and {FALSE_A_SCAN * RATE_HZ:.0f} false detections/s"
    with stage() as here, here.node(""):
        while not pids(here).get("hub"):
            time.sleep(0.05)
        cpu, confirmed, others, memory_mib = _measured(here, pids(here)["hub"])
    yield Figure("fusion.hub_cpu", 100 * cpu, "% of a core", against=offered)
    yield Figure("fusion.hub_tracks", confirmed, "confirmed tracks", MANY, "objects")
    yield Figure("fusion.hub_rumours", others, "tentative or lost tracks", against="beside them, of false detections")
    yield Figure("fusion.hub_pss_mib", memory_mib, "MiB")


def _measured(here: Stage, hub: int) -> tuple[float, int, int, float]:
    """Share of a core, the most confirmed tracks and the most others in one batch that C2 had after it settled, and MiB."""
    spawned = get_context("spawn")
    begins = spawned.Event()
    sender = spawned.Process(target=send, args=(str(here.folder / "run"), made(MANY, LENGTH_S), begins))
    sender.start()
    begins.wait()
    begun_s = time.monotonic()
    from_s, from_cpu_s = inf, 0.0
    confirmed, others = 0, 0
    while time.monotonic() < begun_s + LENGTH_S:
        for event in here.c2.events(0.05):
            if event["kind"] == "tracks" and from_s < inf:
                sure = sum(track["state"] == "confirmed" for track in event["tracks"])
                confirmed, others = max(confirmed, sure), max(others, len(event["tracks"]) - sure)
        if from_s == inf and time.monotonic() > begun_s + SETTLED_S:
            from_s, from_cpu_s = time.monotonic(), cpu_s(hub)
    cpu = (cpu_s(hub) - from_cpu_s) / (time.monotonic() - from_s)
    memory_mib = pss_mib(hub)
    sender.join()
    return cpu, confirmed, others, memory_mib
