"""The gateway's loop: ears, and a task for each sink; it ends when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol

import zmq

from edge_node.gateway.ears import Ears
from edge_node.gateway.fusion_node import FusionNode
from edge_node.gateway.line import Datagrams, Stream
from edge_node.gateway.picture import Picture
from edge_node.gateway.plain import Kit, cot_stream, datagrams, wardragon_kit
from edge_node.gateway.settings import Settings, SinkTable
from edge_node.publish.keys import load_or_make

log = logging.getLogger("edge_node.gateway")
Work = Callable[[], Coroutine[Any, Any, None]]
LISTEN_EVERY_S, WORDS_EVERY_S = 0.02, 60.0


class Line(Protocol):
    """What every sink has to tell of itself."""

    @property
    def words(self) -> str:
        """How it is."""


async def gateway(settings: Settings, ready: Callable[[str], None] = lambda _: None) -> None:
    """Run until cancelled; `ready` is told the address that nodes dial. Raises KeyFileError, OSError and zmq.ZMQError at the start."""
    keys = load_or_make(settings.live.state_dir)
    picture = Picture()
    with zmq.Context() as context:
        ears = Ears(context, settings.nodes, picture)
        kits: list[Kit] = []
        try:
            sinks = [_sink(sink, picture, context, kits) for sink in settings.sinks]
            ready(ears.bind(settings.live.bind, keys))
            log.info("nodes dial %s; their server_key is %s", settings.live.bind, keys.public)
            async with asyncio.TaskGroup() as group:
                for _, work in sinks:
                    group.create_task(work())
                group.create_task(_tell(settings, ears, [line for line, _ in sinks]))
                while True:
                    ears.service()
                    await asyncio.sleep(LISTEN_EVERY_S)
        finally:
            ears.close()
            for kit in kits:
                kit.close()


def _sink(sink: SinkTable, picture: Picture, context: zmq.Context[zmq.Socket[bytes]], kits: list[Kit]) -> tuple[Line, Work]:
    """What speaks to one peer, and its work."""
    if sink.kind == "sapient":
        fusion_node = FusionNode(sink)
        return fusion_node, partial(fusion_node.run, picture)
    if sink.kind == "wardragon":
        kits.append(Kit(sink, context))
        return kits[-1], partial(wardragon_kit, sink, picture, kits[-1])
    if sink.scheme == "udp":
        sender = Datagrams(sink)
        return sender, partial(datagrams, sink, picture, sender)
    line = Stream(sink)
    return line, partial(cot_stream, sink, picture, line)


async def _tell(settings: Settings, ears: Ears, lines: list[Line]) -> None:
    """A line in the log once a minute."""
    while True:
        await asyncio.sleep(WORDS_EVERY_S)
        said = "; ".join(f"{sink.kind} {sink.to} {line.words}" for sink, line in zip(settings.sinks, lines, strict=True))
        log.info(
            "%d messages of tracks, %d refused, %d malformed; %s", *(ears.counts[name] for name in ("tracks", "refused", "malformed")), said
        )


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; raises what `gateway` raises."""

    async def until_told() -> None:
        task = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
        await gateway(settings)

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        log.info("told to stop")
