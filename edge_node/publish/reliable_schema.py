"""The messages of the reliable plane, field by field: what docs/wire-format.md is made from."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from edge_node.publish.scaling import packed, scaled
from edge_node.publish.schema import SENSOR_STATES, U32, VERDICTS, Text, TrackRecord

U63 = 2**63 - 1
MOST_ROWS = 512
MOST_ROW_BYTES = 48_000

STREAMS = (None, "events", "history")
EVENT_KINDS = (
    None,
    "new",
    "confirmed",
    "identified",
    "merged",
    "reclassified",
    "suspected",
    "lost",
    "health",
    "configuration",
    "audit",
    "command",
    "behaves",  # since 1.7
)
OUTCOMES = (None, "done", "started", "rejected", "expired", "failed")

Utc = Annotated[int, Meta(ge=0, le=2**53, description="by the node's clock, ms since 1970")]
Mono = Annotated[int, Meta(ge=0, le=2**53, description="by the node's monotonic clock, ms")]
ClockSigma = Annotated[int, scaled("s", 1000, 0, 65_535, "of that clock against UTC; nil: nobody vouches for it", up=True)]
Epoch = Annotated[int, Meta(ge=0, le=U63, description="of the stream: random, made when the node's hub starts")]
Seq = Annotated[int, Meta(ge=0, le=U63, description="counts the stream's rows within its epoch, from 1")]
CommandId = Annotated[str, Meta(min_length=1, max_length=64, description="C2's own name for one command")]


class Head(Struct, array_like=True, frozen=True):
    """How every message of the plane begins, in both directions; it is its one frame."""

    major: Annotated[int, Meta(ge=0, le=U32, description="a reader refuses a major that it does not know")]
    minor: Annotated[int, Meta(ge=0, le=U32, description="a newer minor only appends; a reader ignores what it does not know")]
    kind: Annotated[int, Meta(ge=0, le=U32, description="which message this is, below; a reader ignores a kind that it does not know")]


class Hello(Head, array_like=True, frozen=True):
    """Node to C2, kind 1: after each connection, and every 10 s."""

    name: Annotated[str, Meta(max_length=64, description="the node's own name")]
    version: Annotated[str, Meta(max_length=64, description="of edge_node")]
    t_utc_ms: Utc
    clock_sigma: ClockSigma | None


class Row(Struct, array_like=True, frozen=True, gc=False):
    """One event or one track's state."""

    seq: Seq
    t_mono_ms: Mono
    payload: Annotated[bytes, Meta(max_length=MOST_ROW_BYTES, description="an EventRecord (events) or a Batch of one track (history)")]


class Rows(Head, array_like=True, frozen=True):
    """Node to C2, kind 2: rows in their order. C2 takes them if it holds `after` or more of that epoch, else it says what it holds."""

    epoch: Epoch
    stream: Annotated[int, packed("which stream", stream=(2, STREAMS))]
    after: Annotated[int, Meta(ge=0, le=U63, description="the row sent before the first of these; 0: these are the oldest that there are")]
    now_mono_ms: Annotated[int, Meta(ge=0, le=2**53, description="when sent; nil: the rows are from before the node's last reboot")] | None
    t_utc_ms: Annotated[int, Meta(ge=0, le=2**53, description="when sent, by the node's clock, ms since 1970")]
    clock_sigma: ClockSigma | None
    rows: Annotated[tuple[Row, ...], Meta(max_length=MOST_ROWS, description="a number that is left out was evicted on the node")]


class Receipt(Head, array_like=True, frozen=True):
    """Node to C2, kind 3: what became of a command; the event `command` says it again, durably."""

    id: CommandId
    outcome: Annotated[int, packed("what became of it", outcome=(3, OUTCOMES))]
    words: Annotated[str, Meta(max_length=256, description="in words")]


class NextKey(Head, array_like=True, frozen=True):
    """Node to C2, kind 4: the node will speak with this key from when C2 has answered."""

    key: Annotated[str, Meta(min_length=40, max_length=40, description="a CURVE public key in Z85")]


class Welcome(Head, array_like=True, frozen=True):
    """C2 to node, kind 1: the answer to a hello."""

    name: Annotated[str, Meta(max_length=64, description="what C2 calls this node")]
    next_server_key: Annotated[str, Meta(min_length=40, max_length=40, description="that C2 will have; nil: none")] | None = None
    t_utc_ms: (
        Annotated[int, Meta(ge=0, le=2**53, description="when sent, by C2's clock, ms since 1970; nil: not said (since 1.8)")] | None
    ) = None


class Ack(Head, array_like=True, frozen=True):
    """C2 to node, kind 2: all rows of this epoch up to `seq` lie durably at C2."""

    epoch: Epoch
    seq: Seq


class Denied(Head, array_like=True, frozen=True):
    """C2 to node, kind 3: this key may not speak, whatever its session."""

    words: Annotated[str, Meta(max_length=256, description="why")]


class Busy(Head, array_like=True, frozen=True):
    """C2 to node, kind 4: C2 cannot store now; the node keeps what it has and tries again."""

    words: Annotated[str, Meta(max_length=256, description="why")]


class Command(Head, array_like=True, frozen=True):
    """C2 to node, kind 5: again until a receipt comes; a node does the same id once."""

    id: CommandId
    name: Annotated[str, Meta(max_length=32, description="of the command")]
    arguments: Annotated[dict[Text, float | int | Text | None], Meta(max_length=16, description="by name")]
    valid_ms: Annotated[int, Meta(ge=0, le=86_400_000, description="how long it may still begin, counted from `sent_utc_ms`")]
    sent_utc_ms: Annotated[int, Meta(ge=0, le=2**53, description="by C2's clock, ms since 1970")]


class KeyTaken(Head, array_like=True, frozen=True):
    """C2 to node, kind 6: C2 knows this key as the node's next."""

    key: Annotated[str, Meta(min_length=40, max_length=40, description="a CURVE public key in Z85")]


UP: dict[int, type[Head]] = {1: Hello, 2: Rows, 3: Receipt, 4: NextKey}
DOWN: dict[int, type[Head]] = {1: Welcome, 2: Ack, 3: Denied, 4: Busy, 5: Command, 6: KeyTaken}


class TrailPoint(Struct, array_like=True, frozen=True, gc=False):
    """Where a track was: a place, or a direction from the node."""

    since: Annotated[int, scaled("s", 10, 0, U32, "time since the trail's first point")]
    latitude: Annotated[int, scaled("deg", 1e6, -90_000_000, 90_000_000, "WGS-84; nil: no place")] | None = None
    longitude: Annotated[int, scaled("deg", 1e6, -180_000_000, 180_000_000, "WGS-84; nil: no place")] | None = None
    altitude_wgs84: Annotated[int, scaled("m", 1, -500, 50_000, "above the ellipsoid; nil: unknown")] | None = None
    azimuth: Annotated[int, scaled("deg", 10, 0, 3_599, "clockwise from true north; nil: no direction", turn=3_600)] | None = None
    elevation: Annotated[int, scaled("deg", 10, -900, 900, "up from the horizon; nil: unknown")] | None = None


class EventRecord(Struct, array_like=True, frozen=True):
    """The payload of a row of the stream events."""

    major: Annotated[int, Meta(ge=0, le=U32, description="as in every message")]
    minor: Annotated[int, Meta(ge=0, le=U32, description="as in every message")]
    kind: Annotated[int, packed("what happened", event=(5, EVENT_KINDS))]
    t_utc_ms: Utc
    clock_sigma: ClockSigma | None
    words: Annotated[str, Meta(max_length=256, description="in words; nil: the fields say it all")] | None = None
    about: Annotated[str, Meta(max_length=64, description="a sensor, a flag, a command's id; nil: the node, or the track")] | None = None
    states: Annotated[
        int,
        packed(
            "health: the node's verdict, a sensor's state; command: its outcome",
            verdict=(2, VERDICTS),
            sensor_state=(4, SENSOR_STATES),
            outcome=(3, OUTCOMES),
        ),
    ] = 0
    epoch: Annotated[int, Meta(ge=0, le=U32, description="of the live plane, for the track's number; nil: no track")] | None = None
    track: Annotated[TrackRecord, Meta(description="as it was then; its `age` is of `t_utc_ms`; nil: no track")] | None = None
    sensors: Annotated[tuple[Text, ...], Meta(max_length=32, description="names that the track's `sensors` point to")] = ()
    flags: Annotated[tuple[Text, ...], Meta(max_length=32, description="names that the track's `flags` point to")] = ()
    other: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=U32,
                description="merged: the number that the track goes on under; new: the number of the track that it parted from (since 1.7)",
            ),
        ]
        | None
    ) = None
    trail: Annotated[tuple[TrailPoint, ...], Meta(max_length=128, description="lost: the way it went, thinned; nil: none")] | None = None
    trail_from: Annotated[int, scaled("s", 10, 0, U32, "age of the trail's first point at `t_utc_ms`")] | None = None
