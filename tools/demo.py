"""`edge-node demo`: a real node, a reference C2 and a simulated scene in one terminal; no hardware, no network, keys of its own."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from rich.live import Live

from edge_node.page.login import WebError
from tools.c2.picture import Picture
from tools.c2.table import draw
from tools.c2.web import options
from tools.simulate.world import World
from tools.stage import Stage, stage
from tools.virtual_devices.bench import virtual_devices
from tools.virtual_devices.device import Begun

SCENE = Path(__file__).parent / "simulate" / "scenes" / "demo.toml"
SEED = 2026
DRAWN_EVERY_S = 0.25


def demo(arguments: argparse.Namespace) -> int:
    """Run for --seconds, show the tracks as C2 sees them, end with one line; exit code 1 when none came or some were missed."""
    try:
        return _play(arguments)
    except WebError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _play(arguments: argparse.Namespace) -> int:
    begun_s = time.monotonic()
    count = Count(begun_s)
    with stage() as here, ExitStack() as devices:
        world = World.load(SCENE, SEED)
        sensors = _sensors(world, here.folder, arguments.seconds, devices)
        show = devices.enter_context(_json_lines() if arguments.json else _table())
        events = devices.enter_context(_page(arguments.web, here))
        node = devices.enter_context(here.node(sensors))
        while time.monotonic() < begun_s + arguments.seconds and node.poll() is None:
            for event in events(0.1):
                count.take(event)
                show(event)
        ended = node.poll()
        devices.close()
        for event in here.c2.events(0.5):
            count.take(event)
        gaps = here.c2.totals["gaps"]
        sys.stderr.write(f"\n{count.words(gaps)}\n")
        if ended is not None:
            sys.stderr.write(f"the node ended by itself with exit code {ended}:\n{here.log.read_text()[-2000:]}\n")
        return 0 if ended is None and count.tracks and not gaps else 1


def _sensors(world: World, folder: Path, seconds: float, open_: ExitStack) -> str:
    """The scene at the node's devices from now on, and the node's tables of these; none needs root or a sound card."""
    devices = open_.enter_context(virtual_devices(SCENE, world, folder, seconds, plain=True))
    devices.begin(Begun(time.monotonic(), time.time_ns()))
    return devices.tables


def _page(address: str | None, here: Stage) -> AbstractContextManager[options.Events]:
    """What C2 hears, which its web page hears too where there is to be one."""
    told = argparse.Namespace(web=address, web_certificate=None, web_key=None, map=None, state=here.folder / "c2")
    return options.overheard(told, here.c2.events)


class Count:
    """What came, how soon, and whether it was all that the node says it sent."""

    def __init__(self, begun_s: float) -> None:
        self.tracks: set[int] = set()
        self.flagged: set[int] = set()
        self._begun_s = begun_s
        self._first_s: float | None = None
        self._received = 0
        self._told = "its node said nothing of itself"

    def take(self, event: dict[str, Any]) -> None:
        """Note one event of the receiver's."""
        if event["kind"] == "status":
            self._told = f"{event['counters'].get('sent', 0)} messages published, {self._received} received"
        elif event["kind"] == "tracks" and event["tracks"]:
            self._first_s = self._first_s or time.monotonic() - self._begun_s
            self.tracks |= {track["number"] for track in event["tracks"]}
            self.flagged |= {track["number"] for track in event["tracks"] if track["flags"]}
        self._received += event["kind"] in ("tracks", "status")

    def words(self, gaps: int) -> str:
        """The demo in one line."""
        first = "no track came" if self._first_s is None else f"first track after {self._first_s:.1f} s"
        return f"{first}; {len(self.tracks)} tracks, {len(self.flagged)} flagged; {self._told}; {gaps} gaps"


@contextmanager
def _json_lines() -> Iterator[Callable[[dict[str, Any]], None]]:
    def write(event: dict[str, Any]) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
        sys.stdout.buffer.flush()

    yield write


@contextmanager
def _table() -> Iterator[Callable[[dict[str, Any]], None]]:
    """The reference C2's table, drawn a few times a second."""
    picture, drawn_s = Picture(), 0.0
    with Live(auto_refresh=False) as live:

        def update(event: dict[str, Any]) -> None:
            nonlocal drawn_s
            now_s = time.monotonic()
            picture.take(event, now_s)
            if now_s - drawn_s >= DRAWN_EVERY_S:
                drawn_s = now_s
                live.update(draw(picture, now_s), refresh=True)

        yield update
