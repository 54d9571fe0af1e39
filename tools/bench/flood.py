"""A spoof flood beside one genuine aircraft: is memory flat, is the genuine one still published at its rate, is the flood named?"""

from __future__ import annotations

import heapq
import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import linear_regression
from struct import pack_into
from typing import Any

from msgspec import Struct

from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.simulate import pcap, remote_id
from tools.simulate.beacon import ASD_STAN_ODID, LINKTYPE_RADIOTAP
from tools.simulate.free_space import Frame
from tools.simulate.scene import Circle, Drone, NodePose, Operator, RemoteId, Scene, Swarm
from tools.simulate.world import World
from tools.stage import Stage, stage

AIRCRAFT, FRAMES_A_SECOND = 10_000, 5_000
SECONDS, QUIET_S, SETTLED_S = 60.0, 5.0, 20.0
SERIAL = "TST0BGENUINE00001"
SENSOR = '\n[[sensor]]\nname = "wifi"\ndriver = "recording"\npath = "{air}"\npace = "live"\n'
NODE = NodePose(latitude_deg=50.85, longitude_deg=4.35, ground_wgs84_m=65.0, mast_m=12.0)
RADIOTAP_BYTES, SIGNAL_AT = 16, 14
SEQUENCE_AT, TSF_AT = RADIOTAP_BYTES + 22, RADIOTAP_BYTES + 24
LATITUDE_AFTER = 4 + 1 + 3 + 25 + 5
"""From the vendor element's start over counter, pack header and Basic ID into the Location."""
PIPE_BYTES = 1 << 20
STEP_1E7 = 40


class Outcome(Struct, frozen=True):
    """What a flood did: own memory as (s, MiB) by process, when the genuine one was told, frames sent and lost, the status' words."""

    memory: dict[str, list[tuple[float, float]]]
    genuine_before: list[float]
    genuine_during: list[float]
    sent: int
    lost: int
    named: str
    tracks: int


def figures() -> Iterator[Figure]:
    """The whole minute."""
    outcome = run(SECONDS)
    for name in ("wifi", "hub"):
        points = [point for point in outcome.memory[name] if point[0] >= SETTLED_S]
        slope = linear_regression(*zip(*points, strict=True)).slope
        level = f"{points[0][1]:.1f} to {points[-1][1]:.1f} MiB"
        yield Figure(f"flood.{name}_growth", slope * 60, "MiB/minute", against=level)
    before, during = (_rate_hz(times) for times in (outcome.genuine_before, outcome.genuine_during))
    yield Figure("flood.genuine_rate", during, "reports/s", before, "before the flood")
    yield Figure("flood.lost", outcome.lost, "frames", outcome.sent, "sent")
    yield Figure("flood.named", float(outcome.named.startswith("spoof flood")), "", against=outcome.named)


def _rate_hz(times_s: list[float]) -> float:
    return (len(times_s) - 1) / (times_s[-1] - times_s[0]) if len(times_s) > 1 else 0.0


def run(seconds: float, aircraft: int = AIRCRAFT, frames_a_second: int = FRAMES_A_SECOND, quiet_s: float = QUIET_S) -> Outcome:
    """Play the genuine aircraft alone for a while, then both, into a running node."""
    with stage() as here:
        air = here.folder / "air.pcap"
        os.mkfifo(air)
        with here.node(SENSOR.format(air=air)):
            context = get_context("spawn")
            counted: Any = context.Array("q", 2)
            told = {"quiet_s": quiet_s, "seconds": seconds, "aircraft": aircraft, "frames_a_second": frames_a_second, "counted": counted}
            player = context.Process(target=play, args=(air,), kwargs=told)
            player.start()
            try:
                return _watch(here, quiet_s, seconds, counted, player.is_alive)
            finally:
                player.terminate()
                player.join()


def _watch(here: Stage, quiet_s: float, seconds: float, counted: Any, plays: Callable[[], bool]) -> Outcome:
    memory: dict[str, list[tuple[float, float]]] = {"wifi": [], "hub": []}
    before, during, tracks, words, unsent = list[float](), list[float](), set[int](), "", 0
    begun_s = looked_s = None
    while plays() and (begun_s is None or time.monotonic() - begun_s < quiet_s + seconds):
        for event in here.c2.events(0.05):
            now_s = time.monotonic()
            unsent = event["counters"].get("bus_unsent", 0) if event["kind"] == "status" else unsent
            tracks |= {track["number"] for track in event.get("tracks", ())}
            if any(_is_genuine(track) for track in event.get("tracks", ())):
                begun_s = begun_s or now_s
                (before if now_s - begun_s < quiet_s else during).append(now_s)
        flood_s = time.monotonic() - (begun_s or time.monotonic()) - quiet_s
        if flood_s > 0 and (looked_s is None or flood_s - looked_s >= 1.0):
            looked_s = flood_s
            words = _named(here) or words
            for name, pid in pids(here).items():
                if name in memory:
                    memory[name].append((flood_s, pss_mib(pid, "Pss_Anon")))
    sent, unread = counted[:]
    return Outcome(memory, before, during, sent, unread + unsent, words, len(tracks))


def _is_genuine(track: dict[str, Any]) -> bool:
    return any(uas_id["value"] == SERIAL for uas_id in (track["identity"] or {}).get("ids", ()))


def _named(here: Stage) -> str:
    """What the status says of the flood: the sensor that leaves newcomers out, or the hub that they still crowd."""
    status = here.status()
    parts = (*status.sensors, status.hub) if status else ()
    said = [words for part in parts for words in part.sentence.split("; ")]
    return next((words for words in said if words.startswith("spoof flood")), "")


def play(air: Path, *, quiet_s: float, seconds: float, aircraft: int, frames_a_second: int, counted: Any) -> None:
    """Write both into the pipe as time passes; `counted` says how many were sent, and how many the node did not take in time."""
    utc_ns = time.time_ns()
    genuine = remote_id.frames(World(Scene(name="flood", node=NODE, drone=(_genuine(),)), 1), 0.0, quiet_s + seconds + 30, utc_ns)
    invented = _invented(aircraft, frames_a_second, utc_ns, quiet_s)
    out = pcap.PcapPipe(air, LINKTYPE_RADIOTAP)
    begun_s, before = None, 0
    for t_s, data in heapq.merge(genuine, invented):
        if begun_s is None:
            begun_s = _when_read(out, utc_ns, data) - t_s
            before = out.unread
        ahead_s = t_s - (time.monotonic() - begun_s)
        if ahead_s > 0.002:
            time.sleep(ahead_s)
        out.write(utc_ns + round(t_s * 1e9), data)
        counted[:] = out.written + out.unread - before, out.unread - before


def _when_read(out: pcap.PcapPipe, utc_ns: int, data: bytes) -> float:
    """Wait for the node; when it began to read. A radio's driver has room for a burst; a pipe has it if asked."""
    while not out.write(utc_ns, data):
        time.sleep(0.01)
    out.widen(PIPE_BYTES)
    return time.monotonic()


def _genuine() -> Drone:
    return Drone(
        name="genuine",
        path=Circle(east_m=80.0, north_m=90.0, height_m=60.0, radius_m=70.0, speed_mps=9.0),
        operator=Operator(east_m=10.0, north_m=20.0),
        remote_id=RemoteId(mac="60:60:1f:00:00:01", serial=SERIAL, beacon_interval_tu=100, update_s=0.5),
    )


def _invented(aircraft: int, frames_a_second: int, utc_ns: int, from_s: float = 0.0) -> Iterator[Frame]:
    """A swarm's frames, without end: its first round is the simulated spoofer's, later rounds move every aircraft on."""
    rate_hz = frames_a_second / aircraft
    swarm = Swarm(name="flood", east_m=-60.0, north_m=30.0, count=aircraft, rate_hz=rate_hz, spread_m=3_000.0, from_s=0.0)
    world = World(Scene(name="flood", node=NODE, spoofer=(swarm,)), 1)
    round_s = 1.2 / rate_hz
    first = [bytearray(data) for _, data in remote_id.frames(world, 0.0, round_s, utc_ns)][:aircraft]
    places = [data.index(ASD_STAN_ODID) + LATITUDE_AFTER for data in first]
    random = Random(1)
    for number, (data, place) in enumerate(cycle(zip(first, places, strict=True))):
        pack_into("<H", data, SEQUENCE_AT, (number & 0xFFF) << 4)
        pack_into("<Q", data, TSF_AT, random.getrandbits(64))
        pack_into("<b", data, SIGNAL_AT, -60 - random.randrange(3))
        latitude = int.from_bytes(data[place : place + 4], "little", signed=True) + STEP_1E7
        pack_into("<i", data, place, latitude)
        yield from_s + number / frames_a_second, bytes(data)
