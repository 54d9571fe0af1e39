"""Tracks and detections of which any field may be missing, not finite, out of range, or text that no format wants."""

from __future__ import annotations

from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from edge_node.interop.moment import Moment, Sensed, Station
from edge_node.messages import (
    AcousticDetection,
    Bearing,
    BearingDetection,
    BearingReference,
    CameraDetection,
    Coverage,
    Emission,
    Fact,
    FactName,
    Hearing,
    Identity,
    IdType,
    Kinematics,
    LinkDetection,
    LinkKind,
    PositionDetection,
    RemoteIdDetection,
    Sense,
    Sight,
    SightLabel,
    Sound,
    SoundLabel,
    Suspicion,
    Target,
    TargetId,
    TargetIdKind,
    TargetLabel,
    Track,
    TrackState,
    Transport,
    UasId,
)

patient = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""For examples as large as these, on machines that do other things too."""
numbers = st.floats() | st.floats(-400, 400) | st.sampled_from([0.0, -0.0, 90.0, -90.0, 180.0, -180.0, 360.0, 1e308])
unknown = st.none() | numbers
texts = st.text(max_size=8) | st.sampled_from(
    ["", "a" * 5000, "<&>\"'", "]]>", "\x00\x1b[31m", "\ud800", "\ufffe", "\u202e\u2066", "=cmd|' /C'!A0", 'a,"b"\r\nc']
)
words = st.none() | texts
labels = st.dictionaries(st.sampled_from(get_args(TargetLabel)), numbers, max_size=3)


def _of(kind: object) -> st.SearchStrategy[object]:
    return st.sampled_from(get_args(kind))


identities = st.builds(
    Identity,
    ids=st.lists(st.builds(UasId, type=_of(IdType), value=texts), max_size=3).map(tuple),
    ua_type=words,
    status=words,
    height_m=unknown,
    operator_id=words,
    operator_latitude_deg=unknown,
    operator_longitude_deg=unknown,
    operator_altitude_wgs84_m=unknown,
    operator_location=st.sampled_from([None, "take_off", "live", "fixed"]),
    self_id=words,
    transmitters=st.lists(texts, max_size=2).map(tuple),
)
kinematics = st.builds(
    Kinematics,
    latitude_deg=numbers,
    longitude_deg=numbers,
    altitude_wgs84_m=unknown,
    velocity_east_mps=numbers,
    velocity_north_mps=numbers,
    velocity_up_mps=numbers,
    covariance=st.lists(numbers, min_size=36, max_size=36).map(tuple) | st.lists(numbers, max_size=3).map(tuple),
)
bearings = st.builds(
    Bearing,
    azimuth_deg=numbers,
    elevation_deg=unknown,
    azimuth_rate_dps=unknown,
    elevation_rate_dps=unknown,
    sigma_azimuth_deg=numbers,
    sigma_elevation_deg=unknown,
    sigma_pose_deg=unknown,
    reference=_of(BearingReference),
)
emissions = st.builds(
    Emission,
    link=_of(LinkKind),
    alarm=st.booleans(),
    probability=numbers,
    center_hz=unknown,
    bandwidth_hz=numbers,
    snr_db=numbers,
    level_dbfs=numbers,
)
sounds = st.builds(Sound, label=_of(SoundLabel), probability=numbers, blade_pass_hz=unknown, level_db=numbers, snr_db=numbers)
sights = st.builds(Sight, label=_of(SightLabel), probability=numbers, snr=numbers, size_deg=unknown, range_m=unknown, sigma_range_m=unknown)
targets = st.builds(
    Target,
    label=_of(TargetLabel),
    probability=unknown,
    ids=st.lists(st.builds(TargetId, kind=_of(TargetIdKind), value=texts), max_size=2).map(tuple),
    category=words,
    altitude_baro_m=unknown,
)
hearings = st.builds(
    Hearing,
    transport=_of(Transport),
    count=st.integers(0),
    last_mono_ns=st.integers(0),
    rssi_dbm=st.none() | st.integers(),
    center_hz=st.none() | st.integers(),
)
tracks = st.builds(
    Track,
    number=st.integers(-(2**70), 2**70) | st.integers(0, 9),
    state=_of(TrackState),
    t_mono_ns=st.integers(0),
    first_seen_mono_ns=st.integers(0),
    last_seen_mono_ns=st.integers(0),
    kinematics=st.none() | kinematics,
    bearing=st.none() | bearings,
    identity=st.none() | identities,
    heard=st.lists(hearings, max_size=2).map(tuple),
    sensors=st.lists(texts, max_size=2).map(tuple),
    flags=st.lists(texts, max_size=2).map(tuple),
    suspicions=st.lists(st.builds(Suspicion, name=texts, score=numbers, evidence=texts), max_size=2).map(tuple),
    cooperation=st.sampled_from([None, "authorised", "unknown", "in_restricted_zone", "non_cooperative"]),
    cooperation_reason=words,
    sound=st.none() | sounds,
    sight=st.none() | sights,
    emission=st.none() | emissions,
    target=st.none() | targets,
    existence=unknown,
    label=st.none() | _of(TargetLabel),
    label_probability=unknown,
    probabilities=labels,
    claim_probability=unknown,
    behaviour=st.lists(st.builds(Fact, name=_of(FactName), value=unknown, reason=texts, about=words), max_size=2).map(tuple),
)
times = st.integers(-(2**70), 2**70) | st.integers(1_700_000_000_000_000_000, 1_900_000_000_000_000_000)
stations = st.builds(Station, name=texts, latitude_deg=unknown, longitude_deg=unknown, altitude_wgs84_m=unknown, sigma_horizontal_m=unknown)
moments = st.builds(Moment, t_utc_ns=times, track=tracks, station=st.none() | stations)
detections = st.one_of(
    st.builds(
        RemoteIdDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        transport=_of(Transport),
        transmitter=texts,
        latitude_deg=unknown,
        longitude_deg=unknown,
        altitude_wgs84_m=unknown,
        operator_id=words,
    ),
    st.builds(
        AcousticDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        track=st.integers(0),
        label=_of(SoundLabel),
        probability=numbers,
        azimuth_deg=unknown,
        elevation_deg=unknown,
        level_db=numbers,
        snr_db=numbers,
        lag_s=numbers,
        reference=_of(BearingReference),
    ),
    st.builds(
        CameraDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        frame=st.integers(0),
        track=st.integers(0),
        label=_of(SightLabel),
        box=st.tuples(numbers, numbers, numbers, numbers),
        probability=numbers,
        snr=numbers,
        azimuth_deg=unknown,
        elevation_deg=unknown,
    ),
    st.builds(
        LinkDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        track=st.integers(0),
        link=_of(LinkKind),
        alarm=st.booleans(),
        probability=numbers,
        center_hz=unknown,
        bandwidth_hz=numbers,
        snr_db=numbers,
        level_dbfs=numbers,
        first_mono_ns=st.integers(0),
        bursts=st.integers(0),
    ),
    st.builds(
        PositionDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        track=st.none() | st.integers(0),
        probabilities=labels,
        latitude_deg=numbers,
        longitude_deg=numbers,
        sigma_horizontal_m=numbers,
        altitude_wgs84_m=unknown,
    ),
    st.builds(
        BearingDetection,
        t_mono_ns=st.integers(0),
        sensor=texts,
        probabilities=labels,
        azimuth_deg=numbers,
        sigma_azimuth_deg=numbers,
        elevation_deg=unknown,
    ),
)
sensed = st.builds(Sensed, t_utc_ns=times, detection=detections, station=st.none() | stations)
coverages = st.builds(
    Coverage,
    t_mono_ns=st.integers(0),
    sense=_of(Sense),
    sensor=texts,
    azimuth_deg=numbers,
    width_deg=numbers,
    lowest_elevation_deg=numbers,
    highest_elevation_deg=numbers,
    reach_m=numbers,
    probability=numbers,
    latency_s=numbers,
    reference=_of(BearingReference),
)
