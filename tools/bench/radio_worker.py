"""A node that hears 2.4 MS/s of a server of the real rtl_tcp protocol: what its worker and the process that reads for it cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tools.bench.acoustic import cpu_s
from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.simulate.iq.catalogue import CATALOGUE
from tools.simulate.radio import heard
from tools.simulate.rtl_tcp_server import RtlTcpServer, looped
from tools.stage import Stage, stage

LINK, RATE_HZ, SEED, SNR_DB = "elrs_eu868_200", 2.4e6, 2026, 10.0
MADE_S, SETTLED_S, MEASURED_S = 3.0, 6.0, 15.0
NAME = "links"
SENSOR = '\n[[sensor]]\nname = "{name}"\ndriver = "rtl_tcp"\nport = {port}\ncenter_hz = {center_hz}\nrate_hz = {rate_hz}\n'


def figures() -> Iterator[Figure]:
    """While one remote control hops about."""
    center_hz = CATALOGUE[LINK].listen_hz
    samples = np.concatenate([block.samples for block in heard([LINK], center_hz, RATE_HZ, MADE_S, SEED, snr_db=SNR_DB)])
    with RtlTcpServer(looped(samples)) as server, stage() as here:
        yield from _measured(here, SENSOR.format(name=NAME, port=server.port, center_hz=center_hz, rate_hz=RATE_HZ))


def _measured(here: Stage, sensor: str) -> Iterator[Figure]:
    with here.node(sensor):
        while not pids(here).get(NAME):
            time.sleep(0.05)
        time.sleep(SETTLED_S)
        worker = pids(here)[NAME]
        processes = {"worker": [worker], "reader": _children(worker)}
        before_s, from_s = {name: _cpu_s(each) for name, each in processes.items()}, time.monotonic()
        time.sleep(MEASURED_S)
        passed_s = time.monotonic() - from_s
        for name, each in processes.items():
            spent_s = (_cpu_s(each) - before_s[name]) / passed_s
            yield Figure(f"radio.{name}_cpu", spent_s, "CPU s per s", against=f"{RATE_HZ / 1e6:g} MS/s, one remote control")
            yield Figure(f"radio.{name}_pss_mib", sum(map(pss_mib, each)), "MiB")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_s(processes: list[int]) -> float:
    return sum(map(cpu_s, processes))
