"""The worked examples of docs/wire-format.md: what is said, its bytes item by item, and what things take."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, cast

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import replace

from edge_node.messages import Bearing, Emission, Fact, Hearing, Identity, Kinematics, Sight, Target, TargetId, Track, UasId
from edge_node.publish import reliable_schema, wire
from edge_node.publish.journal import MOST_SPOTS
from edge_node.publish.noted import Noted, Spot
from edge_node.publish.reliable_wire import encode_event, message
from edge_node.publish.scaling import Packed, Quantity, layout
from edge_node.timebase import Timebase

Item = tuple[bytes, int, str]
"""An item's bytes, its depth and what it is."""

NOW_NS = 5_000_000_000_000
CLOCK = Timebase(offset_ns=1_790_000_000_000_000_000, source="gnss", sigma_s=0.004)
TOPIC = "t/6a2be4c3"
EPOCH, STREAM_EPOCH = 0xC0FFEE01, 0x1B0A7C0FFEE5EA75
UNITS = {"deg": "deg", "m": "m", "mps": "m/s", "dps": "deg/s", "s": "s", "dbm": "dBm", "percent": "%", "hz": "Hz", "db": "dB", "k": "K"}
UNITS |= {"dbfs": "dBFS", "dbps": "dB/s", "dbsm": "dBsm", "in_unit": "of `unit`"}


def annotated(payload: bytes, kind: type[Struct]) -> Iterator[Item]:
    """Each item of a message; the concatenation of their bytes is the payload."""
    yield from _walk(msgspec.msgpack.decode(payload), inspect.type_info(kind), kind.__name__, 0, "")


def _walk(value: Any, told: inspect.Type, name: str, depth: int, said: str) -> Iterator[Item]:
    match _bare(told):
        case inspect.StructType(cls=kind) if isinstance(value, list):
            yield _array(value), depth, f"{name}: array of {len(value)}"
            fields = cast("inspect.StructType", inspect.type_info(kind)).fields
            for item, field, (_, scaling, _) in zip(value, fields, layout(kind), strict=False):
                yield from _walk(item, field.type, field.name, depth + 1, _readable(item, scaling))
        case inspect.VarTupleType(item_type=inner):
            yield _array(value), depth, f"{name}: array of {len(value)}"
            for item in value:
                yield from _walk(item, inner, _item_name(inner), depth + 1, str(item))
        case inspect.BytesType():
            head = msgspec.msgpack.encode(value)[: -len(value)]
            yield head, depth, f"{name}: {len(value)} bytes, which are"
            yield from _walk(msgspec.msgpack.decode(value), inspect.type_info(reliable_schema.EventRecord), "EventRecord", depth + 1, "")
        case _:
            yield msgspec.msgpack.encode(value), depth, f"{name} {said}".rstrip()


def _bare(told: inspect.Type) -> inspect.Type:
    match told:
        case inspect.Metadata(type=inner):
            return _bare(inner)
        case inspect.UnionType(types=types):
            return _bare(next(one for one in types if not isinstance(one, inspect.NoneType)))
    return told


def _item_name(told: inspect.Type) -> str:
    inner = _bare(told)
    return inner.cls.__name__ if isinstance(inner, inspect.StructType) else "name"


def _array(value: list[Any]) -> bytes:
    return msgspec.msgpack.encode([None] * len(value))[: -len(value) or None]


def _readable(value: Any, scaling: Quantity | Packed | None) -> str:
    match scaling:
        case _ if value is None:
            return "nil"
        case Quantity():
            return f"{scaling.value(value):.10g} {UNITS[scaling.unit]}"
        case Packed():
            return ", ".join(filter(None, (one.chosen(value) for one in scaling.choices))) or str(value)
        case _:
            return str(value)


def live() -> bytes:
    """One full Remote ID track, as the live plane says it."""
    return wire.encode_tracks([full_track()], CLOCK, EPOCH, 42, NOW_NS)


def rows() -> bytes:
    """One row of events: a track of which the bearing alone was known is lost, with the way it went."""
    trail = tuple(
        Spot(NOW_NS - age_s * 1_000_000_000, azimuth_deg=azimuth_deg, elevation_deg=12.5) for age_s, azimuth_deg in ((9, 198.0), (1, 213.4))
    )
    event = encode_event(Noted(event="lost", track=replace(bearing_track(), state="lost"), trail=trail), CLOCK, EPOCH, NOW_NS)
    return _rows([(18, NOW_NS // 1_000_000, event)], "events", NOW_NS + 120_000_000)


def ack() -> bytes:
    """C2's answer to `rows`, once they lie on its disk."""
    return message(reliable_schema.Ack, epoch=STREAM_EPOCH, seq=18)


def _rows(told: list[tuple[int, int, bytes]], stream: str, now_ns: int) -> bytes:
    return message(
        reliable_schema.Rows,
        epoch=STREAM_EPOCH,
        stream=stream,
        after=told[0][0] - 1,
        now_mono_ms=now_ns // 1_000_000,
        t_utc_ms=CLOCK.utc_ns(now_ns) // 1_000_000,
        clock_sigma_s=CLOCK.sigma_s,
        rows=told,
    )


def live_bytes(track: Track) -> float:
    """What a track takes on the live plane: topic and whole payload, averaged over a batch of 10."""
    return (len(TOPIC) + len(wire.encode_tracks([track] * 10, CLOCK, EPOCH, 4200, NOW_NS))) / 10


def history_bytes(track: Track, rows: int) -> float:
    """What one state of a track takes on the reliable plane, in a message of so many."""
    return _row_bytes(wire.encode_tracks([track], CLOCK, EPOCH, 0, NOW_NS), "history", rows)


def event_bytes(noted: Noted) -> float:
    """What an event takes on the reliable plane, alone in its message as most are."""
    return _row_bytes(encode_event(noted, CLOCK, EPOCH, NOW_NS), "events", 1)


def _row_bytes(payload: bytes, stream: str, rows: int) -> float:
    told = [(4200 + place, NOW_NS // 1_000_000 + place, payload) for place in range(rows)]
    return len(_rows(told, stream, NOW_NS)) / rows


def long_trail(*, places: bool) -> tuple[Spot, ...]:
    """A trail as long as they get: of places with altitude, or of directions."""
    chance, trail = Random(1), []
    for age_s in range(MOST_SPOTS, 0, -1):
        t_mono_ns = NOW_NS - age_s * 1_000_000_000
        if places:
            trail.append(Spot(t_mono_ns, chance.uniform(56.9, 57.0), chance.uniform(24.0, 24.2), chance.uniform(20, 200)))
        else:
            trail.append(Spot(t_mono_ns, azimuth_deg=chance.uniform(0, 359), elevation_deg=chance.uniform(0, 60)))
    return tuple(trail)


def full_track() -> Track:
    """A Remote ID track of which all is known."""
    covariance = [0.0] * 36
    covariance[::7] = [9.0, 16.0, 25.0, 0.25, 0.25, 0.16]
    return Track(
        number=1017,
        state="confirmed",
        t_mono_ns=NOW_NS - 340_000_000,
        first_seen_mono_ns=NOW_NS - 60_000_000_000,
        last_seen_mono_ns=NOW_NS - 340_000_000,
        kinematics=Kinematics(
            latitude_deg=56.9234567,
            longitude_deg=23.9712345,
            altitude_wgs84_m=131.4,
            velocity_east_mps=11.2,
            velocity_north_mps=-6.3,
            velocity_up_mps=0.4,
            covariance=tuple(covariance),
        ),
        cooperation="in_restricted_zone",
        identity=Identity(
            ids=(UasId("serial_number", "1234ABCDEFGHJKLMNPQR"),),
            ua_type="helicopter_or_multirotor",
            status="airborne",
            height_m=87.5,
            height_reference="take_off",
            operator_id="LVA0123456789abc",
            operator_latitude_deg=56.91934,
            operator_longitude_deg=23.96512,
            operator_altitude_wgs84_m=43.0,
            operator_location="live",
        ),
        heard=(Hearing(transport="wifi_beacon", count=400, last_mono_ns=NOW_NS - 340_000_000, rssi_dbm=-71),),
        sensors=("wifi",),
    )


def bearing_track() -> Track:
    """A track of which the bearing alone is known."""
    bearing = Bearing(
        azimuth_deg=213.4, elevation_deg=12.5, azimuth_rate_dps=1.8, elevation_rate_dps=-0.4, sigma_azimuth_deg=3.0, sigma_elevation_deg=4.0
    )
    return Track(
        number=1018,
        state="confirmed",
        t_mono_ns=NOW_NS,
        first_seen_mono_ns=NOW_NS - 9_000_000_000,
        last_seen_mono_ns=NOW_NS - 200_000_000,
        bearing=bearing,
        sensors=("microphones",),
    )


def sighted_track() -> Track:
    """A track of a camera, of which all is told that a camera can."""
    bearing = Bearing(
        azimuth_deg=213.4,
        elevation_deg=12.5,
        azimuth_rate_dps=1.8,
        elevation_rate_dps=-0.4,
        sigma_azimuth_deg=0.06,
        sigma_elevation_deg=0.05,
        sigma_pose_deg=1.0,
    )
    sight = Sight(
        label="drone",
        probability=0.94,
        label_probability=0.94,
        snr=8.0,
        size_deg=0.11,
        range_m=180.0,
        sigma_range_m=60.0,
        temperature_k=291.4,
    )
    return replace(bearing_track(), number=1019, bearing=bearing, sight=sight, sensors=("camera",))


def link_track() -> Track:
    """A track of a radio link, of which all is told that a receiver can."""
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
    return replace(bearing_track(), number=1020, bearing=None, emission=emission, sensors=("links",))


def target_track() -> Track:
    """A track of a manned aircraft, of which all is told that ADS-B can."""
    target = Target(
        label="aeroplane",
        probability=0.0,
        label_probability=0.95,
        cooperative=True,
        on_ground=False,
        ids=(TargetId("icao_address", "3C6444"), TargetId("callsign", "DLH4AB")),
        category="A3",
        altitude_baro_m=1_211.6,
    )
    return replace(full_track(), number=1021, identity=None, cooperation=None, heard=(), target=target, sensors=("adsb",))


def judged_track() -> Track:
    """A track of bearings and positions together, of which all is told that a node makes of it, but for reasons, which are told seldom."""
    facts = (Fact(name="climbs", value=2.1, unit="m/s"), Fact(name="approaches", value=74.0, unit="s", about="reactor"))
    return replace(
        full_track(),
        number=1022,
        identity=None,
        heard=(),
        sensors=("camera", "microphones"),
        bearing=bearing_track().bearing,
        existence=0.99,
        label="multirotor",
        label_probability=0.93,
        probabilities={"multirotor": 0.93, "fixed_wing": 0.03, "bird": 0.02},
        behaviour=facts,
    )
