"""`python -m tools.bench NAME...`: run benches, print their figures; the exit code is 1 when a goal was missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from typing import cast

from rich.console import Console
from rich.table import Table

from tools.bench import document
from tools.bench.figure import COLUMNS, Figure
from tools.bench.goals import GOALS

BENCHES = {
    "remote_id": ("frames to typed messages beside a scapy walk, and agreement with reference vectors", "tools.bench.remote_id:figures"),
    "authenticity": ("genuine and false Remote ID, simulated and recorded: who is suspected, how soon", "tools.bench.authenticity:figures"),
    "wire": ("bytes a track to C2, in whole messages of ten", "tools.bench.wire:figures"),
    "web": ("the C2's page in Chromium with 500 tracks five times a second", "tools.bench.web:figures"),
    "page": ("the node's own status page, unwatched and with one viewer of both waterfalls", "tools.bench.page:figures"),
    "flood": ("10 000 invented aircraft at 5 000 frames a second beside a genuine one", "tools.bench.flood:figures"),
    "fuzz": ("random and mutated payloads through every decoder; EDGE_NODE_FUZZ_PAYLOADS says how many", "tools.bench.fuzz:figures"),
    "chaos": ("kills, black holes, full disks, stepped clocks; EDGE_NODE_CHAOS_S and EDGE_NODE_CHAOS_SEED", "tools.bench.chaos:figures"),
    "outage": ("three days without C2 in the spool; how soon both planes are well when the link is back", "tools.bench.outage:figures"),
    "flood_c2": ("five nodes at work while strangers flood C2's two ports, beside the same without", "tools.bench.flood_c2:figures"),
    "throughput": ("rows from put to C2's durable ack beside bare pyzmq, one message a row", "tools.bench.throughput:figures"),
    "rotor": (
        "is a drone heard, on recordings: split by recording, other drones, events; beside a simple classifier",
        "tools.bench.rotor:figures",
    ),
    "droneid": (
        "DJI DroneID recorded and simulated, false frames in noise and in others' recordings, search speed",
        "tools.bench.droneid:figures",
    ),
    "radio": (
        "bytes to spectra beside a bare FFT, links found and named far below the noise, false alarms, what a worker costs",
        "tools.bench.radio:figures",
    ),
    "sight": (
        "what tracks of cameras are told to be by judges that knew neither clip nor place, beside motion alone and looks alone",
        "tools.bench.sight:figures",
    ),
    "camera": (
        "drones covered, false tracks, what is told and what it costs, beside a motion gate, MOG2, KNN and a plain top-hat",
        "tools.bench.camera:figures",
    ),
    "fusion": (
        "tracks of six scenes beside Stone Soup (EDGE_NODE_STONE_SOUP), covariances, identities, ghosts, two nodes, and a hub under load",
        "tools.bench.fusion:figures",
    ),
    "mic_array": ("16 channels through PortAudio and ALSA, gaps, and dead cards", "tools.bench.mic_array:figures"),
    "microphones": (
        "faults named from ambient sound, arrays calibrated by a walk; EDGE_NODE_MICROPHONE_SEEDS and EDGE_NODE_CALIBRATION_SEEDS",
        "tools.bench.microphones:figures",
    ),
    "camera_lines": (
        "slow readers, stalls and kills of network cameras beside plain OpenCV, and 16-bit video",
        "tools.bench.camera_lines:figures",
    ),
    "acoustic": ("a node with sixteen microphones: cost, memory, how soon a drone is told and how truly", "tools.bench.acoustic:figures"),
    "bearings": ("bearings of a block of sound beside pyroomacoustics and ODAS (EDGE_NODE_ODAS)", "tools.bench.bearings:figures"),
    "bearings_cost": ("CPU time of bearings beside ODAS's at equal rate (EDGE_NODE_ODAS)", "tools.bench.bearings_cost:figures"),
    "align": (
        "sensors aligned by a minute of a drone with Remote ID, by their own detectors, and poor flights; EDGE_NODE_ALIGN_SEEDS",
        "tools.bench.align:figures",
    ),
    "whole": (
        "what each process of a node with sensors of all kinds costs, and what grows; EDGE_NODE_WHOLE_S, 1800 for half an hour",
        "tools.bench.whole:figures",
    ),
    "black_box": ("what it costs at full rate to hold the last seconds, and to keep them", "tools.bench.black_box:figures"),
    "noise_floors": (
        "sensors that are well, deaf, jammed and hazy over simulated days: false ambers and what is said how soon; EDGE_NODE_NOISE_SEEDS",
        "tools.bench.noise_floors:figures",
    ),
    "verdicts": (
        "faults of devices, processes, computer and link: said by name how soon, and well again how soon; EDGE_NODE_VERDICTS",
        "tools.bench.verdicts:figures",
    ),
    "interop": (
        "others' formats: SAPIENT's corpus, bytes a track, the gateway's cost, and Apex's verdict (EDGE_NODE_APEX, EDGE_NODE_APEX_S)",
        "tools.bench.interop:figures",
    ),
    "node": ("start-up, latency, memory and loss of a whole node on the demo's scene", "tools.bench.node:figures"),
}


def load(name: str) -> Callable[[], Iterable[Figure]]:
    """Import one bench."""
    module, _, function = BENCHES[name][1].partition(":")
    return cast("Callable[[], Iterable[Figure]]", getattr(import_module(module), function))


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure figures beside their peers.")
    whole.add_argument("names", nargs="*", metavar="NAME", help=f"which benches, all when none is named: {', '.join(BENCHES)}")
    whole.add_argument("--json", action="store_true", help="one JSON object a figure")
    whole.add_argument("--list", action="store_true", help="name the benches, their figures and goals, and run nothing")
    whole.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    return whole


def listing() -> str:
    """All benches, their figures and goals, without running any."""
    lines = []
    for bench, (words, _) in BENCHES.items():
        lines.append(f"{bench}: {words}")
        lines += [f"  {name:<32} {goal.words()}" for name, goal in GOALS.items() if name.startswith(f"{bench}.")]
    return "\n".join(lines)


def show(figures: Iterable[Figure], console: Console, *, as_json: bool) -> list[Figure]:
    """Print figures, as JSON as they come, as a table when all are there."""
    done = []
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for figure in figures:
        done.append(figure)
        table.add_row(*figure.cells(), style="" if figure.ok else "bold red")
        if as_json:
            print(json.dumps(figure.fields()), flush=True)
    if not as_json:
        console.print(table)
    return done


def main() -> int:
    """Run what was asked for."""
    arguments = parser().parse_args()
    unknown = [name for name in arguments.names if name not in BENCHES]
    if unknown:
        parser().error(f"there is no bench {unknown[0]!r}; these are: {', '.join(BENCHES)}")
    if arguments.list:
        print(listing())
        return 0
    console = Console(width=None if sys.stdout.isatty() else 160)
    measured = (figure for name in arguments.names or BENCHES for figure in load(name)())
    figures = show(measured, console, as_json=arguments.json)
    if arguments.write:
        document.update(figures, datetime.now(UTC))
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
