"""A node that flies a drone and hears another on a real live plane, and a gateway that hears it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from socket import create_server
from threading import Event, Thread

import zmq
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.gateway.run import gateway
from edge_node.gateway.settings import LiveTable, NodeTable, Settings, SinkTable
from edge_node.messages import Coverage, NodeStatus, SensorStatus, Track
from edge_node.publish.keys import KeyPair, load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.wire import Place
from edge_node.timebase import Timebase
from tests.edge_node.interop.scene import flown, heard, linked

PLACE = Place(source="gnss", latitude_deg=56.9496, longitude_deg=24.1052, altitude_wgs84_m=35.0, sigma_m=2.0)
EARS = Coverage(t_mono_ns=0, sensor="ears", sense="sound", reach_m=300.0, probability=0.9, latency_s=2.0)
TURN_S = 0.02


def new_keys() -> KeyPair:
    """A pair that lives in memory."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


def free_port() -> int:
    """A port that nobody has."""
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def tracks(now_ns: int, zone: bool) -> list[Track]:
    """A drone with Remote ID, one that is heard, a radio link, and one that nobody believes yet."""
    first = replace(flown(1), cooperation="in_restricted_zone", cooperation_reason="airport") if zone else flown(1)
    told = (first, heard(1), replace(linked(1), emission=linked(1).emission), replace(flown(1), number=9, state="tentative"))
    return [replace(one, t_mono_ns=now_ns, first_seen_mono_ns=now_ns - 10**9, last_seen_mono_ns=now_ns) for one in told]


class Flying:
    """What a test may change while the node flies."""

    def __init__(self) -> None:
        self.zone = False


@contextmanager
def node(endpoint: str, server_key: str, keys: KeyPair) -> Iterator[Flying]:
    """A node that says everything ten times a second, in a thread of its own."""
    stop, flying = Event(), Flying()
    thread = Thread(target=_fly, args=(endpoint, server_key, keys, stop, flying))
    thread.start()
    try:
        yield flying
    finally:
        stop.set()
        thread.join()


def _fly(endpoint: str, server_key: str, keys: KeyPair, stop: Event, flying: Flying) -> None:
    table = C2Table(
        live=endpoint, server_key=server_key, rate_hz=10, confirmed_rate_hz=10, heartbeat_s=0.2, handshake_s=1, status_every_s=1
    )
    hub = SensorStatus(name="hub", driver="", state="running", sentence="", since_mono_ns=0, restarts=0, pid=1)
    with zmq.Context() as context:
        publisher = LivePublisher(table, keys, context)
        try:
            while not stop.wait(TURN_S):
                now_ns = time.monotonic_ns()
                clock = Timebase(time.time_ns() - now_ns, "gnss", 0.004)
                publisher.service(now_ns)
                publisher.publish_tracks(tracks(now_ns, flying.zone), clock, now_ns)
                sensors = (replace(hub, name="ears"),)
                status = NodeStatus(
                    name="roof", verdict="green", sentence="well", sensors=sensors, hub=hub, t_mono_ns=now_ns, coverage=(EARS,)
                )
                publisher.publish_status(status, reports={}, place=PLACE, counters={}, clock=clock, now_mono_ns=now_ns)
        finally:
            publisher.close()


@asynccontextmanager
async def gateway_of(folder: Path, *sinks: SinkTable, let_in: bool = True) -> AsyncIterator[Flying]:
    """A gateway with these sinks, and a node that it hears, unless another one is let in."""
    keys, ready = new_keys(), asyncio.get_running_loop().create_future()
    named = keys if let_in else new_keys()
    settings = Settings(LiveTable("tcp://127.0.0.1:*", folder / "gateway"), (NodeTable("roof", named.public),), sinks)
    task = asyncio.create_task(gateway(settings, ready.set_result))
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if task.done():
            task.result()
        with node(await ready, load_or_make(folder / "gateway").public, keys) as flying:
            yield flying
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
