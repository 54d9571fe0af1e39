"""A node that tells so many drones with Remote ID to a gateway, as often as is said; its key lies in a folder."""

from __future__ import annotations

import argparse
import signal
import time
from math import cos, radians, sin
from pathlib import Path
from threading import Event

import zmq
from msgspec.structs import replace

from edge_node.config import C2Table
from edge_node.messages import Bearing, Coverage, Emission, Hearing, Identity, Kinematics, NodeStatus, SensorStatus, Sound, Track, UasId
from edge_node.publish.keys import load_or_make
from edge_node.publish.live import LivePublisher
from edge_node.publish.wire import Place
from edge_node.timebase import Timebase

HERE = Place(source="surveyed", latitude_deg=56.9496, longitude_deg=24.1052, altitude_wgs84_m=35.0, sigma_m=2.0)
RADIO = Coverage(t_mono_ns=0, sensor="wifi", sense="remote_id", reach_m=1500.0, probability=0.9, latency_s=1.0)
LINKS_EVERY, HEARD_EVERY = 25, 5
TURN_S, METRES_A_DEGREE = 0.01, 111_195.0
SPEED_MPS, TURN_EACH_S = 10.0, 60.0
SIGMAS_SQUARED = {0: 25.0, 7: 25.0, 14: 16.0, 21: 1.0, 28: 1.0, 35: 1.0}
COVARIANCE = tuple(SIGMAS_SQUARED.get(place, 0.0) for place in range(36))


def flown(number: int, now_ns: int) -> Track:
    """A confirmed drone that circles, each about a middle of its own, 300 m to 3 km from the node."""
    turned = radians(360 * (now_ns / 1e9) / TURN_EACH_S + 37 * number)
    radius_m = SPEED_MPS * TURN_EACH_S / radians(360)
    middle_m, about = 300.0 + 2700.0 * (number % 50) / 50, radians(360 * number / 17)
    north_m = middle_m * cos(about) + radius_m * cos(turned)
    east_m = middle_m * sin(about) + radius_m * sin(turned)
    latitude_deg, longitude_deg = HERE.latitude_deg or 0.0, HERE.longitude_deg or 0.0
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=now_ns,
        first_seen_mono_ns=0,
        last_seen_mono_ns=now_ns,
        kinematics=Kinematics(
            latitude_deg=latitude_deg + north_m / METRES_A_DEGREE,
            longitude_deg=longitude_deg + east_m / METRES_A_DEGREE / cos(radians(latitude_deg)),
            altitude_wgs84_m=85.0 + number % 60,
            velocity_east_mps=SPEED_MPS * cos(turned),
            velocity_north_mps=-SPEED_MPS * sin(turned),
            velocity_up_mps=0.0,
            covariance=COVARIANCE,
        ),
        identity=Identity(
            ids=(UasId("serial_number", f"1588E040445AC{number:07d}"),), ua_type="helicopter_or_multirotor", status="airborne"
        ),
        heard=(Hearing(transport="wifi_beacon", count=1, last_mono_ns=now_ns, rssi_dbm=-61, center_hz=2_437_000_000),),
        sensors=("wifi",),
        label="multirotor",
        label_probability=0.9,
        probabilities={"multirotor": 0.9, "fixed_wing": 0.05},
        existence=0.99,
    )


def told(number: int, now_ns: int) -> Track:
    """Of each twenty-five a radio link alone, and of each five one that is only heard; all others say where they are."""
    bare = Track(
        number=number,
        state="confirmed",
        t_mono_ns=now_ns,
        first_seen_mono_ns=0,
        last_seen_mono_ns=now_ns,
        label="multirotor",
        existence=0.99,
    )
    if number % LINKS_EVERY == 0:
        link = Emission(link="elrs_900", probability=0.97, center_hz=866.425e6, bandwidth_hz=500e3, snr_db=18.0, level_dbfs=-41.0)
        return replace(bare, emission=link)
    if number % HEARD_EVERY == 0:
        bearing = Bearing(
            azimuth_deg=(now_ns / 1e9 + 37 * number) % 360, elevation_deg=12.0, sigma_azimuth_deg=3.0, sigma_elevation_deg=5.0
        )
        sound = Sound(label="multirotor", probability=0.93, blade_pass_hz=212.0, level_db=48.0, snr_db=14.0)
        return replace(bare, bearing=bearing, sound=sound)
    return flown(number, now_ns)


def fly(gateway: str, server_key: str, folder: Path, count: int, rate_hz: float) -> None:
    """Until SIGTERM."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    table = C2Table(live=gateway, server_key=server_key, rate_hz=rate_hz, confirmed_rate_hz=rate_hz, handshake_s=5)
    with zmq.Context() as context:
        publisher = LivePublisher(table, load_or_make(folder), context)
        while not stop.wait(TURN_S):
            _tell(publisher, count)
        publisher.close()


def _tell(publisher: LivePublisher, count: int) -> None:
    now_ns = time.monotonic_ns()
    clock = Timebase(time.time_ns() - now_ns, "gnss", 0.001)
    publisher.service(now_ns)
    publisher.publish_tracks([told(number, now_ns) for number in range(1, count + 1)], clock, now_ns)
    hub = SensorStatus(name="hub", driver="", state="running", sentence="", since_mono_ns=0, restarts=0, pid=1)
    status = NodeStatus(name="bench", verdict="green", sentence="well", sensors=(), hub=hub, t_mono_ns=now_ns, coverage=(RADIO,))
    publisher.publish_status(status, reports={}, place=HERE, counters={}, clock=clock, now_mono_ns=now_ns)


def main() -> None:
    """Fly."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.interop_node", description=__doc__)
    for name, kind in (("gateway", str), ("server_key", str), ("folder", Path), ("tracks", int), ("rate_hz", float)):
        parser.add_argument(name, type=kind)
    told = parser.parse_args()
    fly(told.gateway, told.server_key, told.folder, told.tracks, told.rate_hz)


if __name__ == "__main__":
    main()
