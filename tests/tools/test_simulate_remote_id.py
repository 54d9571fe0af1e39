"""The Remote ID maker against readers of its own and of the node, and against the truth that it was made from."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.recording import Recording
from edge_node.geometry import LocalFrame
from edge_node.remote_id import astm_f3411
from edge_node.remote_id import astm_messages as read
from tools.simulate import astm_encoder as astm
from tools.simulate import scene as scenes
from tools.simulate.free_space import Frame
from tools.simulate.pcap import PcapPipe
from tools.simulate.remote_id import frames, play, write_pcap
from tools.simulate.telemetry import HORIZONTAL_M
from tools.simulate.world import World

DEMO = Path(__file__).parents[2] / "tools/simulate/scenes/demo.toml"
UTC_NS = 1_773_483_072 * 10**9
RADIOTAP_BYTES, MAC_HEADER_BYTES = 16, 24
ELEMENT = b"\xfa\x0b\xbc\x0d"


@pytest.fixture(scope="module")
def world() -> World:
    """The demo's first six drones, by their beacons alone."""
    scene = scenes.load(DEMO)
    beacons = ("wifi_beacon",)
    drones = tuple(replace(drone, remote_id=replace(drone.remote_id, transports=beacons)) for drone in scene.drone[:6] if drone.remote_id)
    return World(replace(scene, drone=drones, spoofer=()), 7)


@pytest.fixture(scope="module")
def minute(world: World) -> list[Frame]:
    return list(frames(world, 0.0, 60.0, UTC_NS))


def by_transmitter(heard: list[Frame]) -> dict[bytes, list[Frame]]:
    sorted_out = defaultdict(list)
    for t_s, data in heard:
        sorted_out[data[RADIOTAP_BYTES + 10 : RADIOTAP_BYTES + 16]].append((t_s, data))
    return sorted_out


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = RADIOTAP_BYTES + MAC_HEADER_BYTES + 12
    while offset < len(data):
        number, length = data[offset], data[offset + 1]
        yield number, data[offset + 2 : offset + 2 + length]
        offset += 2 + length
    assert offset == len(data)


def messages(data: bytes) -> dict[int, bytes]:
    """Message kind to its 25 bytes, by another reading than the node's."""
    (payload,) = [content for number, content in elements(data) if number == 221 and content.startswith(ELEMENT)]
    kind, size, count = payload[5:8]
    assert (kind >> 4, size, len(payload)) == (0xF, 25, 8 + 25 * count)
    return {payload[start] >> 4: payload[start : start + 25] for start in range(8, len(payload), 25)}


def test_frames_come_in_order_and_the_same_however_asked(world: World, minute: list[Frame]) -> None:
    times = [t_s for t_s, _ in minute]
    assert times == sorted(times)
    parts = [frame for start in range(0, 60, 15) for frame in frames(world, start, start + 15, UTC_NS)]
    assert parts == minute


def test_header_is_a_beacon_with_its_channel(minute: list[Frame]) -> None:
    channels = set()
    for _, data in minute:
        _, _, length, present, flags, _, mhz, _, rssi_dbm = struct.unpack_from("<BBHIBBHHb", data)
        assert (length, present, flags) == (RADIOTAP_BYTES, 0x82E, 0)
        assert -92 <= rssi_dbm < -40
        assert data[RADIOTAP_BYTES : RADIOTAP_BYTES + 10] == b"\x80\x00\x00\x00" + b"\xff" * 6
        assert next(elements(data))[0] == 0
        channels.add(mhz)
    assert channels == {2412, 2437, 2462, 5180, 5745}


def test_each_transmitter_counts_and_keeps_time_as_a_genuine_one(minute: list[Frame]) -> None:
    heard = by_transmitter(minute)
    assert len(heard) == 6
    for sent in heard.values():
        counts = [struct.unpack_from("<H", data, RADIOTAP_BYTES + 22)[0] >> 4 for _, data in sent]
        steps = [(after - before) % 4096 for before, after in pairwise(counts)]
        assert set(steps) <= {1, 2, 3}
        tsf = [struct.unpack_from("<Q", data, RADIOTAP_BYTES + 24)[0] for _, data in sent]
        rate = (tsf[-1] - tsf[0]) / (sent[-1][0] - sent[0][0]) / 1e6
        assert 0 < abs(rate - 1) < 11e-6
    assert len({data[RADIOTAP_BYTES + 22 : RADIOTAP_BYTES + 32] for sent in heard.values() for _, data in sent[:1]}) == 6


def test_loudness_follows_range(world: World, minute: list[Frame]) -> None:
    (late,) = [sent for mac, sent in by_transmitter(minute).items() if mac[-1] == 6]
    rssi = {t_s: struct.unpack_from("b", data, 14)[0] for t_s, data in late}
    drone = world.scene.drone[-1]
    near = [level for t_s, level in rssi.items() if world.truth_of(drone, t_s).range_m < 400]
    far = [level for t_s, level in rssi.items() if world.truth_of(drone, t_s).range_m > 1000]
    assert sum(near) / len(near) > sum(far) / len(far) + 6


def test_parrot_like_sends_location_alone_two_updates_of_three(minute: list[Frame]) -> None:
    kinds = [tuple(messages(data)) for _, data in by_transmitter(minute)[bytes.fromhex("02347f066e04")]]
    assert set(kinds) == {(1,), (0, 1, 4, 5)}
    assert 0.6 < kinds.count((1,)) / len(kinds) < 0.72


def test_claims_stay_within_their_accuracy_and_time(world: World, minute: list[Frame]) -> None:
    for mac, sent in by_transmitter(minute).items():
        drone = world.scene.drone[mac[-1] - 1]
        assert drone.remote_id is not None
        within = []
        for t_s, data in sent:
            said = messages(data)[1]
            latitude, longitude = struct.unpack_from("<ii", said, 5)
            tenths = struct.unpack_from("<H", said, 21)[0]
            age_s = (UTC_NS / 1e9 + t_s - tenths / 10) % 3600
            assert 0.1 < age_s < 0.3 + drone.remote_id.update_s
            truth = world.truth_of(drone, t_s - age_s)
            here = LocalFrame(truth.latitude_deg, truth.longitude_deg, truth.altitude_wgs84_m)
            east, north, _ = here.to_enu(latitude / 1e7, longitude / 1e7, truth.altitude_wgs84_m)
            blur_m = 0.1 * hypot(truth.velocity_east_mps, truth.velocity_north_mps)
            within.append(hypot(east, north) <= HORIZONTAL_M[drone.remote_id.horizontal_accuracy] + blur_m)
            assert said[19] & 0x0F == drone.remote_id.horizontal_accuracy
        assert sum(within) / len(within) > 0.9


def test_hostile_directions_and_speeds_are_coded_as_the_standard_has_them() -> None:
    def coded(**said: float) -> tuple[int, ...]:
        return tuple(astm.location(2, astm.Location(**said))[1:5])

    assert coded(direction_deg=0, speed_mps=63.75, vertical_speed_mps=-2) == (0x20, 0, 255, 252)
    assert coded(direction_deg=180, speed_mps=64.5, vertical_speed_mps=2) == (0x23, 0, 1, 4)
    assert coded(direction_deg=359.6, speed_mps=400, vertical_speed_mps=90) == (0x21, 0, 254, 124)
    assert coded() == (0x23, 181, 255, 126)


near = st.floats(-1000, 1000)
LOCATION = st.builds(
    astm.Location,
    status=st.integers(0, 4),
    height_above_ground=st.booleans(),
    direction_deg=st.none() | st.floats(0, 360),
    speed_mps=st.none() | st.floats(0, 254),
    vertical_speed_mps=st.none() | st.floats(-62, 62),
    latitude_deg=st.floats(-90, 90),
    longitude_deg=st.floats(0.1, 180) | st.floats(-180, -0.1),
    altitude_baro_m=st.none() | st.floats(-999, 31_000),
    altitude_wgs84_m=st.none() | st.floats(-999, 31_000),
    height_m=st.none() | st.floats(-999, 31_000),
    horizontal_accuracy=st.integers(0, 12),
    vertical_accuracy=st.integers(0, 6),
    speed_accuracy=st.integers(0, 4),
    timestamp_s=st.none() | st.floats(0, 3599.8),
    timestamp_accuracy_s=st.none() | st.floats(0.1, 1.5),
)


def close(got: float | None, said: float | None, step: float) -> bool:
    return got is said is None or (got is not None and said is not None and abs(got - said) <= step + 1e-6)


@settings(deadline=None)
@given(said=LOCATION)
def test_location_comes_back_within_its_steps(said: astm.Location) -> None:
    (got,) = astm_f3411.decode_pack(astm.pack(2, [astm.location(2, said)])).messages
    assert isinstance(got, read.Location)
    assert close(got.latitude_deg, said.latitude_deg, 5e-8)
    assert close(got.longitude_deg, said.longitude_deg, 5e-8)
    for name in ("altitude_baro_m", "altitude_wgs84_m", "height_m"):
        assert close(getattr(got, name), getattr(said, name), 0.25)
    assert close(got.speed_mps, said.speed_mps, 0.125 if (said.speed_mps or 0) < 63.8 else 0.375)
    assert close(got.vertical_speed_mps, said.vertical_speed_mps, 0.25)
    assert close(got.timestamp_s, said.timestamp_s, 0.1)
    if said.direction_deg is None or got.direction_deg is None:
        assert got.direction_deg is said.direction_deg is None
    else:
        assert cos(radians(got.direction_deg - said.direction_deg)) >= cos(radians(0.51))


TEXT = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)


SYSTEM = st.builds(
    astm.System,
    operator_location=st.integers(0, 2),
    latitude_deg=st.floats(0.1, 90),
    longitude_deg=st.floats(-180, -0.1),
    altitude_wgs84_m=st.none() | st.floats(-999, 9000),
    eu_category=st.integers(0, 3),
    eu_class=st.integers(0, 7),
    utc_s=st.integers(1_600_000_000, 2_000_000_000),
)


@settings(deadline=None)
@given(serial=TEXT, operator=TEXT, place=SYSTEM)
def test_other_messages_come_back(serial: str, operator: str, place: astm.System) -> None:
    sent = [astm.basic_id(2, 1, 2, serial.encode()), astm.self_id(2, 0, operator), astm.system(2, place), astm.operator_id(2, operator)]
    basic, text, system, owner = astm_f3411.decode_pack(astm.pack(2, sent)).messages
    assert basic == read.BasicId(2, 1, 2, serial.encode().ljust(20, b"\0"))
    assert text == read.SelfId(2, 0, operator.encode().ljust(23, b"\0"))
    assert owner == read.OperatorId(2, 0, operator.encode().ljust(20, b"\0"))
    assert isinstance(system, read.System)
    assert close(system.operator_latitude_deg, place.latitude_deg, 5e-8)
    assert close(system.operator_longitude_deg, place.longitude_deg, 5e-8)
    assert close(system.operator_altitude_wgs84_m, place.altitude_wgs84_m, 0.25)
    assert (system.operator_location, system.utc_s, system.classification) == (place.operator_location, place.utc_s, place.eu_category > 0)
    assert (system.category_eu, system.class_eu) == ((place.eu_category, place.eu_class) if place.eu_category else (0, 0))
    assert (system.area_count, system.area_radius_m, system.area_ceiling_m, system.area_floor_m) == (1, 0, None, None)


@pytest.mark.parametrize("utc_s", [0, 2**40])
def test_clock_that_was_never_set_is_clamped(utc_s: int) -> None:
    assert struct.unpack_from("<I", astm.system(2, astm.System(utc_s=utc_s)), 20)[0] in {0, 2**32 - 1}


def test_pack_has_one_to_nine_messages() -> None:
    for count in (0, 10):
        with pytest.raises(ValueError, match="1 to 9"):
            astm.pack(2, [bytes(25)] * count)


def test_file_reads_back_through_the_driver(world: World, minute: list[Frame], tmp_path: Path) -> None:
    path = tmp_path / "air.pcap"
    assert write_pcap(world, path, 0.0, 60.0, UTC_NS) == len(minute)
    with Recording(path, "fast") as recording:
        got = [block for block in recording.blocks() if block is not None]
        assert recording.t_utc_start_ns == pytest.approx(UTC_NS + minute[0][0] * 1e9, abs=1_000)
    assert [block.data for block in got] == [data[RADIOTAP_BYTES:] for _, data in minute]
    assert [block.rssi_dbm for block in got] == [struct.unpack_from("b", data, 14)[0] for _, data in minute]


def test_tshark_reads_the_same(world: World, minute: list[Frame], tmp_path: Path) -> None:
    if not (tshark := shutil.which("tshark")):
        pytest.skip("needs tshark, an independent reader of 802.11")
    write_pcap(world, tmp_path / "air.pcap", 0.0, 60.0, UTC_NS)
    said = subprocess.run(
        [tshark, "-r", tmp_path / "air.pcap", "-T", "fields", "-e", "wlan.seq", "-e", "_ws.malformed"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [row.split("\t") for row in said.stdout.splitlines()]
    assert [row[0] for row in rows] == [str(struct.unpack_from("<H", data, RADIOTAP_BYTES + 22)[0] >> 4) for _, data in minute]
    assert not any(row[1] for row in rows)


def read_pipe(path: Path, at_least: int) -> bytes:
    """What a reader gets from the pipe before it goes away again."""
    until_s, got = time.monotonic() + 10, b""
    fd = os.open(path, os.O_RDONLY)
    try:
        while len(got) < at_least and time.monotonic() < until_s:
            got += os.read(fd, 65_536)
    finally:
        os.close(fd)
    return got


def test_play_keeps_pace_with_the_clock(world: World, tmp_path: Path) -> None:
    pipe, stop, outcome = tmp_path / "air", threading.Event(), []
    os.mkfifo(pipe)
    begun_s = time.time()
    player = threading.Thread(target=lambda: outcome.append(play(world, pipe, 30.0, stop)))
    player.start()
    try:
        got = read_pipe(pipe, 5_000)
    finally:
        stop.set()
        player.join()
    magic, *_, link_type = struct.unpack_from("<IHHiIII", got)
    assert (magic, link_type) == (0xA1B2C3D4, 127)
    assert begun_s - 1 < struct.unpack_from("<I", got, 24)[0] < time.time() + 1
    (played,) = outcome
    assert played.readers == 1
    assert played.written > 5


def test_pipe_begins_anew_for_each_reader(tmp_path: Path) -> None:
    path = tmp_path / "air"
    os.mkfifo(path)
    pipe = PcapPipe(path, 127)
    for _ in range(2):
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        assert pipe.write(UTC_NS, b"frame")
        assert struct.unpack("<IHHiIIIIIII5s", os.read(fd, 1_000))[0] == 0xA1B2C3D4
        os.close(fd)
        assert not pipe.write(UTC_NS, b"unread")
    pipe.close()
    assert (pipe.readers, pipe.written, pipe.unread) == (2, 2, 2)


def test_pipe_never_waits_for_a_reader_that_sleeps(tmp_path: Path) -> None:
    path = tmp_path / "air"
    pipe = PcapPipe(path, 127)
    assert not pipe.write(UTC_NS, bytes(300))
    os.mkfifo(path)
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        wrote = [pipe.write(UTC_NS, bytes(300)) for _ in range(1000)]
        assert wrote[0]
        assert not wrote[-1]
        kept = os.read(fd, 1 << 20)
        assert len(kept) == 24 + 316 * sum(wrote)
    finally:
        os.close(fd)
        pipe.close()
        pipe.close()
    assert (pipe.written, pipe.unread) == (sum(wrote), 1001 - sum(wrote))
