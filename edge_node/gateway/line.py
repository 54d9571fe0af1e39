"""Lines to peers: a stream that is dialled again whenever it breaks, and datagrams. What cannot be sent now is dropped and counted."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import struct
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from random import random
from typing import Any

from edge_node.gateway.settings import SinkTable

log = logging.getLogger("edge_node.gateway")
DIAL_S, FIRST_WAIT_S, MOST_WAIT_S = 10.0, 1.0, 30.0
MOST_WAITING_BYTES = 256 * 1024
"""In a stream's buffer: a peer that reads slower than it is told loses whole messages."""
MOST_READ_BYTES = 64 * 1024
HOPS = {
    int(socket.AF_INET): (socket.IPPROTO_IP, socket.IP_MULTICAST_TTL),
    int(socket.AF_INET6): (socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS),
}
"""How far a group's datagrams go."""


def way_out(family: int, interface: str) -> tuple[int, int, bytes]:
    """The option by which a group's datagrams leave there: struct ip_mreqn of ip(7), or an index; raises OSError for an unknown name."""
    try:
        index = socket.if_nametoindex(interface)
    except OSError as error:
        raise OSError(f"there is no interface {interface}") from error
    if family == socket.AF_INET6:
        return socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, struct.pack("@i", index)
    return socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", bytes(4), bytes(4), index)


def trust(sink: SinkTable) -> ssl.SSLContext | None:
    """For tls://: the peer must prove who it is, and is shown our certificate where there is one. Raises OSError and ssl.SSLError."""
    if sink.scheme != "tls":
        return None
    context = ssl.create_default_context(cafile=str(sink.ca) if sink.ca else None)
    if sink.certificate is not None:
        context.load_cert_chain(str(sink.certificate), str(sink.key))
    return context


class Stream:
    """One connection at a time to one peer."""

    def __init__(self, sink: SinkTable) -> None:
        self._sink, self._context = sink, trust(sink)
        self.words = "not dialled yet"
        self.counts: Counter[str] = Counter()
        self._writer: asyncio.StreamWriter | None = None

    @asynccontextmanager
    async def dialled(self) -> AsyncIterator[asyncio.StreamReader]:
        """A connection; raises OSError where there is none to be had."""
        host, port = self._sink.address
        name = (self._sink.server_name or host) if self._context else None
        async with asyncio.timeout(DIAL_S):
            reader, writer = await asyncio.open_connection(host, port, ssl=self._context, server_hostname=name)
        self._writer, self.words = writer, "connected"
        self.counts["connected"] += 1
        log.info("%s: connected", self._sink.to)
        try:
            yield reader
        finally:
            self._writer = None
            writer.close()

    def send(self, messages: Sequence[bytes]) -> None:
        """Hand messages over, each whole or not at all."""
        for one in messages:
            if self._writer is None or self._writer.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                self.counts["dropped"] += 1
            else:
                self._writer.write(one)
                self.counts["sent"] += 1

    async def lost(self, why: BaseException, waited: int) -> None:
        """Say why the line broke, and wait longer each time, up to half a minute."""
        said = str(why) or type(why).__name__
        if said != self.words:
            log.warning("%s: %s", self._sink.to, said)
        self.words = said
        await asyncio.sleep(min(FIRST_WAIT_S * 2 ** min(waited, 8), MOST_WAIT_S) * (0.75 + 0.5 * random()))  # noqa: S311 - no secret


async def until_closed(reader: asyncio.StreamReader, talk: Coroutine[Any, Any, None]) -> None:
    """Talk until the peer closes; what it says is let go. Raises EOFError then, or what broke the talk."""
    await until_either(talk, _emptied(reader))


async def until_either(*works: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends or raises; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _emptied(reader: asyncio.StreamReader) -> None:
    while await reader.read(MOST_READ_BYTES):
        pass
    raise EOFError("the peer closed the connection")


class Datagrams:
    """Datagrams to one address, a group's or a host's; never blocks."""

    def __init__(self, sink: SinkTable) -> None:
        self._sink = sink
        self.words = "not looked up yet"
        self.counts: Counter[str] = Counter()
        self._socket: socket.socket | None = None

    async def open(self) -> bool:
        """Look the host up and make a socket; whether that went well."""
        host, port = self._sink.address
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
            family, kind, protocol, _, address = found[0]
            self._socket, self.words = self._made(family, kind, protocol, address), "sends"
        except OSError as error:
            self.words = str(error)
        return self._socket is not None

    def _made(self, family: int, kind: int, protocol: int, address: tuple[Any, ...]) -> socket.socket:
        made = socket.socket(family, kind, protocol)
        try:
            made.setblocking(False)
            if ip_address(address[0]).is_multicast:
                made.setsockopt(*HOPS[family], self._sink.hops)
                if self._sink.interface:
                    made.setsockopt(*way_out(family, self._sink.interface))
            made.connect(address)
        except OSError:
            made.close()
            raise
        return made

    def send(self, datagrams: Sequence[bytes]) -> None:
        """Hand them over; who does not listen is no reason to stop."""
        for one in datagrams:
            try:
                if self._socket is not None:
                    self._socket.send(one)
                    self.counts["sent"] += 1
            except OSError as error:
                self.words = str(error)
                self.counts["dropped"] += 1

    def close(self) -> None:
        """Let the socket go."""
        if self._socket is not None:
            self._socket.close()
