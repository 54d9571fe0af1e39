"""Kills, black holes, full disks and stepped clocks at random: is anything lost that was safe, anything stored twice or out of order?"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import zmq
from msgspec import Struct

from edge_node.config import C2Table
from edge_node.publish.keys import load_or_make
from edge_node.publish.outbox import Outbox
from tools.bench import chaos_pump
from tools.bench.chaos_check import Held, Numbers, lost
from tools.bench.chaos_faults import KINDS, Weather
from tools.bench.chaos_stage import MAST, ChaosStage, chaos_stage
from tools.bench.figure import Figure

SECONDS, SEED, RATE_HZ = 600.0, 1, 1_200.0
DRAIN_WITHIN_S = 120.0
TURN_S = 0.02


class Outcome(Struct, frozen=True):
    """What was offered, safe and stored of the pump's events and of the real node's rows, and all that must be 0."""

    offered: int
    safe: int
    stored: int
    sent_again: int
    node_stored: int
    lost: int
    node_lost: int
    events_evicted: int
    twice: int
    disordered: int
    undrained: int
    died: int
    struck: Counter[str]
    drained_s: float


def figures() -> Iterator[Figure]:
    """EDGE_NODE_CHAOS_S seconds with EDGE_NODE_CHAOS_SEED."""
    seconds, seed = float(os.environ.get("EDGE_NODE_CHAOS_S", SECONDS)), int(os.environ.get("EDGE_NODE_CHAOS_SEED", SEED))
    outcome = run(seconds, seed)
    faults = ", ".join(f"{name} {count}" for name, count in sorted(outcome.struck.items()))
    left_out = "".join(f", no {name}" for name in KINDS if name not in outcome.struck)
    yield Figure("chaos.faults", outcome.struck.total(), "faults", against=f"seed {seed}, {seconds:g} s: {faults}{left_out}")
    yield Figure("chaos.offered", outcome.offered / seconds, "events/s")
    yield Figure("chaos.safe", outcome.safe, "events", outcome.offered, "offered")
    yield Figure("chaos.stored", outcome.stored, "events", outcome.safe, "safe")
    yield Figure("chaos.sent_again", outcome.sent_again, "rows", outcome.stored, "stored")
    yield Figure("chaos.node_stored", outcome.node_stored, "rows")
    yield Figure("chaos.drained_s", outcome.drained_s, "s")
    for name, unit in ZEROS.items():
        yield Figure(f"chaos.{name}", getattr(outcome, name), unit)


ZEROS = {
    "lost": "events",
    "node_lost": "rows",
    "events_evicted": "events",
    "twice": "rows",
    "disordered": "events",
    "undrained": "rows",
    "died": "errors",
}


def run(seconds: float, seed: int) -> Outcome:
    """Chaos for so long, then calm until all is drained."""
    random = Random(seed)
    with chaos_stage(seed, seconds, RATE_HZ) as stage:
        weather = Weather(stage, random, seconds)
        begun_s = time.monotonic()
        while (at_s := time.monotonic() - begun_s) < seconds:
            stage.keep()
            weather.tick(at_s)
            time.sleep(TURN_S)
        weather.tick(float("inf"))
        return _judge(stage)


def _judge(stage: ChaosStage) -> Outcome:
    begun_s = time.monotonic()
    stage.time_file.write_text("+0\n")
    for name in ("pump", "node"):
        stage.parts[name].end()
    undrained = sum(drain(stage, name) for name in (chaos_pump.NAME, MAST))
    drained_s = time.monotonic() - begun_s
    stage.parts["c2"].end()
    runs = list(chaos_pump.read_log(stage.pump_log).values())
    pump, node = (Held(stage.c2_dir, name) for name in (chaos_pump.NAME, MAST))
    numbers = Numbers(pump.events)
    sent = sum(one.counters["reliable_rows_sent"] for one in runs)
    return Outcome(
        offered=sum(one.offered for one in runs),
        safe=sum(one.safe for one in runs),
        stored=len(pump.events),
        sent_again=max(sent - pump.rows, 0),
        node_stored=node.rows,
        lost=numbers.lost(runs) + lost(pump, stage.edge_dir / chaos_pump.NAME),
        node_lost=lost(node, stage.edge_dir / MAST),
        events_evicted=pump.events_evicted + node.events_evicted,
        twice=numbers.twice + pump.twice + node.twice,
        disordered=numbers.disordered,
        undrained=undrained,
        died=sum(part.log.read_text(errors="replace").count("Traceback") for part in stage.parts.values() if part.log.exists()),
        struck=stage.struck,
        drained_s=drained_s,
    )


def drain(stage: ChaosStage, name: str) -> int:
    """Let an outbox say what is left in a spool whose process has ended; how many rows are left after all."""
    state_dir = stage.edge_dir / name
    table = C2Table(reliable=f"tcp://127.0.0.1:{stage.holes[1].port}", server_key=_server_key(stage.c2_dir))
    until_s = time.monotonic() + DRAIN_WITHIN_S
    with zmq.Context() as context:
        outbox = Outbox(table, load_or_make(state_dir), context, state_dir=state_dir, name=name)
        try:
            while (left := outbox.counters()["spool_rows"]) and time.monotonic() < until_s:
                stage.keep_c2()
                time.sleep(TURN_S)
        finally:
            outbox.close()
    return left


def _server_key(c2_dir: Path) -> str:
    return load_or_make(c2_dir).public
