"""Every transport of the simulated Remote ID, by an independent reader and by the node's own."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers import nordic_ble as driver
from drivers.blocks import RadioFrame
from drivers.recording import Recording
from edge_node.geometry import distance_m
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.detector import RemoteIdDetector
from tools.simulate import nordic_ble
from tools.simulate import scene as scenes
from tools.simulate.beacon import TU_S
from tools.simulate.remote_id import BLE, WIFI, Air, write_pcap
from tools.simulate.scene import Circle, Drone, NodePose, Operator, RemoteId, Scene, Transport
from tools.simulate.telemetry import GEOID_SEPARATION_M
from tools.simulate.world import World

UTC_NS = 1_773_483_072 * 10**9
SECONDS = 20.0
RID = RemoteId(mac="02:00:5e:00:00:11", serial="TST0BALLOF000001", self_id="words", ssid="RID-TST0BALLOF000001")
DRONE = Drone(
    name="all",
    path=Circle(east_m=60.0, north_m=80.0, height_m=50.0, radius_m=40.0, speed_mps=8.0),
    operator=Operator(east_m=10.0, north_m=20.0, id="BELtest00000110a"),
)
NODE = NodePose(latitude_deg=50.85, longitude_deg=4.35, ground_wgs84_m=65.0, mast_m=12.0)


def world(*transports: Transport, **more: object) -> World:
    return World(Scene(name="x", node=NODE, drone=(replace(DRONE, remote_id=replace(RID, transports=transports, **more)),)), 3)


def heard(path: Path, air: Air, *transports: Transport, **more: object) -> tuple[list[RadioFrame], list[RemoteIdDetection]]:
    """The frames as a node's driver hands them over, and what its detector makes of them."""
    write_pcap(world(*transports, **more), path, 0.0, SECONDS, UTC_NS, air=air)
    detector = RemoteIdDetector()
    with Recording(path, "fast") as recording:
        frames = [block for block in recording.blocks() if isinstance(block, RadioFrame)]
        return frames, [found for frame in frames for found in detector.step(frame)]


def tshark(path: Path, *fields: str) -> list[list[str]]:
    if not (program := shutil.which("tshark")):
        pytest.skip("needs tshark, an independent reader")
    asked = [word for field in (*fields, "_ws.malformed") for word in ("-e", field)]
    said = subprocess.run([program, "-r", path, "-T", "fields", *asked], capture_output=True, text=True, check=True).stdout
    rows = [row.split("\t") for row in said.splitlines()]
    assert not any(row[-1] for row in rows)
    return rows


def sequences(frames: Sequence[RadioFrame]) -> list[int]:
    return [int.from_bytes(frame.data[22:24], "little") >> 4 for frame in frames]


@pytest.mark.parametrize("transport", ["wifi_beacon", "wifi_nan", "ble_legacy", "ble_extended", "french_beacon", "dji_beacon"])
def test_each_transport_is_read_as_what_it_is_and_where_it_is(tmp_path: Path, transport: Transport) -> None:
    air = BLE if transport.startswith("ble") else WIFI
    _, found = heard(tmp_path / "air.pcap", air, transport)
    assert len(found) > SECONDS
    assert {one.transport for one in found} == {transport}
    assert not any(one.damaged for one in found)
    here = world(transport)
    placed = [one for one in found if one.latitude_deg is not None and one.longitude_deg is not None]
    assert placed
    for one in placed:
        truth = here.truth_of(here.scene.drone[0], (one.t_mono_ns - found[0].t_mono_ns) / 1e9)
        assert distance_m(one.latitude_deg or 0, one.longitude_deg or 0, truth.latitude_deg, truth.longitude_deg) < 25
    assert any(RID.serial in uas_id.value for one in found for uas_id in one.ids)


def test_dji_and_french_say_the_same_aircraft(tmp_path: Path) -> None:
    _, found = heard(tmp_path / "air.pcap", WIFI, "french_beacon", "dji_beacon")
    altitudes = {}
    for one in found:
        assert one.take_off_latitude_deg == pytest.approx(50.8518, abs=1e-3)
        assert one.take_off_longitude_deg == pytest.approx(4.3509, abs=1e-3)
        assert one.height_m == pytest.approx(50, abs=2)
        assert one.speed_mps == pytest.approx(8, abs=2)
        altitudes.setdefault(one.transport, one)
    dji = altitudes["dji_beacon"]
    truth = world("dji_beacon").truth(0.0)[0]
    assert dji.operator_latitude_deg == pytest.approx(truth.operator_latitude_deg, abs=1e-5)
    assert dji.operator_longitude_deg == pytest.approx(truth.operator_longitude_deg, abs=1e-5)
    assert GEOID_SEPARATION_M == 45.0


def test_nan_is_built_as_an_independent_reader_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "air.pcap"
    write_pcap(world("wifi_nan"), path, 0.0, SECONDS, UTC_NS)
    rows = tshark(path, "wlan.fc.type_subtype", "wlan.da", "wlan.bssid", "nan.attribute.type", "nan.service_id")
    syncs, discoveries = ([row for row in rows if int(row[0], 16) == kind] for kind in (8, 13))
    assert len(rows) == len(syncs) + len(discoveries)
    assert abs(len(syncs) - SECONDS / (512 * TU_S)) <= 2
    assert len(syncs) == len(discoveries)
    assert {tuple(row[3:5]) for row in syncs} == {("0,1,2", "88:69:19:9d:92:09")}
    assert {tuple(row[3:5]) for row in discoveries} == {("3,14", "88:69:19:9d:92:09")}
    assert {row[1] for row in discoveries} == {"51:6f:9a:01:00:00"}
    (cluster,) = {row[2] for row in rows}
    assert cluster.startswith("50:6f:9a:01:")


def test_bluetooth_is_built_as_an_independent_reader_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "air.pcap"
    write_pcap(world("ble_legacy", "ble_extended"), path, 0.0, SECONDS, UTC_NS, air=BLE)
    rows = tshark(path, "btle.advertising_header.pdu_type", "nordic_ble.channel", "nordic_ble.crcok", "btcommon.eir_ad.entry.uuid_16")
    assert {row[2] for row in rows} <= {"1", "True"}
    kinds = Counter((int(row[0], 16), int(row[1]) >= 37, row[3]) for row in rows)
    events = round(SECONDS / RID.ble_interval_s)
    assert set(kinds) == {(2, True, "0xfffa"), (7, True, ""), (7, False, "0xfffa")}
    assert all(abs(count - events) <= 1 for count in kinds.values())


def test_the_check_sum_is_that_of_a_real_capture(shared_data: Path) -> None:
    """A real sniffer marked 244 of these 274 as sound."""
    from drivers import pcap  # noqa: PLC0415 -- only here

    capture = (shared_data / "remote_id" / "odid_bt5_lr_sample.pcapng").read_bytes()
    records = [data for _, _, data, _ in pcap.walk(capture).feed(capture)]
    sound = [(read := driver.read(data)) is not None and read.intact for data in records]
    assert [nordic_ble.crc(data[22:-3]) == data[-3:] for data in records] == sound
    assert sum(sound) == 244


def test_one_device_counts_all_its_frames_with_one_counter(tmp_path: Path) -> None:
    frames, _ = heard(tmp_path / "air.pcap", WIFI, "wifi_beacon", "wifi_nan", "french_beacon", beacon_interval_tu=160, eirp_dbm=60.0)
    steps = Counter((after - before) % 4096 for before, after in pairwise(sequences(frames)))
    assert set(steps) == {1}
    assert {frame.data[10:16].hex(":") for frame in frames} == {RID.mac}
    assert {frame.data[0] for frame in frames} == {0x80, 0xD0}


def test_bluetooth_has_a_random_static_address_of_its_own(tmp_path: Path) -> None:
    _, found = heard(tmp_path / "air.pcap", BLE, "ble_legacy", "ble_extended")
    (address,) = {one.transmitter for one in found}
    assert address != RID.mac
    assert int(address[:2], 16) >= 0xC0


def test_legacy_bluetooth_says_everything_in_turn(tmp_path: Path) -> None:
    _, found = heard(tmp_path / "air.pcap", BLE, "ble_legacy")
    said = Counter(
        name for one in found for name in ("ids", "latitude_deg", "self_id", "operator_latitude_deg", "operator_id") if getattr(one, name)
    )
    assert said["latitude_deg"] == pytest.approx(len(found) / 2, abs=1)
    assert min(said.values()) >= len(found) / 8 - 1


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for air in (WIFI, BLE):
        write_pcap(world("wifi_nan", "ble_extended"), tmp_path / "one", 0.0, 5.0, UTC_NS, air=air)
        write_pcap(world("wifi_nan", "ble_extended"), tmp_path / "two", 0.0, 5.0, UTC_NS, air=air)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        parts = [frame for start in range(5) for frame in air.frames(world("wifi_nan", "ble_extended"), start, start + 1, UTC_NS)]
        assert parts == list(air.frames(world("wifi_nan", "ble_extended"), 0.0, 5.0, UTC_NS))


def test_a_transport_that_nobody_has_is_refused_in_words(tmp_path: Path) -> None:
    text = (Path(scenes.__file__).parent / "scenes" / "demo.toml").read_text(encoding="utf-8")
    (tmp_path / "scene.toml").write_text(text.replace('"wifi_nan"', '"wifi_non"'))
    with pytest.raises(scenes.SceneError, match="wifi_non"):
        World.load(tmp_path / "scene.toml", 1)
