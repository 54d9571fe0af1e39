"""The whole node, sensors of all kinds on recordings at their real rate: what each process costs, and what grows.

EDGE_NODE_WHOLE_S says for how long.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from msgspec import Struct

from tools.bench.acoustic import ARRAY, cpu_s, record
from tools.bench.camera_clips import DATA
from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.simulate.world import World
from tools.stage import Stage, stage
from tools.trial.spent import children
from tools.virtual_devices.device import Begun, Setting, table
from tools.virtual_devices.gnss import Gnss

SECONDS = float(os.environ.get("EDGE_NODE_WHOLE_S", "90"))
SETTLED = 1 / 3
"""What of that time a node may take to fill its tables: caches of the libraries, windows of noise, the first lap of each recording."""
EVERY_S = 5.0
SCENE, SEED = Path(__file__).parents[1] / "simulate" / "scenes" / "hover.toml", 2026
WITHIN_S = 60.0
HALF_HOUR_S = 1_800.0
REAL = DATA.parent
MIB = 1 << 20
OF_ALL = ("supervisor", "nursery")
"""Whose children count by themselves."""


class Sample(Struct, frozen=True):
    """One process at one time."""

    t_s: float
    cpu_s: float
    pss_mib: float
    own_mib: float
    threads: int
    files: int


def figures() -> Iterator[Figure]:
    """Wi-Fi and Bluetooth, a thermal camera and IQ as they were recorded, sixteen microphones of a scene, and a GNSS receiver."""
    with stage() as here:
        world = World.load(SCENE, SEED)
        with closing(Gnss(Setting(world, here.folder, SECONDS))) as gnss:
            gnss.begin(Begun(time.monotonic(), time.time_ns()))
            with here.node(sensors(here.folder) + gnss.said.table):
                taken = dict(watch(here))
            kept = sum(file.stat().st_size for file in here.folder.glob("state/**/*") if file.is_file())
    yield from _told(taken)
    yield Figure("whole.state_mib", kept / MIB, "MiB", against=f"kept of {SECONDS:.0f} s")


def sensors(folder: Path) -> str:
    """The [[sensor]] tables of what plays without end, but the receiver's."""
    sound = folder / "pass.wav"
    record(sound)
    films = sorted((REAL / "camera" / "thermal").glob("IR_DRONE_*.mp4"))
    rows: dict[str, dict[str, Any]] = {
        "wifi": {"path": REAL / "remote_id" / "parrot_anafi4_real.pcap"},
        "bluetooth": {"path": REAL / "remote_id" / "odid_bt5_lr_sample.pcapng"},
        "microphones": {"path": sound, "array": ARRAY.name, "azimuth_deg": 0, "tilt_deg": 0, "temperature_c": 15.0},
        "thermal": {"path": films[0], "camera": "boson_320_9_1mm", "azimuth_deg": 0},
        "sdr": {"path": REAL / "radio" / "neg_wmbus_868.950M_1M6.cu8"},
    }
    return "".join(table(name, "recording", {"loop": True, **options}) for name, options in rows.items())


def watch(here: Stage) -> Iterator[tuple[str, list[Sample]]]:
    """Samples of each process by name, from when all sensors run; raises RuntimeError where one does not or was started again."""
    begun_s = time.monotonic()
    while not _all_run(here):
        if time.monotonic() > begun_s + WITHIN_S:
            raise RuntimeError(f"not all sensors run: {here.status()}")
        time.sleep(0.2)
    processes, begun_s = pids(here), time.monotonic()
    taken: dict[str, list[Sample]] = defaultdict(list)
    while time.monotonic() < begun_s + SECONDS:
        t_s = time.monotonic() - begun_s
        for name, pid in processes.items():
            taken[name].append(_sample(t_s, name, pid))
        for _ in here.c2.events(EVERY_S):
            pass
        time.sleep(max(0.0, begun_s + t_s + EVERY_S - time.monotonic()))
    if pids(here) != processes or not _all_run(here):
        raise RuntimeError(f"a process was started again: {here.status()}")
    return iter(taken.items())


def _all_run(here: Stage) -> bool:
    status = here.status()
    return status is not None and all(part.state == "running" for part in (*status.sensors, status.hub))


def _sample(t_s: float, name: str, pid: int) -> Sample:
    """A process and those that it started, for a device's library may have one of its own."""
    family = [pid, *(children(pid) if name not in OF_ALL else ())]
    return Sample(
        t_s,
        sum(cpu_s(one) for one in family),
        sum(pss_mib(one) for one in family),
        sum(pss_mib(one, "Pss_Anon") for one in family),
        sum(sum(1 for _ in Path(f"/proc/{one}/task").iterdir()) for one in family),
        sum(sum(1 for _ in Path(f"/proc/{one}/fd").iterdir()) for one in family),
    )


def _told(taken: dict[str, list[Sample]]) -> Iterator[Figure]:
    """What each process costs, and the whole; the last third beside the middle one is what grows."""
    grown_mib = 0.0
    for name, samples in taken.items():
        late = [one for one in samples if one.t_s >= SETTLED * SECONDS]
        spent = (late[-1].cpu_s - late[0].cpu_s) / (late[-1].t_s - late[0].t_s)
        memory_mib, grows_mib = max(one.pss_mib for one in late), grows(late)
        grown_mib += grows_mib
        yield Figure(f"whole.{name}.cpu", 100 * spent, "% of a core")
        yield Figure(f"whole.{name}.pss_mib", memory_mib, "MiB", against=f"grows {grows_mib:+.2f} MiB in 30 min")
        yield Figure(f"whole.{name}.threads", max(one.threads for one in late), "threads", against="of it and what it started")
    rows = list(zip(*taken.values(), strict=True))
    yield Figure("whole.pss_mib", max(sum(one.pss_mib for one in row) for row in rows), "MiB", against="all processes, at any time")
    yield Figure("whole.grows_mib", grown_mib, "MiB in 30 min", against=f"measured over {(1 - SETTLED) * SECONDS:.0f} s")
    yield Figure("whole.grows_threads", _risen(rows, "threads"), "threads")
    yield Figure("whole.grows_files", _risen(rows, "files"), "open files")


def grows(samples: list[Sample]) -> float:
    """MiB in 30 minutes of its own, the median of the slopes between all pairs (Theil 1950, Sen 1968): a page now and then is none."""
    t_s, mib = np.array([one.t_s for one in samples]), np.array([one.own_mib for one in samples])
    first, second = np.triu_indices(len(samples), 1)
    return float(np.median((mib[second] - mib[first]) / (t_s[second] - t_s[first]))) * HALF_HOUR_S


def _risen(rows: list[tuple[Sample, ...]], what: str) -> float:
    """The median of the last third of all samples less that of the middle one."""
    counts = [float(sum(getattr(one, what) for one in row)) for row in rows]
    third = len(counts) // 3
    return median(counts[2 * third :]) - median(counts[third : 2 * third])
