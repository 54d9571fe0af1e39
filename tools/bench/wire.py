"""Bytes a track on the wire, whole messages with their topic, beside JSON and CoT of the same track."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from edge_node.messages import Bearing, Hearing, Identity, Kinematics, Sight, Track, UasId
from edge_node.publish import wire
from edge_node.timebase import Timebase
from tools.bench.figure import Figure

BATCH = 10
CLOCK = Timebase(1_790_000_000_000_000_000, "gnss", 0.0002)
NODE8 = "0123abcd"
NOW_NS = 500_000_000_000


def full(number: int) -> Track:
    """All that Remote ID can say: a 20-character serial, operator and place, heard 1.3 km away and moving."""
    return Track(
        number=400 + number,
        state="confirmed",
        t_mono_ns=NOW_NS - 1_234_000_000 - number,
        first_seen_mono_ns=0,
        last_seen_mono_ns=NOW_NS - 134_000_000,
        kinematics=Kinematics(
            latitude_deg=50.8512345 + number / 1e3,
            longitude_deg=4.3512345,
            altitude_wgs84_m=143.7,
            velocity_east_mps=13.4,
            velocity_north_mps=-14.1,
            velocity_up_mps=-1.7,
            covariance=tuple(float(value) for row in range(6) for value in [0] * row + [2.9] + [0] * (5 - row)),
        ),
        identity=Identity(
            ids=(UasId(type="serial_number", value=f"1581F4TEST{number:010d}"),),
            ua_type="helicopter_or_multirotor",
            status="airborne",
            height_m=97.5,
            height_reference="take_off",
            operator_id="BEL87astrdge12k8",
            operator_latitude_deg=50.8434567,
            operator_longitude_deg=4.3398765,
            operator_altitude_wgs84_m=64.5,
            operator_location="live",
        ),
        heard=(Hearing(transport="wifi_beacon", count=812, last_mono_ns=NOW_NS, rssi_dbm=-71, center_hz=2_437_000_000),),
        sensors=("wifi",),
        cooperation="authorised",
    )


def bearing_only(number: int) -> Track:
    """A direction with its rates, and nothing more."""
    return Track(
        number=400 + number,
        state="confirmed",
        t_mono_ns=NOW_NS - 234_000_000,
        first_seen_mono_ns=0,
        last_seen_mono_ns=NOW_NS - 234_000_000,
        bearing=Bearing(
            azimuth_deg=123.45 + number,
            elevation_deg=12.34,
            azimuth_rate_dps=-3.21,
            elevation_rate_dps=0.55,
            sigma_azimuth_deg=2.1,
            sigma_elevation_deg=4.2,
        ),
        sensors=("microphones",),
    )


def sighted(number: int) -> Track:
    """A direction from a camera with all that it says of the object."""
    bearing = Bearing(
        azimuth_deg=123.45 + number,
        elevation_deg=12.34,
        azimuth_rate_dps=-3.21,
        elevation_rate_dps=0.55,
        sigma_azimuth_deg=0.08,
        sigma_elevation_deg=0.05,
        sigma_pose_deg=1.0,
    )
    sight = Sight(
        label="drone",
        probability=0.93,
        label_probability=0.93,
        snr=11.0,
        size_deg=0.16,
        range_m=240.0 + number,
        sigma_range_m=85.0,
        temperature_k=296.5,
    )
    return replace(bearing_only(number), bearing=bearing, sight=sight, sensors=("camera",))


def bytes_a_track(tracks: list[Track]) -> float:
    """Topic and payload of one batch, shared by its tracks."""
    payload = wire.encode_tracks(tracks, CLOCK, 2**31, 100_000, NOW_NS)
    return (len(wire.topic("t", NODE8)) + len(payload)) / len(tracks)


def figures() -> Iterator[Figure]:
    """Each kind, averaged over a batch of 10."""
    for name, make in (("full", full), ("bearing_only", bearing_only), ("sighted", sighted)):
        tracks = [make(number) for number in range(BATCH)]
        as_json = len(json.dumps([msgspec.to_builtins(track) for track in tracks])) / BATCH
        yield Figure(f"wire.{name}_bytes", bytes_a_track(tracks), "bytes", peer=as_json, against="the same tracks in JSON")
