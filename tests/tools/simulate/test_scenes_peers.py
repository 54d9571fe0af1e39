"""Scenes' signals as independent readers take them: pyroomacoustics, tshark, pynmea2, and DroneID's own checksums."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import islice
from pathlib import Path
from struct import unpack_from

import numpy as np
import pynmea2
import pyroomacoustics as pra
import pytest
from msgspec.structs import replace

from edge_node.geometry import distance_m
from edge_node.radio.droneid.receiver import DroneIdReceiver
from tools.simulate import gnss, remote_id, soundscape
from tools.simulate.acoustics import enu_m
from tools.simulate.antenna import of_world
from tools.simulate.flyers import turned
from tools.simulate.iq import mixer
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.propagation import speed_of_sound_mps
from tools.simulate.trip import Going
from tools.simulate.world import World

SCENES = Path(__file__).parents[3] / "tools/simulate/scenes"
WINDOW, REACH, BAND_HZ, WITHIN_DEG = 512, 768, [700, 5500], 1.0
UTC_NS = 1_767_225_600 * 10**9
DRONEID_M = 4.0
"""The decoder takes a degree as 174533, as those do who publish places, not 174532.925: 2.4 m at 50 degrees. Steps are 0.6 m."""
PLUGIN = "EDGE_NODE_ODID_DISSECTOR"
"""Names the Lua file of Open Drone ID's own dissector for Wireshark."""


def still(name: str, node: str, only: str) -> World:
    """A scene's node with one drone alone in air that does not move, over ground that reflects nothing, and microphones without noise."""
    world = World.load(SCENES / f"{name}.toml", 3).of_post(node)
    scene = world.scene
    quiet = replace(scene.weather, wind_mps=0.0, ambience_db_spl=-40.0, ground_flow_resistivity=None)
    drones = tuple(drone for drone in scene.drone if drone.name == only)
    ears = scene.microphones and replace(scene.microphones, self_noise_db_spl=-40.0)
    told = replace(scene, weather=quiet, microphones=ears, drone=drones, other=(), fault=(), sky=replace(scene.sky, rain_mm_h=0.0))
    return World(told, world.seed, world.ground)


def found(block: np.ndarray, places: np.ndarray, rate_hz: int, celsius: float) -> np.ndarray:
    """The unit vector (3,) that SRP-PHAT points to: a grid of 4 degrees, then one of 0.4 about the best."""
    spectra = pra.transform.stft.analysis(block, WINDOW, WINDOW // 2, win=np.hanning(WINDOW)).transpose(2, 1, 0)
    azimuths, colatitudes = np.radians(np.arange(0, 360, 4.0)), np.radians(np.arange(2, 90, 4.0))
    for half_deg in (4.0, 0.0):
        locator = pra.doa.SRP(places.T, rate_hz, WINDOW, speed_of_sound_mps(celsius), dim=3, azimuth=azimuths, colatitude=colatitudes)
        locator.locate_sources(spectra, freq_range=BAND_HZ)
        azimuth, colatitude = float(locator.azimuth_recon[0]), float(locator.colatitude_recon[0])
        about = np.radians(np.arange(-half_deg, half_deg + 0.01, 0.4)) if half_deg else np.zeros(1)
        azimuths, colatitudes = azimuth + about / max(np.sin(colatitude), 0.1), np.clip(colatitude + about, 0.0, np.pi / 2)
    return np.array([np.cos(azimuth) * np.sin(colatitude), np.sin(azimuth) * np.sin(colatitude), np.cos(colatitude)])


def as_driven(direction: np.ndarray, going: Going, sound_mps: float) -> np.ndarray:
    """A direction in a vehicle's frame as its flat array finds it: who drives towards a sound has it pass sooner, as if from higher."""
    ahead = np.array([np.sin(np.radians(going.heading_deg)), np.cos(np.radians(going.heading_deg)), 0.0])
    own = direction @ turned(*np.radians((going.heading_deg, going.pitch_deg, going.roll_deg)))
    east, north = own[:2] / (1 + going.speed_mps * (direction @ ahead) / sound_mps)
    return np.array([east, north, np.sqrt(1 - east**2 - north**2)])


@pytest.mark.parametrize(
    ("scene", "node", "drone", "second"),
    [
        ("hover", "node", "hover", 3),
        ("fly-by", "node", "passes", 9),
        ("fly-by", "node", "passes", 20),
        ("crossing", "node", "far", 6),
        ("spoofs", "node", "elsewhere", 12),
        ("fpv", "node", "fpv", 24),
        ("posts", "quay", "dark", 30),
        ("posts", "silo", "dark", 30),
        ("posts", "west-quay", "dark", 30),
        ("patrol", "patrol", "follower", 5),
        ("patrol", "patrol", "follower", 10),
    ],
)
def test_sound_comes_from_where_the_truth_says(scene: str, node: str, drone: str, second: int) -> None:
    world = still(scene, node, drone)
    rate_hz = soundscape.microphones(world).rate_hz
    (block,) = islice(soundscape.blocks(world, second), 1)
    (truth,) = [row for row in soundscape.truth(world, second + 1.0) if row.t_s == second + 0.5]
    azimuth, elevation = np.radians((truth.azimuth_deg, truth.elevation_deg))
    direction = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    if going := world.stands(second + 0.5):
        direction = as_driven(direction, going, speed_of_sound_mps(world.scene.weather.temperature_c))
    middle = rate_hz // 2
    heard = found(block[middle - REACH : middle + REACH], enu_m(soundscape.mounted(world)), rate_hz, world.scene.weather.temperature_c)
    assert np.degrees(np.arccos(np.clip(heard @ direction, -1, 1))) < WITHIN_DEG


def test_droneid_of_a_scene_passes_its_checksums() -> None:
    world = World.load(SCENES / "spoofs.toml", 3)
    front, receiver = FrontEnd(2_444.5e6, 15.36e6, bits=12), DroneIdReceiver()
    (drone,) = [drone for drone in world.scene.drone if drone.link]
    said = []
    for block in mixer.heard(of_world(world), front, 1.4, 3, block_samples=1 << 19):
        said += receiver.step(block.samples, block.sample_rate_hz, block.center_hz, block.t_mono_ns)
    said += receiver.finish()
    assert said
    assert all(one.crc24_ok and one.crc16_ok for one in said)
    for one in said:
        truth = world.truth_of(drone, one.t_mono_ns / 1e9)
        assert distance_m(one.latitude_deg or 0, one.longitude_deg or 0, truth.latitude_deg, truth.longitude_deg) < DRONEID_M
        assert [uas_id.value for uas_id in one.ids] == [drone.droneid_serial]


def tshark(path: Path, *fields: str, plugin: str | None = None) -> list[list[str]]:
    if not (program := shutil.which("tshark")):
        pytest.skip("needs tshark, an independent reader")
    more = ["-X", f"lua_script:{plugin}"] if plugin else []
    asked = [word for field in (*fields, "_ws.malformed") for word in ("-e", field)]
    said = subprocess.run([program, *more, "-r", path, "-T", "fields", *asked], capture_output=True, text=True, check=True).stdout
    rows = [row.split("\t") for row in said.splitlines()]
    assert not any(row[-1] for row in rows)
    return rows


def test_tshark_finds_each_claim_of_a_scene_where_it_is_claimed(tmp_path: Path) -> None:
    world = World.load(SCENES / "spoofs.toml", 3)
    remote_id.write_pcap(world, tmp_path / "air.pcap", 0.0, 10.0, UTC_NS)
    rows = tshark(tmp_path / "air.pcap", "frame.time_epoch", "wlan.sa", "wlan.tag.oui", "wlan.tag.vendor.data")
    assert {row[2] for row in rows} == {str(0xFA0BBC)}
    by_mac = {drone.remote_id.mac: drone for drone in world.scene.drone if drone.remote_id}
    checked = set()
    for time_s, mac, _, vendor, _ in rows:
        place = _place(bytes.fromhex(vendor))
        if not (drone := by_mac.get(mac)) or drone.remote_id is None or place is None:
            continue
        east, north, _ = world.ground.to_enu(*place, world.scene.node.ground_wgs84_m)
        truth, claims = world.truth_of(drone, float(time_s) - UTC_NS / 1e9), drone.remote_id.claims
        assert np.hypot(east - truth.east_m - claims.east_m, north - truth.north_m - claims.north_m) < 20.0
        checked.add(drone.name)
    assert checked == {"elsewhere", "another's name", "honest"}


def _place(vendor: bytes) -> tuple[float, float] | None:
    """Latitude and longitude of the Location in a pack (F3411-22a tables 3 and 6), read here without our own decoder."""
    begin = vendor.index(b"\xf2\x19") + 3
    for k in range(vendor[begin - 1]):
        message = vendor[begin + 25 * k : begin + 25 * (k + 1)]
        if message[0] >> 4 == 1:
            latitude, longitude = unpack_from("<ii", message, 5)
            return latitude * 1e-7, longitude * 1e-7
    return None


def test_open_drone_ids_own_dissector_reads_each_transport(tmp_path: Path) -> None:
    if not (plugin := os.environ.get(PLUGIN)):
        pytest.skip(f"needs Open Drone ID's dissector for Wireshark; {PLUGIN} names its Lua file")
    world = World.load(SCENES / "remote-id.toml", 3)
    remote_id.write_pcap(world, tmp_path / "wifi.pcap", 0.0, 10.0, UTC_NS)
    rows = tshark(
        tmp_path / "wifi.pcap", "wlan.sa", "OpenDroneID.basicID_id_asc", "OpenDroneID.loc_lat", "OpenDroneID.loc_lon", plugin=plugin
    )
    by_mac = {drone.remote_id.mac: drone for drone in world.scene.drone if drone.remote_id}
    read = {}
    for mac, serial, latitude, longitude, _ in rows:
        if serial and latitude:
            truth = world.truth_of(by_mac[mac], 5.0)
            assert distance_m(int(latitude) * 1e-7, int(longitude) * 1e-7, truth.latitude_deg, truth.longitude_deg) < 180.0
            read[by_mac[mac].name] = serial.rstrip("\0")
    assert read == {"beacon": "TST0CTRAN00000301", "aware": "TST0CTRAN00000302"}


@pytest.mark.parametrize("scene", ["hover", "patrol", "posts"])
def test_pynmea2_reads_where_each_node_is(scene: str) -> None:
    whole = World.load(SCENES / f"{scene}.toml", 3)
    begun_s = UTC_NS // 10**9
    for node in whole.scene.nodes:
        world = whole.of_post(node)
        receiver = gnss.Receiver(world, begun_utc_s=begun_s)
        for second in range(0, 50, 7):
            said = (receiver.epoch(begun_s + second) + receiver.attitude(begun_s + second)).decode().split()
            read = {one.sentence_type: one for one in (pynmea2.parse(line, check=True) for line in said if "PASHR" not in line)}
            going = world.stands(second)
            place = world.ground.to_geodetic(going.east_m if going else 0.0, going.north_m if going else 0.0, 0.0)
            assert distance_m(read["GGA"].latitude, read["GGA"].longitude, *place[:2]) < 5 * gnss.SIGMA_M
            assert read["RMC"].datetime.timestamp() == begun_s + second
            if going:
                assert abs((float(read["HDT"].heading) - going.heading_deg + 180) % 360 - 180) < 5 * gnss.SIGMA_HEADING_DEG


def test_pynmea2_reads_of_faults_as_faults() -> None:
    receiver = gnss.Receiver(World.load(SCENES / "bad-day.toml", 3), begun_utc_s=UTC_NS // 10**9)
    quality = {}
    for second in (10, 26, 35, 40):
        read = [pynmea2.parse(line, check=True) for line in receiver.epoch(UTC_NS // 10**9 + second).decode().split()]
        gga, rmc = read[0], read[1]
        quality[second] = (gga.gps_qual, rmc.status, round(gga.latitude), round(gga.longitude))
    assert quality == {10: (1, "A", 51, 4), 26: (0, "V", 0, 0), 35: (1, "A", 0, 0), 40: (1, "A", 51, 4)}
