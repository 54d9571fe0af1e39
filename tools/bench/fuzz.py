"""Random and mutated payloads through everything that reads what others send: no exception, no hang, and how fast."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from types import FrameType

from msgspec import Struct

from drivers import hci, mavlink, nmea, nordic_ble, radiotap, sniffle
from drivers.blocks import Medium, RadioFrame
from drivers.h4 import H4
from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.radio.droneid import message as droneid_message
from edge_node.remote_id import astm_f3411, dji_drone_id, french
from edge_node.remote_id.authenticity import Authenticity
from edge_node.remote_id.claims import claims
from edge_node.remote_id.detector import RemoteIdDetector
from tools.bench.figure import Figure
from tools.bench.goal import number
from tools.demo import SCENE, SEED
from tools.simulate import remote_id
from tools.simulate.iq import droneid
from tools.simulate.scene import RemoteId
from tools.simulate.telemetry import Telemetry
from tools.simulate.world import World

PAYLOADS = int(os.environ.get("EDGE_NODE_FUZZ_PAYLOADS", "10_000_000"))
BATCH = 1_000
LEAST_BATCH_S = 0.002
HANG_S = 60
UTC_NS = 1_767_225_600_000_000_000
LONGEST = 400
RADIOTAP_BYTES = 16
FRAME_EVERY_NS = 2_000_000

Decode = Callable[[bytes], object]


class Decoder(Struct, frozen=True):
    """One reader, made anew for each run, and sound payloads to mutate."""

    make: Callable[[], Decode]
    seeds: list[bytes]


class Spent(Struct, frozen=True):
    """What one decoder took: payloads, and CPU seconds of each batch of a thousand."""

    payloads: int
    batches_s: list[float]

    @property
    def rate(self) -> float:
        """Payloads a second of one core's time."""
        return self.payloads / sum(self.batches_s)

    @property
    def slowest(self) -> float:
        """The slowest batch to the median one, or to 2 ms, below which a machine's own hiccups count for more."""
        return max(self.batches_s) / max(median(self.batches_s), LEAST_BATCH_S)


class Hung(Exception):
    """One batch took far too long; the payload is in the notes."""


def figures() -> Iterator[Figure]:
    """All decoders, each with as many payloads; rates go to standard error."""
    spent = run(PAYLOADS)
    for name, one in spent.items():
        sys.stderr.write(f"{name:>12}: {number(one.rate)} payloads/s, slowest batch {one.slowest:.1f} x the median\n")
    yield Figure("fuzz.payloads", sum(one.payloads for one in spent.values()), "payloads", against="without an exception")
    worst = max(spent, key=lambda name: spent[name].slowest)
    slowest = spent[worst]
    usual_s = max(median(slowest.batches_s), LEAST_BATCH_S)
    yield Figure("fuzz.slowest_ms", max(slowest.batches_s) * 1e3, "ms", usual_s * 1e3, f"a usual batch of {worst}")
    tardy = min(spent, key=lambda name: spent[name].rate)
    yield Figure("fuzz.least_rate", spent[tardy].rate, "payloads/s", against=tardy)


def run(payloads: int, seed: int = SEED) -> dict[str, Spent]:
    """Share so many payloads among all decoders; an exception leaves with its payload as a note."""
    rows = decoders()
    batches = -(-payloads // (len(rows) * BATCH))
    return {name: _fuzz(name, decoder, batches, Random(f"{seed}/{name}")) for name, decoder in rows.items()}


def _fuzz(name: str, decoder: Decoder, batches: int, random: Random) -> Spent:
    decode, spent_s = decoder.make(), []
    for _ in range(batches):
        batch = [payload(decoder.seeds, random) for _ in range(BATCH)]
        with _no_hang(name):
            spent_s.append(_decode(name, decode, batch))
    return Spent(batches * BATCH, spent_s)


def _decode(name: str, decode: Decode, batch: list[bytes]) -> float:
    begun_s, data = time.process_time(), b""
    try:
        for data in batch:
            decode(data)
    except Exception as error:
        error.add_note(f"{name}: {data.hex()}")
        raise
    return time.process_time() - begun_s


@contextmanager
def _no_hang(name: str) -> Iterator[None]:
    def end(signal_number: int, frame: FrameType | None) -> None:
        raise Hung(f"{name}: a batch of {BATCH} took more than {HANG_S} s (signal {signal_number}, {frame})")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(HANG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def payload(seeds: list[bytes], random: Random) -> bytes:
    """Noise one time in five, else a sound payload with up to four things wrong, or none."""
    if random.random() < 0.2:
        return random.randbytes(random.randrange(LONGEST))
    data = bytearray(random.choice(seeds))
    for _ in range(random.randrange(5)):
        _MUTATIONS[random.randrange(len(_MUTATIONS))](data, random)
    return bytes(data)


def _flip(data: bytearray, random: Random) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set(data: bytearray, random: Random) -> None:
    if data:
        data[random.randrange(len(data))] = random.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, random.randrange(256)))


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data) + 1) :]


def _drop(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.randrange(1, 9)]


def _insert(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.randbytes(random.randrange(1, 9))


def _repeat(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = data[at : at + random.randrange(1, 60)]


_MUTATIONS = (_flip, _set, _cut, _drop, _insert, _repeat)


def decoders() -> dict[str, Decoder]:
    """Every reader of bytes from the air or a line, and the whole way of a frame to a track."""
    wifi, ble = _heard(remote_id.WIFI), _heard(remote_id.BLE)
    frames = [data[RADIOTAP_BYTES:] for data in wifi]
    pdus = [read.pdu for data in ble if (read := nordic_ble.read(data))]
    reports = [pdu[2:8] + pdu[8:] for pdu in pdus]
    packs, french_loads, dji_loads = _loads()
    mavlinks, lines = _mavlink(packs), [b"$GPGGA,101112.00,5051.0,N,00421.0,E,1,09,0.9,65.0,M,45.0,M,,*5B\r\n"]
    events = [bytes((4, 0x3E, 2 + len(report))) + b"\x02\x01" + report for report in reports if len(report) < 250]
    return {
        "message": Decoder(lambda: _message, [pack[3:28] for pack in packs]),
        "pack": Decoder(lambda: _pack, packs),
        "french": Decoder(lambda: french.decode, french_loads),
        "dji": Decoder(lambda: dji_drone_id.decode, dji_loads),
        "wifi": Decoder(lambda: _Way("wifi").detect, frames),
        "ble": Decoder(lambda: _Way("ble").detect, pdus),
        "ble_report": Decoder(lambda: _Way("ble_report").detect, reports),
        "mavlink": Decoder(lambda: _Way("mavlink").detect, mavlinks),
        "whole_way": Decoder(lambda: _Way("wifi").track, frames),
        "radiotap": Decoder(lambda: radiotap.read, wifi),
        "nordic_ble": Decoder(lambda: nordic_ble.read, ble),
        "h4": Decoder(_h4, events),
        "sniffle": Decoder(_sniffle, [sniffle.command(0x10, pdu) for pdu in pdus]),
        "mavlink_line": Decoder(lambda: mavlink.Mavlink().feed, mavlinks),
        "nmea": Decoder(_nmea, lines),
        "droneid": Decoder(lambda: droneid_message.decode, _droneid()),
    }


def _heard(air: remote_id.Air) -> list[bytes]:
    return [data for _, data in air.frames(_world(), 0.0, 10.0, UTC_NS)]


def _world() -> World:
    return World.load(Path(SCENE), SEED)


def _loads() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Packs, French and DJI loads of every drone of the demo, without their element's first bytes."""
    world = _world()
    told = [Telemetry(world, drone, drone.remote_id or RemoteId(mac="02:00:00:00:00:01"), UTC_NS) for drone in world.scene.drone]
    packs = [one.pack(update) for one in told for update in range(12)]
    return packs, [one.french(1)[4:] for one in told], [one.dji(1)[6:] for one in told]


def _droneid() -> list[bytes]:
    """Blocks of telemetry, and of what OcuSync 4 sends."""
    sound = droneid.telemetry(droneid.Telemetry())
    return [droneid.block(message) for message in (sound, droneid.encrypted("CRYP", b"hash"), droneid.encrypted("INFP", b"hash"))]


def _mavlink(packs: list[bytes]) -> list[bytes]:
    """Frames of MAVLink 2 with every OPEN_DRONE_ID message."""
    numbers = (12900, 12901, 12902, 12903, 12904, 12905, 12915, 12918, 12919)
    loads = [bytes(22) + pack[2:] for pack in packs]
    return [
        bytes((0xFD, len(load) & 0xFF, 0, 0, k & 0xFF, 1, 1)) + numbers[k % len(numbers)].to_bytes(3, "little") + load[:255] + b"\0\0"
        for k, load in enumerate(loads * 3)
    ]


class _Way:
    """Payloads as frames of one medium, to a detector or all the way to a tracker."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._frames = 0
        self._detector, self._authenticity, self._tracker = RemoteIdDetector(), Authenticity(), Tracker(TrackingTable())

    def detect(self, data: bytes) -> object:
        """Frame to claims."""
        self._frames += 1
        t_ns = self._frames * FRAME_EVERY_NS
        extended = self._frames % 2 == 0
        return self._detector.step(RadioFrame(t_ns, self._frames, 0, self._medium, data, rssi_dbm=-60, extended=extended))

    def track(self, data: bytes) -> object:
        """Frame to tracks."""
        frame = RadioFrame((self._frames + 1) * FRAME_EVERY_NS, self._frames, 0, self._medium, data, rssi_dbm=-60)
        self._frames += 1
        for found in self._detector.step(frame):
            self._tracker.update(self._authenticity.judge(found, UTC_NS + found.t_mono_ns, None))
        return self._tracker.advance(frame.t_mono_ns) if self._frames % BATCH == 0 else None


def _message(data: bytes) -> object:
    message = astm_f3411.decode_message(data)
    return claims([message]) if message else None


def _pack(data: bytes) -> object:
    return claims(astm_f3411.decode_pack(data).messages)


def _h4() -> Decode:
    events, advertising = H4(hci.plausible), hci.Advertising()
    return lambda data: [advertising.frames(event, 0) for event in events.feed(data)]


def _sniffle() -> Decode:
    lines = sniffle.Lines()
    return lambda data: [sniffle.packet(said) for said in lines.feed(data)]


def _nmea() -> Decode:
    receiver = nmea.Nmea()
    return lambda data: receiver.feed(data, 0)
