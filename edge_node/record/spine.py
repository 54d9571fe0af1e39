"""The messages of a recording's spine: JSON in MCAP, one for each block and one for each thing that was told."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from drivers.blocks import Attitude, Camera, GnssFix, Medium, MicrophoneArray
from edge_node.messages import BusMessage, NodeStatus, Track, TrackEvent

FILE, PART = "spine.mcap", "spine-{}.mcap"
"""The whole spine, and what one process wrote of it: all of them in one file once the recording is finished and is not encrypted."""

MOST_FILE_BYTES = 1 << 43
"""More than any file system of a node takes, and less than a seek refuses."""
Count = Annotated[int, Meta(ge=0, le=MOST_FILE_BYTES)]
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\Z")]
SoundForm = Literal["int16", "float32"]
PictureForm = Literal["u8", "u16"]
IqForm = Literal["cu8", "cs8", "cs16", "cf32"]


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """A block: when, the how-manieth, and `size` bytes from `offset` on in `file` that hold it, with their CRC-32 (zlib)."""

    t_mono_ns: int
    sequence: int
    lost: int
    file: FileName
    offset: Count
    size: Count
    crc: Count


class SoundEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, tag="AudioBlock"):
    """An AudioBlock: (frames, channels) of little-endian numbers; `array` is the number of an ArraySaid."""

    form: SoundForm
    frames: Count
    channels: Annotated[int, Meta(ge=1, le=0xFFFF)]
    sample_rate_hz: int
    array: int | None = None
    temperature_c: float | None = None


class PictureEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, tag="Frame"):
    """A Frame: (rows, columns) of little-endian numbers; `camera` is the number of a CameraSaid."""

    form: PictureForm
    rows: Count
    columns: Count
    camera: int | None = None
    repeated: bool = False
    shutter: bool = False


class IqEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, tag="IqBlock"):
    """An IqBlock, as a device writes its samples (drivers.iq_formats)."""

    form: IqForm
    sample_rate_hz: float
    center_hz: float | None = None
    gain_db: float | None = None
    clipped: float = 0.0
    tuned_anew: bool = False


class RadioEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, tag="RadioFrame"):
    """A RadioFrame, its bytes within a packet of a pcapng file."""

    medium: Medium
    rssi_dbm: int | None = None
    center_hz: int | None = None
    intact: bool = True
    coded_phy: bool = False
    extended: bool = False


class FixEntry(Struct, frozen=True, kw_only=True, tag_field="kind", tag="GnssFix"):
    """A GnssFix, whole."""

    block: GnssFix


class AttitudeEntry(Struct, frozen=True, kw_only=True, tag_field="kind", tag="Attitude"):
    """An Attitude, whole."""

    block: Attitude


class ArraySaid(Struct, frozen=True, kw_only=True, tag_field="kind", tag="array"):
    """The array of the blocks from here on that have this number."""

    number: int
    array: MicrophoneArray


class CameraSaid(Struct, frozen=True, kw_only=True, tag_field="kind", tag="camera"):
    """The camera of the blocks from here on that have this number."""

    number: int
    camera: Camera


class Missed(Struct, frozen=True, kw_only=True, tag_field="kind", tag="missed"):
    """From here on so many blocks were not kept, and why; the sensor handed them over."""

    t_mono_ns: int
    blocks: int
    words: str


Line = SoundEntry | PictureEntry | IqEntry | RadioEntry | FixEntry | AttitudeEntry | ArraySaid | CameraSaid | Missed
Spoken = BusMessage | TrackEvent | Track | NodeStatus


class Told(Struct, frozen=True):
    """What the node told, and when it did."""

    t_mono_ns: int
    message: Spoken


class _ToldMessage(Struct, frozen=True):
    t_mono_ns: int
    message: BusMessage


class _ToldEvent(Struct, frozen=True):
    t_mono_ns: int
    message: TrackEvent


class _ToldTrack(Struct, frozen=True):
    t_mono_ns: int
    message: Track


class _ToldStatus(Struct, frozen=True):
    t_mono_ns: int
    message: NodeStatus


TOLD: dict[str, type[Struct]] = {
    "/told/message": _ToldMessage,
    "/told/event": _ToldEvent,
    "/told/track": _ToldTrack,
    "/told/status": _ToldStatus,
}
BLOCKS = "/sensor/{}/blocks"
lines: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
encode = msgspec.json.Encoder().encode


def topic_of(message: Spoken) -> str:
    """Where this is told."""
    match message:
        case TrackEvent():
            return "/told/event"
        case Track():
            return "/told/track"
        case NodeStatus():
            return "/told/status"
    return "/told/message"


def as_told(topic: str, data: bytes) -> Told:
    """What stands in a message of this topic; raises msgspec.MsgspecError."""
    found: Any = msgspec.json.decode(data, type=TOLD[topic])
    return Told(found.t_mono_ns, found.message)


@cache
def schema(topic: str) -> tuple[str, bytes]:
    """Name and JSON Schema of what a topic holds."""
    kind: Any = TOLD.get(topic)
    return (f"edge_node.{kind.__name__[1:]}", _schema(kind)) if kind else ("edge_node.Block", _schema(Line))


def _schema(kind: Any) -> bytes:
    return msgspec.json.encode({"type": "object", **msgspec.json.schema(kind)})
