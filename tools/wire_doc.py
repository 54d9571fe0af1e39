"""python -m tools.wire_doc: writes docs/wire-format.md from the schema that encodes and decodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any, cast, get_type_hints

import msgspec
from msgspec import Struct, inspect

from edge_node.messages import Bearing, Hearing, Identity, Kinematics, Track, UasId
from edge_node.publish import schema, wire
from edge_node.publish.scaling import Packed, Quantity, layout, meta
from edge_node.timebase import Timebase

DOCS = Path(__file__).parents[1] / "docs"
MESSAGES = (schema.Batch, schema.TrackRecord, schema.Identity, schema.OtherId, schema.Kinematics, schema.Bearing)
STATUS_MESSAGES = (schema.StatusRecord, schema.PlaceRecord, schema.SensorRecord)
INNER: dict[str, type[Struct]] = {
    "batch": schema.Batch,
    "track": schema.TrackRecord,
    "identity": schema.Identity,
    "kinematics": schema.Kinematics,
    "bearing": schema.Bearing,
}
ITEMS = {"tracks": "track", "sensors": "name", "flags": "name"}
NOW_NS = 5_000_000_000_000
CLOCK = Timebase(offset_ns=1_790_000_000_000_000_000, source="gnss", sigma_s=0.004)
EXAMPLE_TOPIC = "t/6a2be4c3"
UNITS = {"deg": "deg", "m": "m", "mps": "m/s", "dps": "deg/s", "s": "s", "dbm": "dBm", "percent": "%"}

HEAD = """\
# The wire to C2

Made by `python -m tools.wire_doc` from `edge_node/publish/schema.py`; do not edit it here.

The node dials C2 over ZeroMQ (ZMTP 3.1) with CURVE. C2 binds a SUB socket as CURVE server, knows each node by its
public key, and subscribes to `t/` and `s/`. Each message has two frames: a topic and a payload. The topic is `t/`
(tracks) or `s/` (status) and the node's name: the first 8 hex digits of SHA-256 over the 32 bytes of its public key. C2
believes a topic only from the key that it is made of (the ZAP User-Id of the message).

The live plane is lossy by contract: what cannot be sent is dropped and counted, and the newest state of each track is
said again: a confirmed one when it is heard, up to 5 times a second, any other once a second, and a lost one for 3 s
(defaults of `[c2]` in node.toml).

## Encoding
A payload is [msgpack](https://msgpack.org): arrays of scaled integers, in the order of the tables below. **Value =
integer x step.** A value is within half a step of what the node knows; an uncertainty (`sigma_...`) is rounded up by
less than a step. All uncertainties are 1 sigma. What is out of range is told as the nearest bound. nil is never 0: it
means what its row says. An array may end early, and what is missing is then nil (or 0 for a bit field).

## Versions
Every payload begins with major and minor. A newer **minor** only appends fields to the ends of arrays, names to the
ends of tables and bits above those in use; a reader ignores what it does not know, so an older reader keeps working.
Anything else is a new **major**, and a reader refuses a major that it does not know. Steps, units, ranges, bit positions and
meanings never change within a major. This is version {major}.{minor}.

## Sizes
A full Remote ID track (20-character serial number, 16-character operator id, place, velocity, uncertainties, height,
operator's place and altitude, signal strength, transport, cooperation) takes {full:.0f} bytes and one of which only the
bearing is known {bearing:.0f}, topic and whole payload counted, averaged over a batch of 10.

"""


def document() -> str:
    """The whole document as Markdown."""
    parts = [HEAD.format(major=schema.MAJOR, minor=schema.MINOR, full=_size(_example()), bearing=_size(_example_bearing()))]
    parts += ["\n## Tracks\n", *(_struct(kind) for kind in MESSAGES)]
    parts += ["\n## Status\n", *(_struct(kind) for kind in STATUS_MESSAGES), _names(), _worked()]
    return "".join(parts)


def _struct(kind: type[Struct]) -> str:
    hints = get_type_hints(kind, include_extras=True)
    types = {field.name: field.type for field in cast("inspect.StructType", inspect.type_info(kind)).fields}
    head = f"\n### {kind.__name__}\n{kind.__doc__}\n\n| # | field | step | range | meaning |\n|---|---|---|---|---|\n"
    rows = (
        f"| {place} | `{name}` | {_step(scaling) or _kind(types[name])} | {_range(scaling)} | {_meaning(hints[name])} |\n"
        for place, (name, scaling, _) in enumerate(layout(kind))
    )
    return head + "".join(rows)


def _step(scaling: Quantity | Packed | None) -> str:
    match scaling:
        case Quantity():
            return f"{1 / scaling.per_unit:g} {UNITS[scaling.unit]}"
        case Packed():
            return ", ".join(f"bits {one.shift}-{one.shift + one.width - 1} `{one.name}`" for one in scaling.choices)
        case None:
            return ""


def _kind(told: inspect.Type) -> str:
    match told:
        case inspect.Metadata(type=inner):
            return _kind(inner)
        case inspect.UnionType(types=types):
            return _kind(types[0])
        case inspect.VarTupleType(item_type=item):
            return f"array of {_kind(item)}"
        case inspect.StructType(cls=struct):
            return struct.__name__
    plain = {inspect.IntType: "integer", inspect.StrType: "text", inspect.BytesType: "bytes", inspect.DictType: "map of text to integer"}
    return plain[type(told)]


def _range(scaling: Quantity | Packed | None) -> str:
    if not isinstance(scaling, Quantity):
        return ""
    low, high = sorted((scaling.low / scaling.per_unit, scaling.high / scaling.per_unit))
    return f"{low:.10g} to {high:.10g}"


def _meaning(hint: Any) -> str:
    told = meta(hint)
    return (told.description if told else None) or ""


NAMES = """
## Numbered names
0 is not said; a number that is not listed is from a newer minor.

| of | names |
|---|---|
"""


def _names() -> str:
    rows = [
        f"| {kind.__name__} `{one.name}` | {', '.join(f'{number} {name}' for number, name in enumerate(one.names) if name)} |\n"
        for kind in (*MESSAGES, *STATUS_MESSAGES)
        for _, scaling, _ in layout(kind)
        for one in (scaling.choices if isinstance(scaling, Packed) else ())
    ]
    transports = ", ".join(f"bit {bit} {name}" for bit, name in enumerate(schema.TRANSPORTS))
    return f"{NAMES}{''.join(rows)}| TrackRecord `transports` | {transports} |\n"


WORKED = """
## An example
Topic `{topic}`, and a payload of {size} bytes:

```
{whole}
```

Item by item:

```
{items}```

A decoder in JavaScript, [docs/examples/decode.mjs](examples/decode.mjs), which reads this very example:

```js
{code}```
"""


def _worked() -> str:
    payload = example()
    items = "".join(f"{'  ' * depth + part.hex(' '):<78}  {words}\n" for part, depth, words in annotated(payload))
    code = (DOCS / "examples" / "decode.mjs").read_text(encoding="utf-8")
    return WORKED.format(topic=EXAMPLE_TOPIC, size=len(payload), whole="\n".join(wrap(payload.hex(), 128)), items=items, code=code)


def annotated(payload: bytes) -> Iterator[tuple[bytes, int, str]]:
    """Each item's bytes, its depth and what it is; their concatenation is the payload."""
    batch = msgspec.msgpack.decode(payload)
    yield from _walk(batch, schema.Batch, "batch", 0)


def _walk(value: Any, kind: type[Struct] | None, name: str, depth: int) -> Iterator[tuple[bytes, int, str]]:
    if not isinstance(value, list):
        yield msgspec.msgpack.encode(value), depth, f"{name} {_readable(value, kind, name)}".rstrip()
        return
    yield msgspec.msgpack.encode([None] * len(value))[: -len(value) or None], depth, f"{name}: array of {len(value)}"
    inner = INNER.get(name)
    fields = inner.__struct_fields__ if inner else None
    for place, item in enumerate(value):
        yield from _walk(item, inner, fields[place] if fields else ITEMS[name], depth + 1)


def _readable(value: Any, kind: type[Struct] | None, name: str) -> str:
    scaling = {field: scaling for field, scaling, _ in layout(kind)}.get(name) if kind else None
    match scaling:
        case _ if value is None:
            return "nil"
        case Quantity():
            return f"{scaling.value(value):.10g} {UNITS[scaling.unit]}"
        case Packed():
            return ", ".join(filter(None, (one.chosen(value) for one in scaling.choices)))
        case _:
            return str(value)


def example() -> bytes:
    """The payload of the worked example: one full Remote ID track."""
    return wire.encode_tracks([_example()], CLOCK, 0xC0FFEE01, 42, NOW_NS)


def _example() -> Track:
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


def _example_bearing() -> Track:
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


def _size(track: Track) -> float:
    return (len(EXAMPLE_TOPIC) + len(wire.encode_tracks([track] * 10, CLOCK, 0xC0FFEE01, 4200, NOW_NS))) / 10


if __name__ == "__main__":
    (DOCS / "wire-format.md").write_text(document(), encoding="utf-8")
