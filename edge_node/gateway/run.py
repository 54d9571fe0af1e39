"""The gateway's loop: ears, and its sinks; SIGHUP reads gateway.toml again, and it ends when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from asyncio import TaskGroup
from collections.abc import Callable
from pathlib import Path

import zmq

from edge_node.config_file import ConfigError
from edge_node.gateway.ears import Ears
from edge_node.gateway.picture import Picture
from edge_node.gateway.settings import Settings, load
from edge_node.gateway.sinks import Sinks
from edge_node.notify import Notifier
from edge_node.publish.keys import load_or_make

log = logging.getLogger("edge_node.gateway")
LISTEN_EVERY_S, ALIVE_EVERY_S, WORDS_EVERY_S = 0.02, 1.0, 60.0


async def gateway(
    settings: Settings, ready: Callable[[str], None] = lambda _: None, again: Callable[[], Settings | None] = lambda: None
) -> None:
    """Run until cancelled; `ready` is told the address that nodes dial, `again` gives other settings when there are some.

    Raises KeyFileError, OSError and zmq.ZMQError at the start.
    """
    keys = load_or_make(settings.live.state_dir)
    picture = Picture()
    with zmq.Context() as context:
        ears, sinks = Ears(context, settings.nodes, picture), Sinks(picture, context)
        try:
            for table in settings.sinks:
                sinks.add(table)
            ready(ears.bind(settings.live.bind, keys))
            log.info("nodes dial %s; their server_key is %s", settings.live.bind, keys.public)
            async with TaskGroup() as group:
                sinks.begin(group)
                await _listen(ears, sinks, group, again)
        finally:
            ears.close()
            sinks.close()


async def _listen(ears: Ears, sinks: Sinks, group: TaskGroup, again: Callable[[], Settings | None]) -> None:
    notifier, alive_s, words_s = Notifier(), 0.0, time.monotonic() + WORDS_EVERY_S
    notifier.say(ready=1)
    try:
        while True:
            ears.service()
            if (settings := again()) is not None:
                ears.let_in(settings.nodes)
                await sinks.become(settings.sinks)
                sinks.begin(group)
            if (now_s := time.monotonic()) >= alive_s:
                alive_s = now_s + ALIVE_EVERY_S
                notifier.say(watchdog=1, status=sinks.words)
            if now_s >= words_s:
                words_s = now_s + WORDS_EVERY_S
                said = (ears.counts[name] for name in ("tracks", "refused", "malformed"))
                log.info("%d messages of tracks, %d refused, %d malformed; %s", *said, sinks.words)
            await asyncio.sleep(LISTEN_EVERY_S)
    finally:
        notifier.say(stopping=1)
        notifier.close()


class Reload:
    """gateway.toml read again whenever somebody asked for it; what is wrong in it changes nothing."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path, self._settings, self.asked = path, settings, False

    def ask(self) -> None:
        """Read it at the next turn."""
        self.asked = True

    def __call__(self) -> Settings | None:
        """What it says now, where that was asked for and is right."""
        if not self.asked:
            return None
        self.asked = False
        try:
            said = load(self._path)
        except ConfigError as error:
            log.error("nothing changes: %s", error)
            return None
        if said.live != self._settings.live:
            log.warning("[live] of %s is heeded at the next start", self._path)
        log.info("%s was read again", self._path)
        return said


def run(path: Path) -> None:
    """Until SIGTERM or SIGINT; raises ConfigError, and what `gateway` raises."""
    settings = load(path)
    reload = Reload(path, settings)

    async def until_told() -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel if task else lambda: None)
        loop.add_signal_handler(signal.SIGHUP, reload.ask)
        await gateway(settings, again=reload)

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        log.info("told to stop")
