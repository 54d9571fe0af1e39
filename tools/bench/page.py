"""The node's own status page: what it costs while nobody looks, and with one viewer of both waterfalls."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np

from drivers.blocks import AnyBlock, AudioBlock, IqBlock
from edge_node.config import Config, NodeTable, PageTable
from edge_node.node import figures_file
from edge_node.node.page_door import PageDoor
from edge_node.node.supervisor import TICK_S
from edge_node.node.view import View
from edge_node.page.views import Views
from tools.bench.acoustic import cpu_s
from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.page_stage import PageStage, page_stage
from tools.stage import Stage
from tools.trial.spent import children

SENSORS, BLOCKS_A_SECOND = 6, 60
"""More than a node has."""
SOUND_HZ, CHANNELS, SOUND_FRAMES = 48_000, 16, 2_400
IQ_HZ, IQ_SAMPLES = 2_400_000.0, 65_536
SECONDS_OF_DATA = 8.0
SETTLE_S, WATCHED_S, WITHIN_S = 6.0, 15.0, 60.0


def figures() -> Iterator[Figure]:
    """Door, views and figures by themselves, painters on blocks of full size, and a real node's page with a viewer."""
    with TemporaryDirectory(prefix="en-") as folder:
        yield Figure("page.unwatched_cpu", 100 * _unwatched(Path(folder)), "% of a core", against=f"{SENSORS} sensors")
        sound, radio = _painted(Path(folder), _sounds(), "sound"), _painted(Path(folder), _spectra(), "radio")
    with page_stage(listens=False) as stage:
        without_mib = _settled_mib(stage.here)
    with page_stage() as stage:
        unwatched_mib = _settled_mib(stage.here)
        yield Figure("page.unwatched_mib", max(unwatched_mib - without_mib, 0.0), "MiB", against="beside the same node without a page")
        with _viewer(stage):
            (pid,) = _pages(stage)
            time.sleep(SETTLE_S)
            begun_s, spent_s = time.monotonic(), cpu_s(pid)
            time.sleep(WATCHED_S)
            served = (cpu_s(pid) - spent_s) / (time.monotonic() - begun_s)
            memory_mib = pss_mib(pid)
    parts = f"{100 * served:.1f} for its process, {100 * sound:.1f} for sound, {100 * radio:.1f} for spectrum"
    yield Figure("page.watched_cpu", 100 * (served + sound + radio), "% of a core", against=parts)
    yield Figure("page.watched_mib", memory_mib, "MiB", against="of its process, which is not there while nobody looks")


def _unwatched(folder: Path) -> float:
    """Cores: the supervisor's door, each sensor's look for an eye at each block, and the hub's figures."""
    door = PageDoor(Config(node=NodeTable(run_dir=folder, state_dir=folder), page=PageTable(listen="127.0.0.1:0")))
    view, block = View(folder, "mic", camera=True), next(_sounds())
    clock_ns = iter(range(0, 10**12, 10**9 // BLOCKS_A_SECOND))
    counters = dict.fromkeys(map(str, range(60)), 1)
    now = figures_file.Figures(
        t_mono_ns=0, t_utc_ns=0, sigma_utc_s=0.1, place=None, linked=True, link="connected", counters=counters, reports={}
    )
    with closing(door):
        ticked = _each_s(lambda: door.tick(0.0), 2_000)
    saw = _each_s(lambda: view.saw(block, next(clock_ns)), 20_000)
    wrote = _each_s(lambda: figures_file.write(folder, now), 2_000)
    return ticked / TICK_S + SENSORS * BLOCKS_A_SECOND * saw + wrote


def _each_s(act: Callable[[], None], times: int) -> float:
    act()
    begun_s = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begun_s) / times


def _painted(folder: Path, blocks: Iterator[AnyBlock], sensor: str) -> float:
    """Cores that a sensor's process spends on being looked at, painting and sending."""
    eye, view = Views(folder), View(folder, sensor, camera=False)
    eye.look([sensor])
    ready = list(blocks)
    view.saw(ready[0], 0)
    spent_s = 0.0
    for block in ready[1:]:
        begun_s = time.process_time()
        view.saw(block, 0)
        spent_s += time.process_time() - begun_s
        eye.fresh()
    view.close()
    eye.close()
    return spent_s / SECONDS_OF_DATA


def _sounds() -> Iterator[AudioBlock]:
    """Sixteen channels of noise at 48 kHz."""
    samples = np.random.default_rng(1).standard_normal((SOUND_FRAMES, CHANNELS), np.float32)
    for k in range(int(SECONDS_OF_DATA * SOUND_HZ / SOUND_FRAMES) + 1):
        yield AudioBlock(t_mono_ns=0, sequence=k * SOUND_FRAMES, lost=0, sample_rate_hz=SOUND_HZ, samples=samples)


def _spectra() -> Iterator[IqBlock]:
    """Noise at 2.4 MS/s."""
    samples = np.random.default_rng(2).standard_normal((IQ_SAMPLES, 2), np.float32).view(np.complex64)[:, 0]
    for k in range(int(SECONDS_OF_DATA * IQ_HZ / IQ_SAMPLES) + 1):
        yield IqBlock(t_mono_ns=0, sequence=k * IQ_SAMPLES, lost=0, sample_rate_hz=IQ_HZ, center_hz=868e6, samples=samples)


def _settled_mib(here: Stage) -> float:
    """Of all processes' own, once the node has run for a while."""
    end_s = time.monotonic() + WITHIN_S
    while (now := here.status()) is None or any(part.state != "running" for part in (*now.sensors, now.hub)):
        if time.monotonic() > end_s:
            raise TimeoutError(f"not all sensors run: {now}")
        time.sleep(0.2)
    time.sleep(SETTLE_S)
    processes = pids(here)
    family = set(processes.values()) | set(children(processes["supervisor"]))
    return sum(pss_mib(pid, "Pss_Anon") for pid in family)


def _pages(stage: PageStage) -> list[int]:
    """The process that serves, and no other."""
    return [one for one in children(pids(stage.here)["supervisor"]) if b"\0--door\0" in Path(f"/proc/{one}/cmdline").read_bytes()]


@contextmanager
def _viewer(stage: PageStage) -> Iterator[None]:
    """Takes all that one open page with both waterfalls is told."""
    stop = Event()
    host, _, port = stage.address.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", "/events?look=microphone,receiver")
    answer = connection.getresponse()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set() and (line := answer.readline()):
            seen.update(name for name in ("microphone", "receiver") if line.startswith(b"data:") and f'"{name}":[{{"kind"'.encode() in line)

    reader = Thread(target=read)
    reader.start()
    try:
        yield
        if len(seen) < 2:
            raise RuntimeError(f"of both waterfalls {seen or 'none'} came")
    finally:
        stop.set()
        reader.join()
        connection.close()
