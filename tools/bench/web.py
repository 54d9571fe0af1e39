"""The web page under 500 tracks five times a second: how smooth it stays, what it costs the link and the machine that serves."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import IO, cast

from playwright.sync_api import CDPSession, Page

from edge_node.publish.keys import load_or_make
from tools.bench.figure import Figure
from tools.bench.node import pss_mib
from tools.c2.enrolment import Enrolment
from tools.c2.web.browser import browser
from tools.simulate.crowd import Crowd
from tools.simulate.nodes import POSTS, SCENE, SpeakingNode, place_of
from tools.simulate.world import World

TRACKS = 500
SETTLE_S = 5.0
SECONDS = 10.0
TURN_S = 0.05
WATCH_LONG_TASKS = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: "longtask" });
}"""


def figures() -> Iterator[Figure]:
    """A real `serve --web`, three nodes with a crowd each, and one browser."""
    with TemporaryDirectory(prefix="edge-node-") as folder, _served(Path(folder)) as (server, url), browser() as opened:
        page = opened.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(url)
        _until_crowded(page)
        page.wait_for_timeout(SETTLE_S * 1000)
        page.evaluate(WATCH_LONG_TASKS)
        wire = page.context.new_cdp_session(page)
        before, cpu_s, count = _updates(page), _cpu_s(server), _counting(wire)
        page.wait_for_timeout(SECONDS * 1000)
        tasks, received = page.evaluate("window.longTasks"), count[0]
        yield Figure("web.longest_task_ms", max(tasks, default=0.0), "ms", against=f"{len(tasks)} tasks over 50 ms in {SECONDS:g} s")
        yield Figure("web.updates", (_updates(page) - before) / SECONDS, "updates/s")
        yield Figure(
            "web.stream_kb", received / SECONDS / 1000, "kB/s", peer=TRACKS * 5 * 94.1 / 1000, against="the same tracks on the wire"
        )
        yield Figure("web.cpu_percent", 100 * (_cpu_s(server) - cpu_s) / SECONDS, "% of a core")
        yield Figure("web.pss_mib", pss_mib(server), "MiB")


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str]]:
    """The process id of a C2 whose nodes speak, and the address of its page."""
    bind, stop = f"ipc://{folder}/c2.socket", Event()
    command = [sys.executable, "-m", "tools.c2", "serve", "--state", str(folder / "c2"), "--bind", bind, "--json", "--web", "127.0.0.1:0"]
    server_key = load_or_make(folder / "c2").public
    for post in POSTS:
        Enrolment(folder / "c2").enrol(post.name, load_or_make(folder / post.name).public)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        url = cast("IO[str]", server.stderr).readline().split()[-1]
        thread = Thread(target=_speak, args=(folder, bind, server_key, stop))
        thread.start()
        try:
            yield server.pid, url
        finally:
            stop.set()
            thread.join()
            server.terminate()


def _speak(folder: Path, endpoint: str, server_key: str, stop: Event) -> None:
    world = World.load(SCENE, 1)
    with ExitStack() as nodes:
        crowds = []
        for number, post in enumerate(POSTS):
            place = place_of(world, post)
            node = nodes.enter_context(SpeakingNode(endpoint, server_key, load_or_make(folder / post.name), post, place))
            crowds.append((node, Crowd(place, -(-TRACKS // len(POSTS)), number)))
        while not stop.wait(TURN_S):
            for node, crowd in crowds:
                node.say(crowd.tracks(time.monotonic()))


def _until_crowded(page: Page) -> None:
    end_s = time.monotonic() + 30
    while page.evaluate("window.edgeNode?.counts.tracks ?? 0") < TRACKS:
        if time.monotonic() > end_s:
            raise TimeoutError(f"the page never showed {TRACKS} tracks")
        time.sleep(0.1)


def _counting(wire: CDPSession) -> list[int]:
    """One number, of the bytes that the page receives from now on."""
    count = [0]

    def add(event: dict[str, int]) -> None:
        count[0] += event["dataLength"]

    wire.on("Network.dataReceived", add)
    wire.send("Network.enable")
    return count


def _updates(page: Page) -> int:
    return int(page.evaluate("edgeNode.counts.updates"))


def _cpu_s(pid: int) -> float:
    """User and system time of a process so far (proc(5): stat)."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / 100
