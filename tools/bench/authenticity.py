"""Is genuine Remote ID left alone, false Remote ID found out, how soon, at what cost; beside the one rule of a public receiver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from time import process_time

from msgspec import Struct, field

from drivers.recording import Recording
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.authenticity import Authenticity
from edge_node.remote_id.detector import RemoteIdDetector
from tools.bench.figure import Figure
from tools.simulate.claims import HERE, genuine, utc_ns
from tools.simulate.false_claims import KINDS

FLIGHTS, RUNS_A_KIND, SECONDS = 100, 6, 60.0
CROWDS, CROWD = 6, 30
GENUINE_CAPTURES = ("parrot_anafi4_real.pcap", "odid_bt5_lr_sample.pcapng")
FALSE_CAPTURES = ("mavic_multiple_spoofed.pcapng", "parrot_anafi4_spoofed.pcap")
# RemoteIDReceiver warns of an operator more than 15 km away, and of nothing else.
PUBLIC_RULE = "operator_far"
AGAINST = "by operator distance alone"


class Outcome(Struct):
    """By transmitter: what was raised against it, and when first; and what judging cost."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    first_s: list[float] = field(default_factory=list)
    frames: int = 0
    spent_s: float = 0.0

    @property
    def suspected(self) -> int:
        """How many anything was raised against."""
        return sum(bool(names) for names in self.names.values())

    @property
    def by_public_rule(self) -> int:
        """How many the peer's rule finds."""
        return sum(PUBLIC_RULE in names for names in self.names.values())


def figures() -> Iterator[Figure]:
    """All figures of this bench; those of real captures only where these are."""
    honest = Outcome()
    for seed in range(FLIGHTS):
        hear(honest, genuine(seed, SECONDS), f"flight {seed}")
    for seed in range(CROWDS):
        hear(honest, genuine(seed, SECONDS, CROWD, fleet=seed % 2 == 0), f"crowd {seed}")
    yield Figure("authenticity.genuine_suspected", honest.suspected, "aircraft", len(honest.names), "genuine aircraft, a minute each")
    false = Outcome()
    for kind, make in KINDS.items():
        for seed in range(RUNS_A_KIND):
            hear(false, make(seed), f"{kind} {seed}")
    share = 100 / len(false.names)
    yield Figure("authenticity.false_suspected", false.suspected * share, "%", false.by_public_rule * share, AGAINST)
    yield Figure("authenticity.first_suspicion_p95_s", sorted(false.first_s)[len(false.first_s) * 95 // 100], "s")
    yield Figure("authenticity.judging_us", honest.spent_s / honest.frames * 1e6, "us/detection")
    yield from _captures()


def _captures() -> Iterator[Figure]:
    folder: Path = import_module("tests.conftest").DATA / "remote_id"
    if not folder.is_dir():
        return
    honest, false = Outcome(), Outcome()
    for outcome, captures in ((honest, GENUINE_CAPTURES), (false, FALSE_CAPTURES)):
        for name in captures:
            hear(outcome, _recorded(folder / name), name)
    yield Figure("authenticity.recorded_genuine_suspected", honest.suspected, "aircraft", len(honest.names), "recorded aircraft")
    yield Figure("authenticity.recorded_false_suspected", false.suspected, "aircraft", len(false.names), "spoofed aircraft")


def _recorded(capture: Path) -> Iterator[RemoteIdDetection]:
    detector = RemoteIdDetector()
    with Recording(capture, pace="fast") as recording:
        for block in recording.blocks():
            if block is not None:
                yield from detector.step(block)


def hear(outcome: Outcome, detections: Iterable[RemoteIdDetection], run: str) -> None:
    """Judge one run by a fresh judge; the node knows its place and its clock in simulations."""
    authenticity, simulated, begun_ns, new = Authenticity(), " " in run, None, True
    for said in detections:
        begun_ns = said.t_mono_ns if begun_ns is None else begun_ns
        begun_s = process_time()
        judged = authenticity.judge(said, utc_ns(said) if simulated else None, HERE if simulated else None)
        outcome.spent_s += process_time() - begun_s
        outcome.frames += 1
        outcome.names[f"{run} {said.transmitter}"] |= {suspicion.name for suspicion in judged.suspicions}
        if judged.suspicions and new:
            new = False
            outcome.first_s.append((said.t_mono_ns - begun_ns) / 1e9)
