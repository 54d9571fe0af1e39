"""A Remote ID receiver that speaks MAVLink on a serial port: OPEN_DRONE_ID messages of aircraft that it has heard and decoded itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

from drivers.blocks import RadioFrame
from drivers.mavlink import HEARTBEAT, MOST_FRAME_BYTES, Mavlink, Message
from drivers.serial_port import SerialPort
from drivers.source import Source, SourceStalled

QUIET_S = 0.2
USUAL_BAUDS = (115_200, 57_600, 921_600)


class MavlinkRid(Source):
    """Listens at `port` and never writes. Silent when no aircraft is heard, unless the receiver sends heartbeats, which must then go on."""

    def __init__(self, port: str, baud: int = 115_200, silent_after_s: float = 10.0) -> None:
        self._path, self._baud = port, baud
        self._silent_after_ns = round(silent_after_s * 1e9)
        self._port: SerialPort | None = None
        self._start()

    def _start(self) -> None:
        self._mavlink = Mavlink()
        self._sequence = self._garbled = self._heartbeats = 0

    def open(self) -> None:
        """Take the port."""
        self._start()
        self._port = SerialPort(self._path, self._baud)

    def blocks(self) -> Iterator[RadioFrame | None]:
        """Yield frames stamped at their receipt; raises SourceLost, SourceStalled."""
        spoke_ns, unread_bytes = time.monotonic_ns(), 0
        while (port := self._port) is not None:
            chunk = port.read(QUIET_S)
            now_ns = time.monotonic_ns()
            messages = self._mavlink.feed(chunk) if chunk else self._mavlink.quiet()
            if messages:
                spoke_ns, unread_bytes = now_ns, 0
            elif now_ns - spoke_ns > self._silent_after_ns:
                self._judge_silence(unread_bytes)
            unread_bytes += len(chunk)
            yield from self._frames(messages, now_ns) or (None,)

    def close(self) -> None:
        """Give the port back; may be called twice."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def words(self) -> str:
        """Say whether the receiver speaks."""
        spoken = self._sequence + self._heartbeats
        state = f"{self._sequence} Remote ID messages from {self._path}" if spoken else f"waiting for {self._path} to speak"
        garbled = f"{self._mavlink.garbled} times garbled" if self._mavlink.garbled else ""
        return ", ".join(filter(None, (state, garbled)))

    def _frames(self, messages: list[Message], now_ns: int) -> list[RadioFrame]:
        self._heartbeats += sum(message.message_id == HEARTBEAT for message in messages)
        return [self._frame(message, now_ns) for message in messages if message.message_id != HEARTBEAT]

    def _frame(self, message: Message, now_ns: int) -> RadioFrame:
        lost, self._garbled = message.garbled - self._garbled, message.garbled
        frame = RadioFrame(now_ns, self._sequence, lost, "mavlink", message.frame)
        self._sequence += 1
        return frame

    def _judge_silence(self, unread_bytes: int) -> None:
        """Raise SourceStalled unless silence is what a receiver without aircraft about it keeps."""
        if unread_bytes > MOST_FRAME_BYTES:
            usual = next(baud for baud in USUAL_BAUDS if baud != self._baud)
            raise SourceStalled(
                f"{self._path} sends bytes but no MAVLink at {self._baud} baud: its rate is likely another, such as {usual}"
            )
        if self._heartbeats:
            raise SourceStalled(f"{self._path} sent heartbeats and fell silent: is the receiver powered?")
