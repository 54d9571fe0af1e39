"""What is told in the formats of others: SAPIENT's own corpus, bytes of a track, what a gateway costs, and what Apex finds fault with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from threading import Thread

from edge_node.interop import wardragon
from edge_node.interop.asterix import cat062
from edge_node.interop.cot.tak import to_mesh
from edge_node.interop.cot.tracks import Speaker, events
from edge_node.interop.cot.xml import to_xml
from edge_node.interop.moment import Moment, Names, Station
from edge_node.interop.sapient import proto_json
from edge_node.interop.sapient.codec import encode
from edge_node.interop.sapient.envelope import frame
from edge_node.interop.sapient.tracks import scan
from edge_node.publish.keys import load_or_make
from tools.bench import interop_apex as apex
from tools.bench.acoustic import cpu_s
from tools.bench.figure import Figure
from tools.bench.interop_node import HERE, LINKS_EVERY, flown
from tools.bench.node import pss_mib

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "sapient"
APEX_S = float(os.environ.get("EDGE_NODE_APEX_S", "600"))
APEX_TRACKS, APEX_RATE_HZ = 50, 1.0
LOAD_TRACKS, LOAD_RATE_HZ, WARM_S, LOAD_S = 200, 2.0, 8.0, 20.0
UP_WITHIN_S, END_WITHIN_S = 60.0, 15.0
LEAST_ROUNDS = 2000
MIDDLEWARE = "a8654cdf-4328-47de-81fa-c495589e30c8"
ACK = frame(encode({"timestamp": 0, "node_id": MIDDLEWARE, "registration_ack": {"acceptance": True}}))
"""A fusion node that takes whoever comes."""
START_NS = 1_795_000_000_000_000_000


def figures() -> Iterator[Figure]:
    """All; those of Apex where it is there."""
    yield from corpus()
    yield from sizes()
    yield from load()
    middleware = apex.source()
    if middleware is None:
        print(apex.ABSENT, file=sys.stderr)
    else:
        yield from judged(middleware)


def corpus() -> Iterator[Figure]:
    """How the standard's own examples are sorted (BSI-Flex-335-v2-Test-Harness)."""
    for kind, wrong in (("accepted", False), ("refused", True)):
        texts = [path.read_text(encoding="utf-8-sig") for path in sorted((DATA / kind).iterdir())]
        right = sum(bool(proto_json.problems(text)) is wrong for text in texts)
        if texts:
            yield Figure(f"interop.corpus_{kind}", 100 * right / len(texts), "%", against=f"{len(texts)} messages")


def sizes() -> Iterator[Figure]:
    """Bytes of one state of a track with Remote ID, and what all of them cost to make."""
    station = Station(
        name="bench",
        latitude_deg=HERE.latitude_deg,
        longitude_deg=HERE.longitude_deg,
        altitude_wgs84_m=HERE.altitude_wgs84_m,
        sigma_horizontal_m=HERE.sigma_m,
    )
    names = Names(node8="01234567", epoch=1, started_utc_ns=START_NS)
    moment = Moment(t_utc_ns=START_NS, track=flown(1, START_NS))
    speaker = Speaker(station=station, names=names, now_ns=START_NS, rate_hz=1.0)
    made: dict[str, Callable[[], bytes]] = {
        "sapient": lambda: frame(next(iter(scan([moment], names, START_NS)))),
        "cot": lambda: to_xml(next(iter(events(moment, speaker)))),
        "cot_protobuf": lambda: to_mesh(next(iter(events(moment, speaker)))),
        "asterix": lambda: cat062.record(moment, 1, 1) or b"",
        "wardragon": lambda: wardragon.detection(moment, names) or b"",
    }
    for name, make in made.items():
        yield Figure(f"interop.bytes_{name}", len(make()), "bytes")
    from_s = time.process_time()
    for _ in range(LEAST_ROUNDS):
        for make in made.values():
            make()
    yield Figure("interop.encode_us", (time.process_time() - from_s) / LEAST_ROUNDS * 1e6, "us", against="all five formats of one track")


def load() -> Iterator[Figure]:
    """A gateway that hears 200 tracks twice a second and tells them to a sink of each kind, each with a peer that listens."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        display = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        display.bind(("127.0.0.1", 0))
        tak, fusion = (stack.enter_context(drained(answer)) for answer in (b"", ACK))
        sinks = "".join(
            _sink(kind, to)
            for kind, to in (
                ("cot", f"tcp://127.0.0.1:{tak}"),
                ("asterix", f"udp://127.0.0.1:{display.getsockname()[1]}"),
                ("sapient", f"tcp://127.0.0.1:{fusion}"),
                ("wardragon", f"tcp://127.0.0.1:{_free()}"),
            )
        )
        gateway = stack.enter_context(gateway_and_node(folder, sinks, LOAD_TRACKS, LOAD_RATE_HZ))
        time.sleep(WARM_S)
        before_s, from_s = cpu_s(gateway.pid), time.monotonic()
        time.sleep(LOAD_S)
        spent = (cpu_s(gateway.pid) - before_s) / (time.monotonic() - from_s)
        yield Figure("interop.gateway_cpu", spent, "CPU s per s", against="200 tracks twice a second to four sinks")
        yield Figure("interop.gateway_pss_mib", pss_mib(gateway.pid), "MiB")


def judged(middleware: Path) -> Iterator[Figure]:
    """Apex's own checks of all that a gateway tells it of 50 tracks, from registration to goodbye."""
    with TemporaryDirectory() as name:
        folder, port, page = Path(name), _free(), _free()
        with apex.listening(middleware, folder, port, page):
            _until_open(port)
            sink = _sink("sapient", f"tcp://127.0.0.1:{port}", APEX_RATE_HZ)
            with gateway_and_node(folder, sink, APEX_TRACKS, APEX_RATE_HZ):
                time.sleep(APEX_S)
        told = apex.verdict(folder)
    if told.words:
        print("\n".join(told.words), file=sys.stderr)
    due = (APEX_TRACKS - APEX_TRACKS // LINKS_EVERY) * APEX_RATE_HZ * (APEX_S - WARM_S) * 0.9
    yield Figure("interop.apex_messages", told.reports, "reports", due, "nine tenths of those due")
    yield Figure("interop.apex_faults", told.faults, "faults", against=f"{told.messages} messages in {APEX_S:.0f} s")
    yield Figure("interop.apex_goodbyes", told.goodbyes, "goodbyes")


def _sink(kind: str, to: str, rate_hz: float = LOAD_RATE_HZ) -> str:
    return f'[[sink]]\nkind = "{kind}"\nto = "{to}"\nrate_hz = {rate_hz}\noperator = true\n'


@contextmanager
def gateway_and_node(folder: Path, sinks: str, tracks: int, rate_hz: float) -> Iterator[subprocess.Popen[bytes]]:
    """Both run; at the end the gateway is told to stop, and says goodbye, before the node is."""
    live, state, own = f"tcp://127.0.0.1:{_free()}", folder / "gateway", folder / "node"
    node_key, server_key = load_or_make(own).public, load_or_make(state).public
    text = f"[live]\nbind = '{live}'\nstate_dir = '{state}'\n[[node]]\nname = 'bench'\nkey = '{node_key}'\n{sinks}"
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    gateway = _started("edge_node", "gateway", "-c", str(folder / "gateway.toml"))
    node = _started("tools.bench.interop_node", live, server_key, str(own), str(tracks), str(rate_hz))
    try:
        yield gateway
    finally:
        for process in (gateway, node):
            process.terminate()
            process.wait(END_WITHIN_S)


def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments], stderr=subprocess.DEVNULL)


@contextmanager
def drained(answer: bytes) -> Iterator[int]:
    """The port of a peer that reads all that it is told, and says `answer` when somebody comes."""
    with create_server(("127.0.0.1", 0)) as server:
        Thread(target=_drain, args=(server, answer), daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def _drain(server: socket.socket, answer: bytes) -> None:
    try:
        while True:
            line, _ = server.accept()
            with line:
                line.sendall(answer)
                while line.recv(1 << 16):
                    pass
    except OSError:
        return  # the server was shut down


def _free() -> int:
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _until_open(port: int) -> None:
    """Until somebody listens there; raises TimeoutError."""
    end_s = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < end_s:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nobody listens at port {port}")
