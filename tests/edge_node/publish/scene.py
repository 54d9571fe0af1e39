"""Tracks as the hub would hold them, for tests of the wire."""

from __future__ import annotations

from random import Random

from edge_node.messages import Bearing, Emission, Hearing, Identity, Kinematics, Track, UasId
from edge_node.timebase import Timebase

NOW_NS = 5_000_000_000_000
CLOCK = Timebase(offset_ns=1_790_000_000_000_000_000, source="gnss", sigma_s=0.004)


def full_track(number: int, chance: Random) -> Track:
    """A Remote ID track in which everything is known."""
    east, north = chance.uniform(2, 400), chance.uniform(2, 400)
    covariance = [0.0] * 36
    covariance[::7] = [east, north, chance.uniform(2, 900), 1.0, 2.0, 0.5]
    covariance[1] = covariance[6] = chance.uniform(-0.5, 0.5) * (east * north) ** 0.5
    t_mono_ns = NOW_NS - chance.randrange(1_000_000_000)
    latitude, longitude = 56.9496 + chance.uniform(-0.05, 0.05), 24.1052 + chance.uniform(-0.05, 0.05)
    kinematics = Kinematics(
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_wgs84_m=chance.uniform(20, 500),
        velocity_east_mps=chance.uniform(-20, 20),
        velocity_north_mps=chance.uniform(-20, 20),
        velocity_up_mps=chance.uniform(-5, 5),
        covariance=tuple(covariance),
    )
    identity = Identity(
        ids=(UasId("serial_number", f"1588E040445AC{number:07d}"),),
        ua_type="helicopter_or_multirotor",
        status="airborne",
        height_m=chance.uniform(5, 120),
        height_reference="take_off",
        operator_id=f"LVA{number:013d}",
        operator_latitude_deg=latitude + chance.uniform(-0.01, 0.01),
        operator_longitude_deg=longitude + chance.uniform(-0.01, 0.01),
        operator_altitude_wgs84_m=chance.uniform(5, 60),
        operator_location="live",
    )
    heard = Hearing(transport="wifi_beacon", count=400, last_mono_ns=t_mono_ns, rssi_dbm=-chance.randrange(40, 95), center_hz=2_437_000_000)
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=t_mono_ns,
        first_seen_mono_ns=NOW_NS - 60_000_000_000,
        last_seen_mono_ns=t_mono_ns,
        kinematics=kinematics,
        identity=identity,
        heard=(heard,),
        sensors=("wifi",),
        cooperation="in_restricted_zone",
    )


def bearing_track(number: int, chance: Random) -> Track:
    """A track of which the direction alone is known."""
    bearing = Bearing(
        azimuth_deg=chance.uniform(0, 360),
        elevation_deg=chance.uniform(0, 60),
        azimuth_rate_dps=chance.uniform(-9, 9),
        elevation_rate_dps=chance.uniform(-3, 3),
        sigma_azimuth_deg=chance.uniform(1, 9),
        sigma_elevation_deg=chance.uniform(1, 9),
    )
    heard_ns = NOW_NS - chance.randrange(1_000_000_000)
    return Track(
        number=number,
        state="tentative",
        t_mono_ns=NOW_NS,
        first_seen_mono_ns=heard_ns,
        last_seen_mono_ns=heard_ns,
        bearing=bearing,
        sensors=("microphones",),
    )


def link_track(number: int) -> Track:
    """A track of a radio link of which all is known."""
    emission = Emission(
        link="elrs_900",
        probability=0.97,
        center_hz=866.425e6,
        bandwidth_hz=500e3,
        channels=13,
        span_hz=6.3e6,
        grid="eu868",
        snr_db=18.0,
        level_dbfs=-41.0,
        level_rate_db_s=0.62,
        packet_rate_hz=50.0,
        carrier_offset_hz=-2_310.0,
    )
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=NOW_NS - 300_000_000,
        first_seen_mono_ns=NOW_NS - 40_000_000_000,
        last_seen_mono_ns=NOW_NS - 300_000_000,
        emission=emission,
        sensors=("links",),
    )
