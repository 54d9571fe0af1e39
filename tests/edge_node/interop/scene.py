"""A node and what it told of three objects, for tests of every format."""

from __future__ import annotations

from edge_node.interop.moment import Moment, Sensed, Station
from edge_node.messages import (
    AcousticDetection,
    Bearing,
    Emission,
    Hearing,
    Identity,
    Kinematics,
    LinkDetection,
    RemoteIdDetection,
    Sound,
    Track,
    UasId,
)

START_NS = 1_795_000_000_000_000_000
STATION = Station(name="north gate", latitude_deg=56.9496, longitude_deg=24.1052, altitude_wgs84_m=35.0, sigma_horizontal_m=2.0)
SERIAL = "1588E040445AC0000003"
COVARIANCE = tuple(
    float(value)
    for value in (25, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0.25)
)


def flown(second: int, number: int = 3) -> Track:
    """A drone with Remote ID, 10 m further east each second."""
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=second * 1_000_000_000,
        first_seen_mono_ns=0,
        last_seen_mono_ns=second * 1_000_000_000,
        kinematics=Kinematics(
            latitude_deg=56.9520,
            longitude_deg=24.1052 + second * 0.000164,
            altitude_wgs84_m=85.0,
            velocity_east_mps=10.0,
            velocity_north_mps=0.0,
            velocity_up_mps=-0.5,
            covariance=COVARIANCE,
        ),
        identity=Identity(
            ids=(UasId("serial_number", SERIAL),),
            ua_type="helicopter_or_multirotor",
            status="airborne",
            height_m=50.0,
            height_reference="take_off",
            operator_id="LVA0000000000001",
            operator_latitude_deg=56.9500,
            operator_longitude_deg=24.1100,
            operator_altitude_wgs84_m=33.0,
            operator_location="live",
            self_id="survey",
        ),
        heard=(Hearing(transport="wifi_beacon", count=second, last_mono_ns=second * 1_000_000_000, rssi_dbm=-61, center_hz=2_437_000_000),),
        sensors=("wifi",),
        label="multirotor",
        label_probability=0.9,
        probabilities={"multirotor": 0.9, "fixed_wing": 0.05},
        existence=0.99,
    )


def heard(second: int, number: int = 4, azimuth_deg: float = 143.2, elevation_deg: float | None = 12.0) -> Track:
    """A drone of which the direction alone is known."""
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=second * 1_000_000_000,
        first_seen_mono_ns=0,
        last_seen_mono_ns=second * 1_000_000_000,
        bearing=Bearing(
            azimuth_deg=azimuth_deg, elevation_deg=elevation_deg, sigma_azimuth_deg=3.0, sigma_elevation_deg=5.0, sigma_pose_deg=4.0
        ),
        sensors=("microphones",),
        sound=Sound(label="multirotor", probability=0.93, blade_pass_hz=212.0, level_db=48.0, snr_db=14.0),
        label="multirotor",
        probabilities={"multirotor": 0.8},
    )


def linked(second: int, number: int = 5) -> Track:
    """A radio link without any place."""
    return Track(
        number=number,
        state="confirmed",
        t_mono_ns=second * 1_000_000_000,
        first_seen_mono_ns=0,
        last_seen_mono_ns=second * 1_000_000_000,
        emission=Emission(link="elrs_900", probability=0.97, center_hz=866.425e6, bandwidth_hz=500e3, snr_db=18.0, level_dbfs=-41.0),
        sensors=("links",),
    )


def run(seconds: int = 10) -> list[Moment]:
    """All three objects, told once a second."""
    return [
        Moment(t_utc_ns=START_NS + second * 1_000_000_000, track=make(second))
        for second in range(seconds)
        for make in (flown, heard, linked)
    ]


def senses() -> list[Sensed]:
    """One detection each of three sensors."""
    said = (
        RemoteIdDetection(
            t_mono_ns=0, sensor="wifi", transport="wifi_beacon", transmitter="aa:bb", latitude_deg=56.952, longitude_deg=24.1052
        ),
        AcousticDetection(
            t_mono_ns=0,
            sensor="microphones",
            track=1,
            label="multirotor",
            probability=0.9,
            azimuth_deg=143.0,
            level_db=48.0,
            snr_db=14.0,
            lag_s=0.5,
        ),
        LinkDetection(
            t_mono_ns=0,
            sensor="links",
            track=2,
            link="elrs_900",
            alarm=True,
            probability=0.97,
            center_hz=866e6,
            bandwidth_hz=5e5,
            snr_db=18.0,
            level_dbfs=-41.0,
            first_mono_ns=0,
            bursts=9,
        ),
    )
    return [Sensed(t_utc_ns=START_NS, detection=one) for one in said]
