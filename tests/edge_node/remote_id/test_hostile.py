"""Real frames bent at random, and floods of invented transmitters: nothing is raised, nothing grows."""

from __future__ import annotations

import json
import random
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from drivers.blocks import RadioFrame
from drivers.recording import Recording
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import (
    ASTM,
    advertisement,
    basic_id,
    beacon,
    element,
    extended_advertisement,
    heard,
    heard_ble,
    location,
    message_pack,
    service_data,
)
from tests.edge_node.remote_id.test_authentication import SET, as_sent
from tests.edge_node.remote_id.test_drip import AIRCRAFT
from tests.edge_node.remote_id.test_mavlink import FRAMES as MAVLINK

CAPTURES = ("odid_wifi_sample.pcap", "odid_bt5_lr_sample.pcapng", "mavic_multiple_spoofed.pcapng", "odid_wifi_bcn_sample.pcap")
MUTATIONS = 20_000


def real_frames(shared_data: Path) -> list[RadioFrame]:
    """Frames of every medium, most of them recorded."""
    frames = [RadioFrame(0, 0, 0, "mavlink", bytes.fromhex(data)) for data in MAVLINK.values()]
    for name in CAPTURES:
        with Recording(shared_data / "remote_id" / name, pace="fast") as recording:
            frames += [block for block in recording.blocks() if isinstance(block, RadioFrame)][:60]
    with (shared_data / "remote_id" / "odid_vectors.jsonl").open() as lines:
        vectors = [json.loads(line) for line in lines]
    frames += [heard(bytes.fromhex(vector["hex"])) for vector in vectors if vector["kind"].startswith("wifi")]
    frames += [
        RadioFrame(0, 0, 0, "ble_report", bytes(6) + bytes.fromhex(vector["hex"])) for vector in vectors if vector["kind"] == "ble_advdata"
    ]
    return frames


def bent(data: bytes, chance: random.Random) -> bytes:
    """A frame with a few bytes changed, doubled, cut out or cut off."""
    bytes_ = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(bytes_) + 1)
        match chance.randrange(4):
            case 0:
                bytes_[at : at + 1] = bytes((chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))),))
            case 1:
                bytes_[at:at] = bytes_[at : at + chance.randint(1, 30)]
            case 2:
                del bytes_[at : at + chance.randint(1, 30)]
            case _:
                del bytes_[max(at, 1) :]
    return bytes(bytes_)


@pytest.mark.parametrize("keys", [{}, {AIRCRAFT.tag: AIRCRAFT.key}], ids=["trusting nobody", "trusting somebody"])
def test_real_frames_bent_at_random_are_read_or_not(shared_data: Path, keys: dict[bytes, bytes]) -> None:
    chance = random.Random(3411)
    frames = real_frames(shared_data)
    detector = RemoteIdDetector(keys)
    found = 0
    for number in range(MUTATIONS):
        frame = chance.choice(frames)
        for said in detector.step(replace(frame, t_mono_ns=number * 1_000_000, data=bent(frame.data, chance), intact=True)):
            found += 1
            assert msgspec.json.decode(msgspec.json.encode(said), type=RemoteIdDetection) == said
            assert len(said.ids) <= 36
            assert said.latitude_deg is None or -90 <= said.latitude_deg <= 90
            assert said.longitude_deg is None or -180 <= said.longitude_deg <= 180
            assert said.direction_deg is None or 0 <= said.direction_deg <= 360
    assert found > MUTATIONS / 10


def invented(number: int) -> list[RadioFrame]:
    """What one invented aircraft sends, over every carrier that keeps something."""
    address = b"\x02\x99" + number.to_bytes(4, "big")
    wifi = beacon(element(ASTM + b"\x01" + message_pack(basic_id(str(number).encode()), location(), as_sent(SET[number % 3]))))
    legacy = advertisement(service_data(b"\x01" + as_sent(SET[number % 3])))
    train = extended_advertisement(service_data(b"\x01" + message_pack(location()))[:60], adi=number & 0xFFFF, next_us=200_000)
    return [
        heard(wifi[:10] + address + wifi[16:]),
        heard_ble(legacy[:2] + address + legacy[8:], t_mono_ns=number * 1_000_000),
        heard_ble(train[:4] + address + train[10:], t_mono_ns=number * 1_000_000),
    ]


def test_a_flood_of_invented_aircraft_leaves_memory_flat() -> None:
    detector = RemoteIdDetector({AIRCRAFT.tag: AIRCRAFT.key})
    tracemalloc.start()
    try:
        grown = []
        for begin in (0, 3_000, 6_000):
            for number in range(begin, begin + 3_000):
                for frame in invented(number):
                    detector.step(frame)
            grown.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert grown[2] < 1.1 * grown[1]
    assert grown[2] < 12_000_000
    assert detector.words().startswith("1000 or more aircraft heard")
