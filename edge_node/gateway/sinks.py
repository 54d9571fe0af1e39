"""All sinks of a gateway, each at work in a task of its own; they change while it runs."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task, TaskGroup
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Protocol

import zmq
from msgspec import Struct

from edge_node.gateway.fusion_node import FusionNode
from edge_node.gateway.line import Datagrams, Stream
from edge_node.gateway.picture import Picture
from edge_node.gateway.plain import Kit, cot_stream, datagrams, wardragon_kit
from edge_node.gateway.settings import SinkTable

log = logging.getLogger("edge_node.gateway")
Work = Callable[[], Coroutine[Any, Any, None]]


class Line(Protocol):
    """What every sink has to tell of itself."""

    @property
    def words(self) -> str:
        """How it is."""


class Sink(Struct):
    """One of them: its line, its work, and the task that does it, once it has begun."""

    table: SinkTable
    line: Line
    work: Work
    kit: Kit | None = None
    task: Task[None] | None = None


class Sinks:
    """Those that gateway.toml names."""

    def __init__(self, picture: Picture, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._picture, self._context = picture, context
        self._sinks: list[Sink] = []

    def add(self, table: SinkTable) -> None:
        """Make ready to speak there; raises OSError (certificates) and zmq.ZMQError (a port that is taken)."""
        self._sinks.append(self._made(table))

    def begin(self, group: TaskGroup) -> None:
        """Set all to work that are not yet."""
        for one in self._sinks:
            one.task = one.task or group.create_task(one.work())

    async def become(self, tables: Iterable[SinkTable]) -> None:
        """Leave those that are not wanted any more, and make new ones ready; what cannot be is said, and left out."""
        wanted = list(tables)
        gone = [one for one in self._sinks if one.table not in wanted]
        self._sinks = [one for one in self._sinks if one.table in wanted]
        await _ended(gone)
        for table in wanted:
            if all(table != one.table for one in self._sinks):
                self._try(table)

    def _try(self, table: SinkTable) -> None:
        try:
            self.add(table)
        except (OSError, zmq.ZMQError) as error:
            log.error("%s %s is told nothing: %s", table.kind, table.to, error)

    @property
    def words(self) -> str:
        """How each is."""
        return "; ".join(f"{one.table.kind} {one.table.to} {one.line.words}" for one in self._sinks)

    def close(self) -> None:
        """Let their sockets go, when nobody works any more."""
        for one in self._sinks:
            if one.kit:
                one.kit.close()

    def _made(self, table: SinkTable) -> Sink:
        if table.kind == "sapient":
            fusion_node = FusionNode(table)
            return Sink(table, fusion_node, partial(fusion_node.run, self._picture))
        if table.kind == "wardragon":
            kit = Kit(table, self._context)
            return Sink(table, kit, partial(wardragon_kit, table, self._picture, kit), kit)
        if table.scheme == "udp":
            sender = Datagrams(table)
            return Sink(table, sender, partial(datagrams, table, self._picture, sender))
        line = Stream(table)
        return Sink(table, line, partial(cot_stream, table, self._picture, line))


async def _ended(gone: list[Sink]) -> None:
    """Each says goodbye in its way."""
    tasks = [one.task for one in gone if one.task]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in gone:
        if one.kit:
            one.kit.close()
