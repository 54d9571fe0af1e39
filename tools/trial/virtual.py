"""A scene played to real nodes at real time, through virtual devices; what C2 heard, what the nodes detected, and what it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

import edge_node
from edge_node.publish.keys import load_or_make
from tools.c2.station import Station
from tools.faults.plan import Plan, of_signals
from tools.simulate.world import World
from tools.trial import truth
from tools.trial.machine import Machine
from tools.trial.node import TrialNode, trial_node
from tools.trial.outcome import HEARD, TRUTH, Head, Heard, NodeStood, SensorSaid, write_head, write_lines
from tools.trial.played import Played
from tools.virtual_devices.device import Begun

READY_WITHIN_S = 40.0
LEAD_S = 1.0
TAIL_S = 1.0
TURN_S = 0.05


def play(told: Played, out: Path) -> Head:
    """Leave a trial in the folder `out`; raises SceneError."""
    with TemporaryDirectory(prefix="en-") as folder, ExitStack() as open_:
        here = Path(folder)
        keys = load_or_make(here / "c2")
        c2 = Station("tcp://127.0.0.1:0", keys, here / "c2")
        open_.callback(c2.close)
        nodes = [open_.enter_context(trial_node(here, told, of, c2, keys.public)) for of in told.worlds]
        notes = _wait(nodes, c2)
        begun, machine = _begin(nodes), Machine()
        plan = Plan(told.world.scene.fault, nodes, told.seconds)
        write_lines(out / HEARD, _heard(c2, nodes, plan, begun, told.seconds))
        notes += filter(None, [machine.words()])
        for node in nodes:
            node.gather(out / f"detections-{node.name}.jsonl")
        write_lines(out / TRUTH, truth.rows(told.world, told.seconds))
        struck = plan.struck + of_signals(told.world.scene.fault, told.seconds, told.world.scene.nodes)
        head = Head(
            scene=told.name,
            seed=told.world.seed,
            seconds=told.seconds,
            mode="virtual",
            version=edge_node.__version__,
            begun_utc_ms=begun.utc_ns // 1_000_000,
            nodes=tuple(stood(of, round(begun.mono_s * 1e9)) for of in told.worlds),
            sensors=tuple(SensorSaid(node.name, one.name, one.driver, one.sense) for node in nodes for one in node.devices.made.values()),
            faults=tuple(sorted(struck, key=lambda one: one.from_s)),
            spent=tuple(spent for node in nodes for spent in node.spending.spent(told.seconds)),
            notes=tuple(notes + [f"{node.name}: {note}" for node in nodes for note in node.devices.notes]),
        )
        write_head(out, head)
        return head


def _wait(nodes: list[TrialNode], c2: Station) -> list[str]:
    """Until all sensors of all nodes run and C2 has heard of each node; what did not come to pass, in words."""
    until_s, speaking = time.monotonic() + READY_WITHIN_S, set[str]()
    while time.monotonic() < until_s:
        speaking |= {event["node"] for event in c2.events(TURN_S) if event["kind"] == "status"}
        for node in nodes:
            node.keep(c2)
        if len(speaking) == len(nodes) and not any(node.why_not_ready() for node in nodes):
            return []
    return [f"{node.name}, when the scene began: {why_not}" for node in nodes if (why_not := node.why_not_ready())]


def _begin(nodes: list[TrialNode]) -> Begun:
    begun = Begun(time.monotonic() + LEAD_S, time.time_ns() + round(LEAD_S * 1e9))
    for node in nodes:
        node.devices.begin(begun)
    return begun


def _heard(c2: Station, nodes: list[TrialNode], plan: Plan, begun: Begun, seconds: float) -> Iterator[Heard]:
    """What comes to C2 from the scene's begin until the nodes have ended, while faults strike."""
    counts = False
    while (t_s := time.monotonic() - begun.mono_s) < seconds:
        plan.tick(t_s)
        for node in nodes:
            node.keep(c2)
            if t_s >= 0 and not counts:
                node.spending.begin(node.pids())
        counts |= t_s >= 0
        yield from _events(c2, begun, TURN_S)
    plan.end()
    for node in nodes:
        node.spending.look(node.pids())
        node.stop()
    until_s = time.monotonic() + TAIL_S
    while time.monotonic() < until_s:
        yield from _events(c2, begun, TURN_S)


def _events(c2: Station, begun: Begun, wait_s: float) -> Iterator[Heard]:
    for event in c2.events(wait_s):
        t_s = time.monotonic() - begun.mono_s
        if t_s >= 0:
            yield Heard(round(t_s, 3), msgspec.to_builtins(event))


def stood(world: World, mono_begin_ns: int) -> NodeStood:
    """Where a world's node stands, or set out from."""
    latitude, longitude, altitude = world.ground.to_geodetic(0.0, 0.0, world.scene.node.mast_m)
    return NodeStood(world.scene.node.name, latitude, longitude, altitude, mono_begin_ns, world.trip is not None)
