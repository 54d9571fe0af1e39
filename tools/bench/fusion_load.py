"""A hub's path under load: detections encoded by one process, over the node's own bus, decoded and tracked by another that is measured.

Fifty objects, each numbered by four sensors ten times a second, among 200 false plots a second; then three hundred.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import zmq
from msgspec import Struct, structs

from edge_node.bus import BusReceiver, BusSender
from edge_node.config import TrackingTable
from edge_node.messages import Detection, PositionDetection, PositionFix
from tools.bench.figure import Figure
from tools.bench.fusion_pointing import Camera, Microphones
from tools.bench.fusion_sensors import HERE, Radar, Scan
from tools.bench.fusion_truth import wandering
from tools.bench.fusion_worker import SIGMA_M, TICK_S, Adapter, Place

LENGTH_S, SETTLED_S = 20.0, 5.0
MANY, TOO_MANY = 50, 300
FALSE_A_SCAN, RATE_HZ = 20.0, 10.0
SEED = 2026
BATCHES_A_TURN = 500
LEAD_NS = 500_000_000
"""So long before the first detection is due all is made and the line is up."""


class Spent(Struct, frozen=True):
    """What the tracking process took: share of one core, latency of each detection, live tracks at the end, and what was counted."""

    cpu: float
    late_ms: list[float]
    tracks: int
    arrived: int
    counters: dict[str, Any]

    def late_p99_ms(self) -> float:
        """From when a detection was handed to the bus to when it was in its track."""
        return float(np.percentile(self.late_ms, 99)) if self.late_ms else float("inf")


def figures() -> Iterator[Figure]:
    """Fifty and what is asked of them, three hundred and what becomes of them."""
    spent = measured(MANY)
    offered = f"{4 * MANY * RATE_HZ:.0f} numbered and {FALSE_A_SCAN * RATE_HZ:.0f} false detections/s"
    yield Figure("fusion.load_cpu", 100 * spent.cpu, "% of a core", against=offered)
    yield Figure("fusion.load_p99_ms", spent.late_p99_ms(), "ms")
    yield Figure("fusion.load_tracks", spent.tracks, "tracks", MANY, "objects")
    spent = measured(TOO_MANY)
    yield Figure("fusion.overload_p99_ms", spent.late_p99_ms(), "ms", 1000 * TICK_S, "one tick")
    yield Figure("fusion.overload_tracks", spent.tracks, "tracks", TOO_MANY, "objects")
    yield Figure("fusion.overload_thinned", thinned(spent.counters), "detections", spent.arrived, "arrived")


def thinned(counters: dict[str, Any]) -> float:
    """What counters call thinned."""
    return float(sum(value for name, value in counters.items() if "thinned" in name and isinstance(value, int)))


def measured(many: int, length_s: float = LENGTH_S, settled_s: float = SETTLED_S) -> Spent:
    """One process sends, one tracks; this one waits. Raises EOFError where the tracking process dies."""
    spawned = get_context("spawn")
    ours, theirs = spawned.Pipe()
    with TemporaryDirectory(prefix="edge-node-") as folder:
        begins = spawned.Event()
        hub = spawned.Process(target=_track, args=(theirs, folder, begins, (length_s, settled_s)))
        sender = spawned.Process(target=send, args=(folder, made(many, length_s), begins))
        hub.start()
        theirs.close()
        sender.start()
        try:
            return msgspec.msgpack.decode(ours.recv_bytes(), type=Spent)
        finally:
            begins.set()
            for process in (hub, sender):
                process.join()


def send(folder: str, scans: Sequence[Scan], begins: Any) -> None:
    """Where the node is, then each scan, stamped as it is sent, so that what is late is not the sender."""
    with zmq.Context() as context:
        sender = BusSender(context, Path(folder))
        begun_ns = time.monotonic_ns() + LEAD_NS
        sender.send([_here()])
        begins.set()
        for scan in scans:
            time.sleep(max(begun_ns + scan.t_s * 1e9 - time.monotonic_ns(), 0) / 1e9)
            now_ns = time.monotonic_ns()
            messages: list[Any] = [structs.replace(one, t_mono_ns=now_ns) for one in scan.detections]
            sender.send(messages)
        sender.close(linger_ms=1000)


def _here() -> PositionFix:
    return PositionFix(
        t_mono_ns=time.monotonic_ns(),
        sensor="gnss",
        has_fix=True,
        latitude_deg=HERE.latitude_deg,
        longitude_deg=HERE.longitude_deg,
        altitude_wgs84_m=HERE.altitude_wgs84_m,
        sigma_horizontal_m=SIGMA_M,
    )


def made(many: int, length_s: float) -> list[Scan]:
    """Two cameras, microphones and a radar, none of them at the same moment as another."""
    rng = np.random.default_rng(SEED)
    flights = [wandering(rng, 0.0, length_s, 100.0, 500.0) for _ in range(many)]
    sensors = (
        Camera(numbered=True, resolves_deg=0.0, name="east"),
        Camera(numbered=True, resolves_deg=0.0, name="west", from_s=0.025),
        Microphones(rate_hz=RATE_HZ, from_s=0.05),
        Radar(rate_hz=RATE_HZ, false_a_scan=FALSE_A_SCAN, from_s=0.075),
    )
    scans = [_numbered(scan) for sensor in sensors for scan in sensor.scans(flights, length_s, rng, {})]
    return sorted(scans, key=lambda scan: scan.t_s)


def _numbered(scan: Scan) -> Scan:
    """A radar that follows its targets numbers them, but not what is false."""
    said: Sequence[Detection] = [
        structs.replace(one, track=whose + 1) if isinstance(one, PositionDetection) and whose >= 0 else one
        for one, whose in zip(scan.detections, scan.whose, strict=True)
    ]
    return scan._replace(detections=tuple(said))


def _track(pipe: Any, folder: str, begins: Any, lasts: tuple[float, float]) -> None:
    """As a hub: what waits on the bus, and a tick five times a second that lets time pass and asks for all tracks."""
    adapter = Adapter(TrackingTable(), Place(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m, SIGMA_M))
    late_ms: list[float] = []
    arrived = 0
    with zmq.Context() as context:
        bus = BusReceiver(context, Path(folder))
        begins.wait()
        begun_ns = next_tick_ns = time.monotonic_ns()
        from_ns, from_cpu_ns = begun_ns, time.process_time_ns()
        settled = False
        while (now_ns := time.monotonic_ns()) < begun_ns + 2 * LEAD_NS + lasts[0] * 1e9:
            if not settled and now_ns > begun_ns + lasts[1] * 1e9:
                settled, from_ns, from_cpu_ns = True, now_ns, time.process_time_ns()
            bus.socket.poll(max(0, (next_tick_ns - now_ns) // 1_000_000 + 1))
            for _ in range(BATCHES_A_TURN):
                batch = bus.receive()
                if batch is None:
                    break
                said = [one for one in batch if isinstance(one, Detection)]
                if said:
                    adapter.tracker.hurry((time.monotonic_ns() - said[0].t_mono_ns) / 1e9)
                adapter.take(said)
                arrived += len(said)
                if settled and said:
                    late_ms += [(time.monotonic_ns() - said[0].t_mono_ns) / 1e6] * len(said)
                if time.monotonic_ns() > next_tick_ns:
                    break
            if time.monotonic_ns() >= next_tick_ns:
                adapter.tracker.advance(time.monotonic_ns())
                adapter.tracker.tracks()
                next_tick_ns += round(TICK_S * 1e9)
        cpu = (time.process_time_ns() - from_cpu_ns) / (time.monotonic_ns() - from_ns)
        bus.close()
    live = sum(track.state == "confirmed" for track in adapter.tracker.tracks())
    counters = structs.asdict(adapter.tracker.counters)
    pipe.send_bytes(msgspec.msgpack.encode(Spent(cpu, late_ms, live, arrived, counters)))
