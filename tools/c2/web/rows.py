"""The picture as rows for a browser: arrays in the order of FIELDS; what a node says is cut, and loses what is not printable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, degrees, hypot
from typing import Any

from tools.c2.covered import in_words
from tools.c2.crossing import Crossing
from tools.c2.enrolment import Node
from tools.c2.fused import Fused
from tools.c2.picture import Event

Row = tuple[Any, ...]

MOST_TEXT = 64
MOST_SENTENCE = 256
MOST_LISTED = 32
MOST_TRAIL = 60


def node_row(key: str, enrolled: Node | None, said: Event) -> Row:
    """One node: enrolled, or heard before it was struck from the list; it may never have spoken."""
    place, counters = said.get("place") or {}, said.get("counters") or {}
    return (
        key,
        plain(enrolled.name if enrolled else said.get("node")),
        enrolled is None or enrolled.revoked,
        _ms(said.get("heard_s")),
        said.get("verdict"),
        plain(said.get("sentence"), MOST_SENTENCE),
        place.get("latitude_deg"),
        place.get("longitude_deg"),
        place.get("sigma_m"),
        place.get("source"),
        said.get("clock_sigma_s"),
        said.get("clock_source"),
        said.get("missing", 0),
        counters.get("spool_rows"),
        plain(said.get("version")),
        [(plain(one["name"]), one["state"], plain(one["sentence"], MOST_SENTENCE)) for one in (said.get("sensors") or ())[:MOST_LISTED]],
        [(plain(one["sensor"]), plain(in_words(one), MOST_SENTENCE)) for one in (said.get("coverage") or ())[:MOST_LISTED]],
        [(plain(one["about"]), plain(_wrong(one), MOST_SENTENCE)) for one in (said.get("findings") or ())[:MOST_LISTED]],
    )


def _wrong(finding: Event) -> str:
    """What is wrong, and what to touch."""
    return ": ".join(filter(None, (finding["words"], finding["touch"])))


def moving_row(key: int, track: Event) -> Row:
    """Where a track is and how it moves: what is new at every message; what a row ends without is left out."""
    state, bearing, claim = (track[part] or {} for part in ("kinematics", "bearing", "identity"))
    sound, sight, link, target = (track[part] or {} for part in ("sound", "sight", "emission", "target"))
    judgement = track["judgement"] or {}
    shares = judgement.get("probabilities", {})
    north = bearing if bearing.get("reference") == "true_north" else {}
    speed_mps, course_deg = _speed_and_course(state.get("velocity_east_mps"), state.get("velocity_north_mps"))
    row = (
        key,
        _ms(track["heard_s"] - track["age_s"]),
        track["unheard_s"],
        track["state"],
        _round(state.get("latitude_deg"), 6),
        _round(state.get("longitude_deg"), 6),
        state.get("altitude_wgs84_m"),
        claim.get("height_m"),
        speed_mps,
        course_deg,
        state.get("velocity_up_mps"),
        state.get("sigma_major_m"),
        state.get("sigma_minor_m"),
        state.get("major_axis_deg"),
        state.get("sigma_altitude_m"),
        north.get("azimuth_deg"),
        bearing.get("sigma_azimuth_deg"),
        bearing.get("elevation_deg"),
        bearing.get("sigma_elevation_deg"),
        _round(claim.get("operator_latitude_deg"), 5),
        _round(claim.get("operator_longitude_deg"), 5),
        track["rssi_dbm"],
        sound.get("probability_percent"),
        sound.get("blade_pass_hz"),
        sound.get("level_db"),
        sound.get("snr_db"),
        bearing.get("sigma_pose_deg"),
        sight.get("probability_percent"),
        sight.get("label_probability_percent"),
        sight.get("size_deg"),
        sight.get("range_m"),
        sight.get("sigma_range_m"),
        sight.get("snr_db"),
        sight.get("temperature_k"),
        link.get("probability_percent"),
        link.get("center_hz"),
        link.get("snr_db"),
        link.get("level_dbfs"),
        link.get("level_rate_dbps"),
        link.get("packet_rate_hz"),
        link.get("carrier_offset_hz"),
        link.get("heard_for_s"),
        target.get("label_probability_percent"),
        target.get("probability_percent"),
        target.get("altitude_baro_m"),
        bearing.get("azimuth_deg") if bearing.get("reference") == "vehicle" else None,
        judgement.get("existence_percent"),
        judgement.get("label_probability_percent"),
        shares.get("multirotor", 0) + shares.get("fixed_wing", 0) if judgement else None,
        judgement.get("claim_percent"),
        [(fact["name"], fact["value"], plain(fact["about"])) for fact in judgement.get("behaviour", ())] or None,
    )
    return row[: 1 + max(place for place, value in enumerate(row) if value is not None)]


def _speed_and_course(east_mps: float | None, north_mps: float | None) -> tuple[float | None, int | None]:
    if east_mps is None or north_mps is None:
        return None, None
    return round(hypot(east_mps, north_mps), 1), round(degrees(atan2(east_mps, north_mps))) % 360


def about_row(key: int, node8: str, number: int, track: Event) -> Row:
    """Who a track claims to be and what is thought of it: what seldom changes."""
    claim, sound, sight, link = track["identity"] or {}, track["sound"], track["sight"], track["emission"] or {}
    target, judgement = track["target"] or {}, track["judgement"] or {}
    return (
        key,
        node8,
        number,
        [(one["type"], plain(one["value"])) for one in claim.get("ids", ())[:MOST_LISTED]],
        plain(claim.get("transmitter")),
        claim.get("ua_type"),
        claim.get("status"),
        claim.get("height_reference"),
        plain(claim.get("operator_id")),
        claim.get("operator_location"),
        track["cooperation"],
        plain(track["cooperation_reason"], MOST_SENTENCE),
        track["suspicion_percent"],
        _all_plain(track["flags"]),
        _all_plain(track["sensors"]),
        track["transports"],
        (sound["label"] or "none") if sound else None,
        sound["level_reference"] if sound else None,
        (sight["label"] or "unknown") if sight else None,
        sight["seen"] == "extrapolated" if sight else None,
        (link["link"] or "unknown") if link else None,
        link["alarm"] == "withdrawn" if link else None,
        link.get("bandwidth_hz"),
        link.get("channels"),
        link.get("span_hz"),
        plain(link.get("grid")),
        (target["label"] or "unknown") if target else None,
        [(one["type"], plain(one["value"])) for one in target.get("ids", ())],
        plain(target.get("category")),
        target.get("surveillance"),
        judgement.get("label"),
        [(fact["name"], plain(fact["reason"], MOST_SENTENCE)) for fact in judgement.get("behaviour", ()) if fact["reason"]],
    )


def crossing_row(crossing: Crossing, tracks: Sequence[int]) -> Row:
    """Where bearings of these tracks meet."""
    fix = crossing.fix
    return (
        "-".join(map(str, tracks)),
        round(fix.latitude_deg, 6),
        round(fix.longitude_deg, 6),
        _round(fix.altitude_wgs84_m, 1),
        round(fix.sigma_major_m, 1),
        round(fix.sigma_minor_m, 1),
        round(fix.major_axis_deg),
        _round(fix.sigma_altitude_m, 1),
        round(fix.chi_square, 1),
        fix.freedom,
        crossing.ambiguous,
        tracks,
    )


def object_row(one: Fused, tracks: Sequence[int], now_s: float) -> Row:
    """Where an object is that is followed by these tracks of several nodes, and how it moves."""
    speed_mps, course_deg = _speed_and_course(one.velocity_east_mps, one.velocity_north_mps)
    return (
        one.number,
        round(one.latitude_deg, 6),
        round(one.longitude_deg, 6),
        _round(one.altitude_wgs84_m, 1),
        round(one.sigma_major_m, 1),
        round(one.sigma_minor_m, 1),
        round(one.major_axis_deg),
        _round(one.sigma_altitude_m, 1),
        speed_mps,
        course_deg,
        _round(one.velocity_up_mps, 1),
        round(one.sigma_velocity_mps, 1),
        _ms(now_s - one.age_s),
        one.ambiguous,
        tracks,
    )


def log_row(event: Event, track: int | None) -> Row:
    """One thing that happened, to this track if it is still there."""
    points = event.get("trail") or ()
    step = max(-(-len(points) // MOST_TRAIL), 1)
    return (
        event["number"],
        _ms(event["heard_s"]),
        event.get("t_utc_ms"),
        plain(event.get("node")),
        plain(event.get("event")),
        plain(event.get("words"), MOST_SENTENCE),
        event["times"],
        track,
        [(one["latitude_deg"], one["longitude_deg"]) for one in points[::step] if one.get("latitude_deg") is not None],
    )


def plain(text: object, most: int = MOST_TEXT) -> str | None:
    """Cut, and without control and formatting characters, which could steer a reader's eye."""
    return None if text is None else "".join(sign if sign.isprintable() else "·" for sign in str(text)[:most])


def _all_plain(texts: Iterable[str]) -> list[str | None]:
    return [plain(text) for text in texts][:MOST_LISTED]


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
