"""python -m tools.wire_doc: writes docs/wire-format.md from the schemas that encode and decode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any, cast, get_type_hints

from msgspec import Struct, inspect

from edge_node.messages import Track
from edge_node.publish import evidence_schema, judgement_schema, reliable_schema, schema
from edge_node.publish.flight import MOST_BATCH_BYTES
from edge_node.publish.noted import Noted
from edge_node.publish.scaling import Packed, Quantity, layout, meta
from tools import wire_example
from tools.wire_example import TOPIC, UNITS, annotated

DOCS = Path(__file__).parents[1] / "docs"
Kinds = tuple[type[Struct], ...]
TRACK_MESSAGES: Kinds = (
    *(schema.Batch, schema.TrackRecord, schema.Identity, schema.OtherId, schema.Kinematics, schema.Bearing),
    *(evidence_schema.Sound, evidence_schema.Sight, evidence_schema.Emission, evidence_schema.Target, evidence_schema.TargetId),
    *(judgement_schema.Judgement, judgement_schema.Fact),
)
STATUS_MESSAGES: Kinds = (schema.StatusRecord, schema.PlaceRecord, schema.SensorRecord, schema.FindingRecord, schema.CoverageRecord)
UP: Kinds = (reliable_schema.Hello, reliable_schema.Rows, reliable_schema.Row, reliable_schema.Receipt, reliable_schema.NextKey)
DOWN: Kinds = tuple(reliable_schema.DOWN.values())
RECORDS: Kinds = (reliable_schema.EventRecord, reliable_schema.TrailPoint)
EVENTS = {
    "new": "`track`",
    "confirmed": "`track`",
    "identified": "`track`: it claims an id, and had none before",
    "merged": "`track`; `other`; `trail` if it was confirmed once",
    "reclassified": "`track`; `about` is `ua_type`, `cooperation`, `sound`, `sight`, `emission`, `target` or `label`; `words`",
    "suspected": "`track`; `about` is the flag; `words` hold the evidence",
    "behaves": "`track`; `about` is what it began to do, `approaches` or `swarms`; `words` hold the reason (since 1.7)",
    "lost": "`track`; `trail` if it was confirmed once",
    "health": "`words`; `verdict`; of a sensor or the hub also `about`, its name, and `sensor_state`",
    "configuration": "`words`; `about` is its short name",
    "audit": "`words`",
    "command": "`about` is the command's id; `outcome`; `words`",
}

HEAD = """\
# The wire to C2

Made by `python -m tools.wire_doc` from the schemas in `edge_node/publish`; do not edit it here.
[link.md](link.md) says what the two planes promise, and how to run them.

The node dials C2 over ZeroMQ (ZMTP 3.1) with CURVE. C2 binds as CURVE server and knows each node by its public key,
which is the ZAP User-Id of every message (ZeroMQ RFC 27). Each plane has sockets and an address of its own:

| plane | node | C2 | a message is | it carries |
|---|---|---|---|---|
| live | XPUB | SUB | two frames: topic, payload | the newest state of each track, and the node's status; lossy |
| reliable | DEALER | ROUTER | one frame; ROUTER puts a route before it | events and history, at least once; commands |

## Encoding
A payload is [msgpack](https://msgpack.org): arrays of scaled integers, in the order of the tables below. **Value =
integer x step.** A value is within half a step of what the node knows; an uncertainty (`sigma_...`) is rounded up by
less than a step. All uncertainties are 1 sigma. What is out of range is told as the nearest bound. nil is never 0: it
means what its row says. An array may end early, and what is missing is then nil (or 0 for a bit field).

## Versions
Every payload begins with major and minor. A newer **minor** only appends fields to the ends of arrays, names to the
ends of tables, bits above those in use and kinds of messages; a reader ignores what it does not know, so an older reader keeps working.
Anything else is a new **major**, and a reader refuses a major that it does not know. Steps, units, ranges, bit positions and
meanings never change within a major. This is version {major}.{minor}.

## Sizes
A full Remote ID track has a 20-character serial number, a 16-character operator id, place, velocity, uncertainties, height,
operator's place and altitude, signal strength, transport and cooperation. In bytes, without encryption and TCP:

| | full track | bearing alone | all of a camera | a radio link | ADS-B | all of fusion |
|---|---|---|---|---|---|---|
| live: a track, with topic and whole payload, averaged over a batch of 10 | {live} |
| reliable: a state of history, alone in its message as on a link that is up | {history} |
| reliable: a state of history, with its share of a message of 100, as after an outage | {backlog} |
| reliable: an event about a track, alone in its message | {event} |
| reliable: the end of a track with a trail of 64 places, alone in its message | {trail} |
| reliable: an ack | {ack} |
"""

LIVE = """
## The live plane
C2 subscribes to `t/` and `s/`. The topic is `t/` (tracks) or `s/` (status) and the node's name: the first 8 hex digits
of SHA-256 over the 32 bytes of its public key. C2 believes a topic only from the key that it is made of.

What cannot be sent is dropped and counted, and the newest state of each track is said again: a confirmed one when it is
heard, up to 5 times a second, any other once a second, and a lost one for 3 s (defaults of `[c2]` in node.toml).
"""

RELIABLE = """
## The reliable plane
1. **Hello.** After each connection, and every 10 s, the node says `Hello`; C2 answers `Welcome`. Whose a message is, C2
   reads from the User-Id of its last frame (ROUTER's own route may carry none). It answers on the route of the node's
   newest message.
2. **Rows.** There are two streams, `events` and `history`. A stream's rows are numbered by `seq` from 1 within an
   `epoch`, a random number that is made whenever the node's hub starts. **(node, epoch, seq) names a row for ever:** a
   node that a power cut sets back never gives an old name to a new row. A `Rows` message holds rows of one epoch in
   rising order: at most {rows} of them, and about {batch:,} bytes where it holds more than one. A number that is left out was
   evicted on the node. A stream's next epoch begins when all of the one before is acknowledged; between the two streams
   there is no order.
3. **Acceptance.** C2 keeps one number for each node and epoch: `held`, 0 at first. `after` is the last row of the message
   before, where that is not acknowledged yet, and else 0: then these are the oldest rows that the node has.
   - `after` > `held`: rows before these are missing at C2. It takes none.
   - Otherwise it takes the rows with `seq` > `held`, and `held` becomes the `seq` of the last one. The others came before.
4. **Ack.** In both cases C2 answers `Ack` with the epoch and `held`, and **only once all rows up to it lie durably on its
   disk**. An ack is cumulative: one may answer several messages. The node lets go of what is acknowledged. It does not
   wait for an ack to send more, within a window.
5. **Silence.** Where rows are under way and C2 acknowledges none of them for 5 s, the node dials anew. After each new
   connection it begins with its oldest row: so a row may come twice, and the rule of acceptance drops the second one.
6. **Busy.** C2 could not store. The node keeps all and tries again after 1 s. **Denied.** The key may not speak, though its
   session is open: it was revoked. The node keeps all, says so in its status, and tries again after 5 s.
7. **Commands.** C2 says a `Command` again and again until it hears what became of it, in a `Receipt` and, durably, in the
   event `command`. The node does the same `id` once; it answers one that has ended with the same receipt again, and
   remembers the last 256 over its restarts. A command that comes later than `valid_ms` after `sent_utc_ms` is `expired`;
   by a clock that nobody vouches for, none is. [link.md](link.md#commands) lists them.
8. **Times.** `t_mono_ms` is by a clock that no correction moves. Where `now_mono_ms` and `clock_sigma` are told, a row's time
   in UTC is `t_mono_ms - now_mono_ms + t_utc_ms`, within `clock_sigma`: a row that was made under a wrong clock gets its
   right time once the clock is right. Elsewhere the `t_utc_ms` and `clock_sigma` in the row's own payload say what the
   node believed at the time. Order is by `seq`, never by a time.
9. **Bounds.** A message to C2 is at most 64 KiB, a row's payload {row_bytes:,} bytes, a message to the node {batch:,} bytes; who
   sends more loses his session. Either end passes over a kind that it does not know.

| kind | node to C2 | C2 to node |
|---|---|---|
{kinds}
### Head
{head}

{head_table}"""

HEADED = "Items 0 to 2 are the head.\n"

EVENT_TABLE = """
Which fields an event has, beside `t_utc_ms` and `clock_sigma`:

| event | fields |
|---|---|
"""

NAMES = """
## Numbered names
0 is not said; a number that is not listed is from a newer minor.

| of | names |
|---|---|
"""

WORKED = """
## An example
Topic `{topic}`, and a payload of {live_size} bytes:

{live}
A decoder in JavaScript, [docs/examples/decode.mjs](examples/decode.mjs), which reads this very example:

```js
{code}```

## An example of the reliable plane
The node tells that a track is lost, in {rows_size} bytes:

{rows}
Once the row lies on its disk, C2 answers in {ack_size} bytes:

{ack}
A whole small C2 in C, [docs/examples/c2.c](examples/c2.c), holds both ends of this: ZAP, acceptance, a durable file, acks.
"""


def document() -> str:
    """The whole document as Markdown."""
    parts = [HEAD.format(major=schema.MAJOR, minor=schema.MINOR, **_sizes()), LIVE]
    parts += ["\n### Tracks\n", *_structs(TRACK_MESSAGES), "\n### Status\n", *_structs(STATUS_MESSAGES), _reliable()]
    parts += ["\n### From node to C2\n", *_structs(UP), "\n### From C2 to node\n", *_structs(DOWN)]
    parts += ["\n### Events\n", *_structs(RECORDS), _events(), _names(), _worked()]
    return "".join(parts)


def _sizes() -> dict[str, str]:
    tracks = (wire_example.full_track, wire_example.bearing_track, wire_example.sighted_track, wire_example.link_track)
    columns = [_sizes_of(track()) for track in (*tracks, wire_example.target_track, wire_example.judged_track)]
    rows = {name: " | ".join(_size(column[name]) for column in columns) for name in columns[0]}
    return rows | {"ack": " | ".join([str(len(wire_example.ack()))] * len(columns))}


def _size(told: float | None) -> str:
    return "none" if told is None else f"{told:.0f}"


def _sizes_of(track: Track) -> dict[str, float | None]:
    """What a track takes; without places and directions it leaves no trail."""
    goes = track.kinematics is not None or track.bearing is not None
    trail = wire_example.long_trail(places=track.kinematics is not None)
    return {
        "live": wire_example.live_bytes(track),
        "history": wire_example.history_bytes(track, 1),
        "backlog": wire_example.history_bytes(track, 100),
        "event": wire_example.event_bytes(Noted(event="confirmed", track=track)),
        "trail": wire_example.event_bytes(Noted(event="lost", track=track, trail=trail)) if goes else None,
    }


def _reliable() -> str:
    up, down = reliable_schema.UP, reliable_schema.DOWN
    kinds = "".join(f"| {kind} | {_name(up.get(kind))} | {_name(down.get(kind))} |\n" for kind in sorted(up.keys() | down.keys()))
    head = reliable_schema.Head
    most = {"rows": reliable_schema.MOST_ROWS, "batch": MOST_BATCH_BYTES, "row_bytes": reliable_schema.MOST_ROW_BYTES}
    return RELIABLE.format(kinds=kinds, head=head.__doc__, head_table=_table(head), **most)


def _name(kind: type[Struct] | None) -> str:
    return kind.__name__ if kind else ""


def _structs(kinds: Kinds) -> Iterator[str]:
    for kind in kinds:
        headed = issubclass(kind, reliable_schema.Head)
        yield f"\n#### {kind.__name__}\n{kind.__doc__}\n{HEADED if headed else ''}\n{_table(kind, 3 if headed else 0)}"


def _table(kind: type[Struct], first: int = 0) -> str:
    hints = get_type_hints(kind, include_extras=True)
    types = {field.name: field.type for field in cast("inspect.StructType", inspect.type_info(kind)).fields}
    rows = (
        f"| {place} | `{name}` | {_step(scaling) or _kind(types[name])} | {_range(scaling)} | {_meaning(hints[name])} |\n"
        for place, (name, scaling, _) in enumerate(layout(kind))
        if place >= first
    )
    return "| # | field | step | range | meaning |\n|---|---|---|---|---|\n" + "".join(rows)


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
            return " or ".join(_kind(one) for one in types if not isinstance(one, inspect.NoneType))
        case inspect.VarTupleType(item_type=item):
            return f"array of {_kind(item)}"
        case inspect.DictType(value_type=value):
            return f"map of text to {_kind(value)}"
        case inspect.StructType(cls=struct):
            return struct.__name__
    plain = {inspect.IntType: "integer", inspect.FloatType: "number", inspect.StrType: "text", inspect.BytesType: "bytes"}
    return plain[type(told)]


def _range(scaling: Quantity | Packed | None) -> str:
    if not isinstance(scaling, Quantity):
        return ""
    low, high = sorted((scaling.low / scaling.per_unit, scaling.high / scaling.per_unit))
    return f"{low:.10g} to {high:.10g}"


def _meaning(hint: Any) -> str:
    told = meta(hint)
    return (told.description if told else None) or ""


def _events() -> str:
    return EVENT_TABLE + "".join(f"| `{name}` | {EVENTS[name]} |\n" for name in reliable_schema.EVENT_KINDS if name)


def _names() -> str:
    rows = [
        f"| {kind.__name__} `{one.name}` | {', '.join(f'{number} {name}' for number, name in enumerate(one.names) if name)} |\n"
        for kind in (*TRACK_MESSAGES, *STATUS_MESSAGES, *UP, *DOWN, *RECORDS)
        for _, scaling, _ in layout(kind)
        for one in (scaling.choices if isinstance(scaling, Packed) else ())
    ]
    transports = ", ".join(f"bit {bit} {name}" for bit, name in enumerate(schema.TRANSPORTS))
    return f"{NAMES}{''.join(rows)}| TrackRecord `transports` | {transports} |\n"


def _worked() -> str:
    live, rows, ack = wire_example.live(), wire_example.rows(), wire_example.ack()
    return WORKED.format(
        topic=TOPIC,
        live_size=len(live),
        live="".join(_items(live, schema.Batch)),
        code=(DOCS / "examples" / "decode.mjs").read_text(encoding="utf-8"),
        rows_size=len(rows),
        rows="".join(_items(rows, reliable_schema.Rows)),
        ack_size=len(ack),
        ack="".join(_items(ack, reliable_schema.Ack)),
    )


def _items(payload: bytes, kind: type[Struct]) -> Iterator[str]:
    yield "```\n{}\n```\n\nItem by item:\n\n```\n".format("\n".join(wrap(payload.hex(), 128)))
    for part, depth, words in annotated(payload, kind):
        yield f"{'  ' * depth + part.hex(' '):<78}  {words}\n"
    yield "```\n\n"


if __name__ == "__main__":
    (DOCS / "wire-format.md").write_text(document(), encoding="utf-8")
