"""TAK protobuf version 1 as Google's own library reads it, from the published field numbers."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet

STRING, DOUBLE, UINT32, UINT64, MESSAGE = 9, 1, 13, 4, 11
MESSAGES: dict[str, tuple[tuple[int, str, int, str], ...]] = {
    "TakControl": ((1, "minProtoVersion", UINT32, ""), (2, "maxProtoVersion", UINT32, ""), (3, "contactUid", STRING, "")),
    "Contact": ((1, "endpoint", STRING, ""), (2, "callsign", STRING, "")),
    "Track": ((1, "speed", DOUBLE, ""), (2, "course", DOUBLE, "")),
    "Detail": ((1, "xmlDetail", STRING, ""), (2, "contact", MESSAGE, "Contact"), (7, "track", MESSAGE, "Track")),
    "CotEvent": (
        (1, "type", STRING, ""),
        (2, "access", STRING, ""),
        (3, "qos", STRING, ""),
        (4, "opex", STRING, ""),
        (5, "uid", STRING, ""),
        (6, "sendTime", UINT64, ""),
        (7, "startTime", UINT64, ""),
        (8, "staleTime", UINT64, ""),
        (9, "how", STRING, ""),
        (10, "lat", DOUBLE, ""),
        (11, "lon", DOUBLE, ""),
        (12, "hae", DOUBLE, ""),
        (13, "ce", DOUBLE, ""),
        (14, "le", DOUBLE, ""),
        (15, "detail", MESSAGE, "Detail"),
    ),
    "TakMessage": ((1, "takControl", MESSAGE, "TakControl"), (2, "cotEvent", MESSAGE, "CotEvent")),
}


def _schema() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="tak_v1.proto", package="tak", syntax="proto3")
    for name, rows in MESSAGES.items():
        said = file.message_type.add(name=name)
        for number, field, kind, inner in rows:
            said.field.add(name=field, number=number, type=kind, label=1, type_name=f".tak.{inner}" if inner else None)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tak.TakMessage"))


TakMessage = _schema()


def read(body: bytes) -> Any:
    """A TakMessage; raises DecodeError, and fails on what it does not know."""
    said = TakMessage.FromString(body)
    for part in (said, said.cotEvent, said.cotEvent.detail, said.cotEvent.detail.contact, said.cotEvent.detail.track):
        assert not len(UnknownFieldSet(part))
    return said
