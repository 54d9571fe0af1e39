"""Peers of a gateway that keep what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sapient_msg.bsi_flex_335_v2_0 import sapient_message_pb2
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage

from edge_node.interop.sapient.codec import encode
from edge_node.interop.sapient.envelope import Deframer, frame
from tests.edge_node.gateway.stage import free_port

WITHIN_S = 30.0
MIDDLEWARE = "a8654cdf-4328-47de-81fa-c495589e30c8"


async def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


class Peer:
    """A TCP server that keeps all that it is told."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.writers: list[asyncio.StreamWriter] = []
        self.port = free_port()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(65536):
            self.heard += data
            self.answer(data)
        writer.close()

    def answer(self, data: bytes) -> None:
        """What is said to what came."""

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Listens, and goes with all its connections."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        try:
            yield
        finally:
            server.close()
            for writer in self.writers:
                writer.transport.abort()
            self.writers.clear()
            await asyncio.sleep(0)


class FusionNode(Peer):
    """Accepts whoever registers."""

    def __init__(self) -> None:
        super().__init__()
        self._deframer = Deframer()
        self.messages: list[Any] = []

    def answer(self, data: bytes) -> None:
        for body in self._deframer.feed(data):
            said = sapient_message_pb2.SapientMessage.FromString(body)
            SapientMessage.from_pb2(said)
            self.messages.append(said)
            if said.HasField("registration"):
                self.say({"registration_ack": {"acceptance": True}})

    def say(self, content: dict[str, Any]) -> None:
        """One message to who connected last."""
        self.writers[-1].write(frame(encode({"timestamp": 0, "node_id": MIDDLEWARE, **content})))

    def of(self, content: str) -> list[Any]:
        """All that came of one kind."""
        return [getattr(one, content) for one in self.messages if one.WhichOneof("content") == content]
