"""MCAP (mcap.dev, version 0), plain: records one after the other without chunks, so that a cut file is read up to its cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct, error
from typing import BinaryIO, NamedTuple

from drivers.byte_stream import RecordingCut

MAGIC = b"\x89MCAP0\r\n"
HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, STATISTICS, DATA_END = 1, 2, 3, 4, 5, 6, 11, 15
MOST_RECORD_BYTES = 16 << 20

_RECORD, _ID, _PAIR, _LENGTH = Struct("<BQ"), Struct("<H"), Struct("<HH"), Struct("<I")
_MESSAGE, _FOOTER, _COUNT = Struct("<HIQQ"), Struct("<QQI"), Struct("<HQ")
_STATISTICS = Struct("<QHIIIIQQ")


class Message(NamedTuple):
    """One message of a channel, by the channel's topic."""

    topic: str
    log_ns: int
    data: bytes


class McapWriter:
    """Hands whole records to `write` as they are made; channels count from `first_id` on, so that files can be joined record by record."""

    def __init__(self, write: Callable[[bytes], object], library: str, first_id: int = 1) -> None:
        self._write, self._next = write, first_id
        self._at = self._sequence = 0
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._summary: list[bytes] = []
        self._counts: dict[int, int] = {}
        self._first_ns = self._last_ns = 0
        self._put(MAGIC)
        self._put(record(HEADER, _text("") + _text(library)))

    def message(self, topic: str, schema: tuple[str, bytes], log_ns: int, data: bytes) -> None:
        """One JSON message; the first of a topic makes its channel, of a schema (name, JSON Schema) that."""
        channel = self._channels.get(topic) or self._channel(topic, schema)
        self._put(record(MESSAGE, _MESSAGE.pack(channel, self._sequence, log_ns, log_ns) + data))
        self._sequence = self._sequence + 1 & 0xFFFFFFFF
        self._count(channel, log_ns)

    def copy(self, kind: int, content: bytes) -> None:
        """A schema, channel or message as another file has it, whose numbers are of no other."""
        self._put(record(kind, content))
        if kind == MESSAGE:
            channel, _, log_ns, _ = _MESSAGE.unpack_from(content)
            self._count(channel, log_ns)
        else:
            self._summary.append(record(kind, content))

    def finish(self) -> None:
        """What stands at the end of a whole file."""
        self._put(record(DATA_END, _LENGTH.pack(0)))
        start = self._at
        counts = b"".join(_COUNT.pack(*one) for one in self._counts.items())
        schemas = sum(one[0] == SCHEMA for one in self._summary)
        numbers = (sum(self._counts.values()), schemas, len(self._summary) - schemas, 0, 0, 0, self._first_ns, self._last_ns)
        self._put(b"".join(self._summary))
        self._put(record(STATISTICS, _STATISTICS.pack(*numbers) + _LENGTH.pack(len(counts)) + counts))
        self._put(record(FOOTER, _FOOTER.pack(start, 0, 0)))
        self._put(MAGIC)

    def _channel(self, topic: str, schema: tuple[str, bytes]) -> int:
        name, text = schema
        if name not in self._schemas:
            self._schemas[name], self._next = self._next, self._next + 1
            self._say(SCHEMA, _ID.pack(self._schemas[name]) + _text(name) + _text("jsonschema") + _LENGTH.pack(len(text)) + text)
        self._channels[topic], self._next = self._next, self._next + 1
        self._say(CHANNEL, _PAIR.pack(self._channels[topic], self._schemas[name]) + _text(topic) + _text("json") + _LENGTH.pack(0))
        return self._channels[topic]

    def _say(self, kind: int, content: bytes) -> None:
        self._summary.append(record(kind, content))
        self._put(self._summary[-1])

    def _count(self, channel: int, log_ns: int) -> None:
        self._first_ns = log_ns if not self._counts else min(self._first_ns, log_ns)
        self._last_ns = max(self._last_ns, log_ns)
        self._counts[channel] = self._counts.get(channel, 0) + 1

    def _put(self, data: bytes) -> None:
        self._at += len(data)
        self._write(data)


def record(kind: int, content: bytes) -> bytes:
    """One record with its opcode and length."""
    return _RECORD.pack(kind, len(content)) + content


def records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Opcode and content of each record up to the end of the data; raises RecordingCut where the file breaks off, or is none."""
    if file.read(len(MAGIC)) != MAGIC:
        raise RecordingCut("it does not begin as MCAP does")
    while True:
        head = file.read(_RECORD.size)
        if len(head) < _RECORD.size:
            raise RecordingCut("cut short")
        kind, length = _RECORD.unpack(head)
        if kind == 0 or length > MOST_RECORD_BYTES:
            raise RecordingCut(f"cut short by a record of kind {kind} with {length} bytes")
        content = file.read(length)
        if len(content) < length:
            raise RecordingCut("cut short")
        if kind == DATA_END:
            return
        if kind == CHUNK:
            raise RecordingCut("it holds chunks, as other programs write them, and plain records are read")
        yield kind, content


def messages(file: BinaryIO) -> Iterator[Message]:
    """Every message in the order of the file; raises RecordingCut where it breaks off."""
    topics: dict[int, str] = {}
    for kind, content in records(file):
        try:
            if kind == CHANNEL:
                number, _ = _PAIR.unpack_from(content)
                topics[number] = _read_text(content, _PAIR.size)
            elif kind == MESSAGE:
                number, _, log_ns, _ = _MESSAGE.unpack_from(content)
                yield Message(topics[number], log_ns, content[_MESSAGE.size :])
        except (KeyError, ValueError, error) as what:
            raise RecordingCut(f"cut short by a record that makes no sense ({what})") from None


def _text(text: str) -> bytes:
    data = text.encode()
    return _LENGTH.pack(len(data)) + data


def _read_text(content: bytes, at: int) -> str:
    (length,) = _LENGTH.unpack_from(content, at)
    start = at + _LENGTH.size
    return content[start : start + length].decode()
