"""What the wire said of a track or a node, as the messages that encoders take; times are UTC throughout."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, nan, radians, sin
from typing import Any

from edge_node.interop.moment import Station
from edge_node.messages import (
    Bearing,
    Coverage,
    Emission,
    Fact,
    Finding,
    Hearing,
    Identity,
    Kinematics,
    NodeStatus,
    SensorStatus,
    Sight,
    Sound,
    Suspicion,
    Target,
    TargetId,
    Track,
    UasId,
)

Said = dict[str, Any]


def track(said: Said, t_utc_ns: int, first_utc_ns: int | None = None) -> Track:
    """One record of a batch, whose state held then; `first_utc_ns` is when it was heard of first, where that was before."""
    judged = said["judgement"] or {}
    return Track(
        number=said["number"],
        state=said["state"] or "tentative",
        t_mono_ns=t_utc_ns,
        first_seen_mono_ns=t_utc_ns if first_utc_ns is None else first_utc_ns,
        last_seen_mono_ns=t_utc_ns - round((said["unheard_s"] or 0.0) * 1e9),
        kinematics=_kinematics(said["kinematics"]) if said["kinematics"] else None,
        bearing=_bearing(said["bearing"]) if said["bearing"] else None,
        identity=_identity(said["identity"]) if said["identity"] else None,
        heard=tuple(
            Hearing(transport=one, count=1, last_mono_ns=t_utc_ns, rssi_dbm=_whole(said["rssi_dbm"])) for one in said["transports"][:1]
        ),
        sensors=tuple(said["sensors"]),
        flags=tuple(said["flags"]),
        suspicions=_suspicions(said),
        cooperation=said["cooperation"],
        cooperation_reason=said["cooperation_reason"],
        sound=_sound(said["sound"]) if said["sound"] else None,
        sight=_sight(said["sight"]) if said["sight"] else None,
        emission=_emission(said["emission"]) if said["emission"] and said["emission"]["link"] else None,
        target=_target(said["target"]) if said["target"] else None,
        existence=_share(judged.get("existence_percent")),
        label=judged.get("label"),
        label_probability=_share(judged.get("label_probability_percent")),
        probabilities={label: percent / 100 for label, percent in judged.get("probabilities", {}).items()},
        claim_probability=_share(judged.get("claim_percent")),
        behaviour=tuple(
            Fact(one["name"], one["value"], one["unit"], one["reason"] or "", one["about"]) for one in judged.get("behaviour", ())
        ),
    )


def _kinematics(said: Said) -> Kinematics:
    """What the wire leaves out is not a number here, which encoders take for unknown."""
    east, north, up = (nan if said[f"velocity_{axis}_mps"] is None else said[f"velocity_{axis}_mps"] for axis in ("east", "north", "up"))
    return Kinematics(
        latitude_deg=said["latitude_deg"],
        longitude_deg=said["longitude_deg"],
        altitude_wgs84_m=said["altitude_wgs84_m"],
        velocity_east_mps=east,
        velocity_north_mps=north,
        velocity_up_mps=up,
        covariance=_covariance(said),
    )


def _covariance(said: Said) -> tuple[float, ...]:
    """6x6 of an error ellipse, an altitude's and a velocity's sigma; empty where the ellipse is not said."""
    major, minor, axis_deg = said["sigma_major_m"], said["sigma_minor_m"], said["major_axis_deg"]
    if major is None or minor is None or axis_deg is None:
        return ()
    axis, height, speed = radians(axis_deg), said["sigma_altitude_m"] or 0.0, said["sigma_velocity_mps"] or 0.0
    rows = [0.0] * 36
    rows[0] = (major * sin(axis)) ** 2 + (minor * cos(axis)) ** 2
    rows[7] = (major * cos(axis)) ** 2 + (minor * sin(axis)) ** 2
    rows[1] = rows[6] = (major**2 - minor**2) * sin(axis) * cos(axis)
    rows[14], rows[21], rows[28], rows[35] = height**2, speed**2, speed**2, speed**2
    return tuple(rows)


def _bearing(said: Said) -> Bearing:
    return Bearing(
        azimuth_deg=said["azimuth_deg"],
        elevation_deg=said["elevation_deg"],
        azimuth_rate_dps=said["azimuth_rate_dps"],
        elevation_rate_dps=said["elevation_rate_dps"],
        sigma_azimuth_deg=nan if said["sigma_azimuth_deg"] is None else said["sigma_azimuth_deg"],
        sigma_elevation_deg=said["sigma_elevation_deg"],
        sigma_pose_deg=said["sigma_pose_deg"],
        reference=said["reference"] or "true_north",
    )


def _identity(said: Said) -> Identity:
    same = ("ua_type", "status", "height_m", "height_reference", "operator_id", "operator_latitude_deg", "operator_longitude_deg")
    return Identity(
        ids=tuple(UasId(one["type"] or "none", one["value"]) for one in said["ids"]),
        operator_altitude_wgs84_m=said["operator_altitude_wgs84_m"],
        operator_location=said["operator_location"],
        transmitters=(said["transmitter"],) if said["transmitter"] else (),
        **{name: said[name] for name in same},
    )


def _suspicions(said: Said) -> tuple[Suspicion, ...]:
    percent = said["suspicion_percent"]
    return (Suspicion("doubted", percent / 100, ", ".join(said["flags"])),) if percent else ()


def _sound(said: Said) -> Sound:
    return Sound(
        label=said["label"] or "none",
        probability=said["probability_percent"] / 100,
        blade_pass_hz=said["blade_pass_hz"],
        level_db=_number(said["level_db"]),
        level_reference=said["level_reference"] or "full_scale",
        snr_db=_number(said["snr_db"]),
    )


def _sight(said: Said) -> Sight:
    return Sight(
        label=said["label"] or "unknown",
        probability=said["probability_percent"] / 100,
        label_probability=_share(said["label_probability_percent"]),
        snr=10 ** ((said["snr_db"] or 0.0) / 20),
        size_deg=said["size_deg"],
        range_m=said["range_m"],
        sigma_range_m=said["sigma_range_m"],
        temperature_k=said["temperature_k"],
        predicted=said["seen"] == "extrapolated",
    )


def _emission(said: Said) -> Emission:
    same = ("center_hz", "span_hz", "grid", "packet_rate_hz", "carrier_offset_hz")
    return Emission(
        link=said["link"],
        alarm=said["alarm"] != "withdrawn",
        probability=said["probability_percent"] / 100,
        bandwidth_hz=_number(said["bandwidth_hz"]),
        channels=said["channels"] or 0,
        snr_db=_number(said["snr_db"]),
        level_dbfs=_number(said["level_dbfs"]),
        level_rate_db_s=said["level_rate_dbps"],
        **{name: said[name] for name in same},
    )


def _target(said: Said) -> Target:
    where = said["where"]
    return Target(
        label=said["label"] or "unknown",
        probability=_share(said["probability_percent"]),
        label_probability=_share(said["label_probability_percent"]),
        cooperative=said["surveillance"] == "cooperative",
        on_ground=None if where is None else where == "on_ground",
        ids=tuple(TargetId(one["type"] or "other", one["value"]) for one in said["ids"]),
        category=said["category"],
        altitude_baro_m=said["altitude_baro_m"],
        rcs_dbsm=said["rcs_dbsm"],
        snr_db=said["snr_db"],
    )


def status(said: Said) -> NodeStatus:
    """A node's status; what each process does is not told on."""
    hub = SensorStatus(name="hub", driver="", state="running", sentence="", since_mono_ns=0, restarts=0, pid=None)
    return NodeStatus(
        name=said["name"],
        verdict=said["verdict"] or "amber",
        sentence=said["sentence"],
        sensors=(),
        hub=hub,
        t_mono_ns=said["t_utc_ms"] * 1_000_000,
        findings=tuple(Finding(**{name: one[name] for name in ("about", "name", "grade", "words", "touch")}) for one in said["findings"]),
        coverage=tuple(_coverages(said["coverage"])),
    )


def _coverages(rows: Iterable[Said]) -> Iterable[Coverage]:
    known = set(Coverage.__struct_fields__) - {"t_mono_ns", "probability", "notes", "reference"}
    for one in rows:
        if one["sense"] is not None:
            same = {name: value for name, value in one.items() if name in known and value is not None}
            yield Coverage(t_mono_ns=0, probability=one["probability_percent"] / 100, reference=one["reference"] or "true_north", **same)


def station(name: str, said: Said | None) -> Station:
    """Where a node is, by what its status says of its place."""
    if said is None:
        return Station(name=name)
    names = ("latitude_deg", "longitude_deg", "altitude_wgs84_m")
    return Station(name=name, sigma_horizontal_m=said["sigma_m"], **{one: said[one] for one in names})


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _number(value: float | None) -> float:
    return nan if value is None else value


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
