"""Trials without devices: what sensors say of drones, through the real tracker and over the real wire, and what a trial leaves of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as File
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import BusMessage, Coverage, Detection, NodeStatus, SensorStatus
from edge_node.publish import wire
from edge_node.publish.rates import Rates
from edge_node.timebase import Timebase
from tools.simulate.skies import FRAME, HOME, SECOND, Here, Path, Sky, around, straight
from tools.trial.outcome import (
    HEARD,
    TRUTH,
    TRUTH_EVERY_S,
    Head,
    Heard,
    NodeStood,
    Outcome,
    SensorSaid,
    Struck,
    TruthRow,
    write_head,
    write_lines,
)

Sabotage = Callable[[Sequence[BusMessage], np.random.Generator], Sequence[BusMessage]]
NODE, NODE8, EPOCH = "mast", "a1b2c3d4", 77
BEGUN_UTC_MS = 1_795_860_000_000
MONO_BEGIN_NS = 5_000 * SECOND
SECONDS = 60.0
CAMERA_HZ, EARS_HZ, REMOTE_ID_HZ = 5.0, 2.0, 1.0
TICK_S = 0.2
CLOCK = Timebase(BEGUN_UTC_MS * 1_000_000, "gnss", 0.02)
DELIVERS_S = 0.02, 0.12
FLIGHTS: dict[str, tuple[str, Path, str]] = {
    "alpha": ("drone", around((60.0, 150.0, 45.0), 60.0, 9.0), "A"),
    "bravo": ("drone", around((-90.0, 110.0, 60.0), 50.0, 7.0, phase=2.0), ""),
    "gull": ("bird", straight((-160.0, 210.0, 30.0), (3.5, 0.0, 0.4)), ""),
}
COVERAGE = (
    Coverage(t_mono_ns=0, sensor="camera", sense="sight", azimuth_deg=0.0, width_deg=120.0, reach_m=350.0, probability=0.9, latency_s=1.0),
    Coverage(t_mono_ns=0, sensor="mast", sense="sound", reach_m=260.0, probability=0.9, latency_s=2.0),
    Coverage(t_mono_ns=0, sensor="wifi", sense="remote_id", reach_m=1500.0, probability=0.9, latency_s=3.0),
)


def honest(messages: Sequence[BusMessage], _rng: np.random.Generator) -> Sequence[BusMessage]:
    """No sabotage."""
    return messages


def every(from_s: float, to_s: float, step_s: float) -> list[float]:
    """Times."""
    return [from_s + k * step_s for k in range(int((to_s - from_s) / step_s))]


def detected(seed: int, seconds: float = SECONDS) -> list[BusMessage]:
    """What a camera, an array and a Remote ID receiver say, in the order of time."""
    sky, said = Sky(seed, pose_deg=0.7), list[BusMessage]()
    for t_s in every(1.0, seconds, 1 / CAMERA_HZ):
        for number, (kind, path, _) in enumerate(FLIGHTS.values(), 1):
            bird = {"label": "bird", "probability": 0.05, "probabilities": {"drone": 0.05, "bird": 0.9}} if kind == "bird" else {}
            said.append(replace(sky.seen(path, t_s, number, **bird), frame=round(t_s * CAMERA_HZ)))
    for t_s in every(1.1, seconds, 1 / EARS_HZ):
        said += [sky.heard(path, t_s, number) for number, (kind, path, _) in enumerate(FLIGHTS.values(), 1) if kind == "drone"]
    for t_s in every(1.3, seconds, 1 / REMOTE_ID_HZ):
        said += [sky.claimed(path, t_s, name) for _, path, name in FLIGHTS.values() if name]
    for t_s in every(0.5, seconds, 1.0):
        said += [replace(one, t_mono_ns=round(t_s * SECOND)) for one in COVERAGE]
    return sorted(map(plain, said), key=lambda one: one.t_mono_ns)


def plain(message: BusMessage) -> BusMessage:
    """With numbers that are Python's own, as they come off a bus."""
    return replace(
        message, **{name: float(value) for name in message.__struct_fields__ if isinstance(value := getattr(message, name), np.floating)}
    )


def tracked(
    messages: Sequence[BusMessage], clock: Timebase = CLOCK, deaf: tuple[float, float] = (0.0, 0.0), seed: int = 0
) -> Iterator[Heard]:
    """What C2 hears of a hub that is told these: a tick comes every TICK_S; C2 hears nothing while it is deaf."""
    tracker, rates, rng = Tracker(TrackingTable()), Rates(1.0, 5.0), np.random.default_rng([seed, 5])
    tracker.stand(Here())
    waiting, end_s = list(messages), messages[-1].t_mono_ns / SECOND
    for seq, t_s in enumerate(every(TICK_S, end_s, TICK_S)):
        now_ns = round(t_s * SECOND)
        due = [one for one in waiting if one.t_mono_ns <= now_ns]
        waiting = waiting[len(due) :]
        for one in due:
            if isinstance(one, Coverage):
                tracker.covers(one)
        tracker.take([one for one in due if isinstance(one, Detection)])
        tracker.advance(now_ns)
        comes_s = t_s + float(rng.uniform(*DELIVERS_S))
        if said := rates.due(tracker.tracks(), now_ns):
            payload = wire.encode_tracks(said, clock, EPOCH, seq, now_ns)
            if not deaf[0] <= t_s < deaf[1]:
                yield Heard(comes_s, {"node": NODE, "node8": NODE8, **wire.decode(b"t/" + NODE8.encode(), payload)})
        if seq % 5 == 0:
            yield Heard(comes_s, {"node": NODE, "node8": NODE8, **status(now_ns, seq, deaf[0] <= t_s < deaf[1])})


def status(now_ns: int, seq: int, broken: bool) -> dict[str, object]:
    """What the node says of itself."""
    state, sentence = ("stalled", "no data since it stalled") if broken else ("running", "all is well")
    sensor = SensorStatus(name="camera", driver="camera", state=state, sentence=sentence, since_mono_ns=0, restarts=0, pid=1)
    hub = SensorStatus(name="hub", driver="hub", state="running", sentence="tracks", since_mono_ns=0, restarts=0, pid=2)
    verdict = "red" if broken else "green"
    told = NodeStatus(name=NODE, verdict=verdict, sentence="as it is", sensors=(sensor,), hub=hub, t_mono_ns=now_ns)
    payload = wire.encode_status(told, reports={}, place=None, counters={}, clock=CLOCK, epoch=EPOCH, seq=seq, now_mono_ns=now_ns)
    return wire.decode(b"s/" + NODE8.encode(), payload)


def truth(seconds: float = SECONDS) -> Iterator[TruthRow]:
    """Ten times a second."""
    for t_s in every(0.0, seconds, TRUTH_EVERY_S):
        for name, (kind, path, ids) in FLIGHTS.items():
            latitude, longitude, altitude = FRAME.to_geodetic(*map(float, path(t_s)))
            speed = (path(t_s + 0.05) - path(t_s - 0.05)) / 0.1
            yield TruthRow(t_s, name, kind, latitude, longitude, altitude, *map(float, speed), ids=(ids,) if ids else ())


def made(
    folder: File,
    seed: int = 1,
    sabotage: Sabotage = honest,
    *,
    clock: Timebase = CLOCK,
    faults: tuple[Struck, ...] = (),
    scene: str = "made",
    deaf: tuple[float, float] = (0.0, 0.0),
    seconds: float = SECONDS,
) -> Outcome:
    """A trial's folder; `sabotage` meddles with what sensors say before tracker and recorder have it."""
    messages = sorted(sabotage(detected(seed, seconds), np.random.default_rng([seed, 9])), key=lambda one: one.t_mono_ns)
    folder.mkdir(parents=True, exist_ok=True)
    write_lines(folder / TRUTH, truth(seconds))
    write_lines(folder / HEARD, tracked(messages, clock, deaf, seed))
    write_lines(folder / f"detections-{NODE}.jsonl", as_recorded(messages))
    sensors = (SensorSaid(NODE, "camera", "camera", "camera"), SensorSaid(NODE, "mast", "microphones", "microphones"))
    node = NodeStood(NODE, *HOME, 500.0, MONO_BEGIN_NS)
    write_head(folder, Head(scene, seed, seconds, "offline", "0.1.0", BEGUN_UTC_MS, (node,), sensors, faults))
    return Outcome(folder)


def as_recorded(messages: Sequence[BusMessage]) -> list[dict[str, Any]]:
    """As a recorder writes them and a bench reads them, by a node's own clock."""
    later = (replace(one, t_mono_ns=one.t_mono_ns + MONO_BEGIN_NS) for one in messages)
    return [msgspec.json.decode(msgspec.json.encode(one)) for one in later]
