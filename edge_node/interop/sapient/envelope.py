"""Messages in their envelope, and on a stream: the length in 32 bits little endian, then the message."""

from __future__ import annotations

from collections.abc import Iterator

from edge_node.interop.moment import Names
from edge_node.interop.sapient.codec import MOST_BYTES, Said, decode, encode
from edge_node.interop.sapient.ids import node_id
from edge_node.interop.sapient.schema import SapientError

LENGTH_BYTES = 4


def envelope(names: Names, t_utc_ns: int, content: str, body: Said, destination: str | None = None) -> bytes:
    """One message from this node, sent then; `content` is registration, status_report, detection_report, alert or task_ack."""
    return encode({"timestamp": t_utc_ns, "node_id": node_id(names), "destination_id": destination, content: body})


def frame(message: bytes) -> bytes:
    """A message as it goes into a stream."""
    return len(message).to_bytes(LENGTH_BYTES, "little") + message


class Deframer:
    """Bytes of a stream in, as they come; messages out."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Whole messages, undecoded. Raises SapientError for a length that no message has: the stream is out of step, close it."""
        self._waiting += data
        while len(self._waiting) >= LENGTH_BYTES:
            length = int.from_bytes(self._waiting[:LENGTH_BYTES], "little")
            if length > MOST_BYTES:
                raise SapientError(f"a message of {length} bytes: big endian, or no SAPIENT")
            if len(self._waiting) < LENGTH_BYTES + length:
                return
            message = bytes(self._waiting[LENGTH_BYTES : LENGTH_BYTES + length])
            del self._waiting[: LENGTH_BYTES + length]
            yield message


def read(message: bytes) -> tuple[str, Said, Said]:
    """What a message is, its content and its envelope. Raises SapientError."""
    said = decode(message)
    for content in ("registration_ack", "task", "alert_ack", "error"):
        if content in said:
            return content, said[content], said
    raise SapientError("neither an answer nor a task")
