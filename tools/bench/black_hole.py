"""A TCP proxy on loopback that can swallow without a word, as a NAT that forgot, delay as a satellite does, or be as thin as a modem."""

from __future__ import annotations

import asyncio
import socket
from random import Random
from threading import Thread

PIECE_BYTES, THIN_PIECE_BYTES = 65_536, 256
RETRY_S, MOST_LATE_S = 0.2, 10.0
"""Linux' least wait before TCP sends a piece again, and what is enough."""


class BlackHole:
    """Carries to `target` until closed. What was connected when it began to swallow stays dead; what dials afterwards passes.

    `loss` is the share of pieces that must be sent again.
    """

    def __init__(self, target: int, delay_s: float = 0.0, bytes_a_second: float | None = None, *, port: int = 0) -> None:
        self._target, self._delay_s, self._bytes_a_second = target, delay_s, bytes_a_second
        self._age, self._swallows = 0, False
        self.loss = 0.0
        self._random = Random(target)
        self.dialled = self.swallowed = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listener.getsockname()[1])
        self._loop, self._ended = asyncio.new_event_loop(), asyncio.Event()
        self._thread = Thread(target=self._run, name="black hole", daemon=True)
        self._thread.start()

    def swallow(self, swallows: bool) -> None:
        """From now on everything vanishes, or what dials anew passes."""
        self._age += 1
        self._swallows = swallows

    def close(self) -> None:
        """Let go of all connections."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with await asyncio.start_server(self._dialled, sock=self._listener):
            await self._ended.wait()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _dialled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dialled += 1
        age = self._age
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        both = {writer, back}
        self._writers |= both
        ways = {asyncio.ensure_future(way) for way in (self._carry(reader, back, age), self._carry(there, writer, age))}
        self._tasks |= ways
        await asyncio.wait(ways)
        self._tasks -= ways
        self._writers -= both
        for one in both:
            one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, age: int) -> None:
        """One way, until its end; the end too is swallowed."""
        while data := await _piece(reader, PIECE_BYTES if self._bytes_a_second is None else THIN_PIECE_BYTES):
            if self._bytes_a_second:
                await asyncio.sleep(len(data) / self._bytes_a_second)
            if writer.transport.is_closing():
                return
            if self._dead(age):
                self.swallowed += len(data)
            elif self.loss and (late_s := self._repeated_s()):
                await asyncio.sleep(late_s)
                writer.write(data)
            elif self._delay_s:
                self._loop.call_later(self._delay_s, writer.write, data)
            else:
                writer.write(data)
                await _drained(writer)
        if not self._dead(age):
            writer.close()

    def _repeated_s(self) -> float:
        """How long TCP takes to get a piece through of which each try is lost with `loss`: it waits twice as long each time (RFC 6298)."""
        late_s, wait_s = 0.0, RETRY_S
        while self._random.random() < self.loss and late_s < MOST_LATE_S:
            late_s, wait_s = late_s + wait_s, 2 * wait_s
        return late_s

    def _dead(self, age: int) -> bool:
        return self._swallows or age != self._age


async def _piece(reader: asyncio.StreamReader, most_bytes: int) -> bytes:
    try:
        return await reader.read(most_bytes)
    except OSError:
        return b""


async def _drained(writer: asyncio.StreamWriter) -> None:
    """A peer that is gone takes no more; its reader's end says so too."""
    try:
        await writer.drain()
    except OSError:
        writer.close()
