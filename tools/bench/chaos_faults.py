"""The faults that strike a chaos stage: what each does, how often, how long; when is the seed's to say."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from msgspec import Struct

from tools.bench.chaos_stage import ChaosStage

QUIET_AT_END_S = 2.0
LEAST_GAP_S = 2.0


class Kind(Struct, frozen=True):
    """`begin` strikes, and says whether it hit; `hold` is called again and again while it lasts, `end` heals."""

    every_s: float
    lasts_s: tuple[float, float]
    begin: Callable[[ChaosStage, Random], bool]
    hold: Callable[[ChaosStage], object] = lambda _: None
    end: Callable[[ChaosStage], object] = lambda _: None
    possible: Callable[[ChaosStage], bool] = lambda _: True


class Strike(Struct, frozen=True):
    """One fault at one time, from the chaos' begin."""

    kind: str
    begin_s: float
    end_s: float


def _kill(part: str) -> Callable[[ChaosStage, Random], bool]:
    return lambda stage, _: stage.parts[part].kill()


def _dark(every_s: float, lasts_s: tuple[float, float]) -> Kind:
    return Kind(every_s, lasts_s, lambda stage, _: stage.darken(1), end=lambda stage: stage.darken(-1))


def _fill(disk: str) -> Kind:
    return Kind(
        every_s=25.0,
        lasts_s=(2.0, 6.0),
        begin=lambda stage, _: disk in stage.disks,
        hold=lambda stage: stage.disks[disk].fill(),
        end=lambda stage: stage.disks[disk].free(),
        possible=lambda stage: disk in stage.disks,
    )


def _step(stage: ChaosStage, random: Random) -> bool:
    stage.time_file.write_text(f"{random.choice((-3600, 0, 3600)):+d}\n")
    return True


KINDS = {
    "black_hole": _dark(60.0, (20.0, 20.0)),
    "cut": _dark(15.0, (0.1, 3.0)),
    "c2_killed": Kind(12.0, (0.0, 0.0), _kill("c2")),
    "pump_killed": Kind(10.0, (0.0, 0.0), _kill("pump")),
    "hub_killed": Kind(12.0, (0.0, 0.0), lambda stage, _: stage.kill_hub()),
    "node_killed": Kind(20.0, (0.0, 0.0), _kill("node")),
    "c2_disk_full": _fill("c2"),
    "edge_disk_full": _fill("edge"),
    "nursery_killed": Kind(20.0, (0.0, 0.0), lambda stage, _: stage.kill_nursery()),
    "clock_stepped": Kind(10.0, (0.0, 0.0), _step, possible=lambda stage: stage.can_step),
}


def plan(random: Random, seconds: float) -> list[Strike]:
    """All strikes in their order; those of one kind do not overlap, of different kinds they may."""
    strikes = [strike for name, kind in KINDS.items() for strike in _of_kind(name, kind, random, seconds)]
    return sorted(strikes, key=lambda strike: strike.begin_s)


def _of_kind(name: str, kind: Kind, random: Random, seconds: float) -> list[Strike]:
    """One at a random time within each of equal parts of the whole."""
    count = max(1, round((seconds - QUIET_AT_END_S) / kind.every_s))
    part_s = (seconds - QUIET_AT_END_S) / count
    strikes = []
    for number in range(count):
        lasts_s = random.uniform(*kind.lasts_s)
        latest_s = max(part_s - lasts_s, 0.0)
        begin_s = number * part_s + random.uniform(min(LEAST_GAP_S, latest_s), latest_s)
        strikes.append(Strike(name, begin_s, begin_s + lasts_s))
    return strikes


class Weather:
    """Plays a plan on a stage, driven by `tick`."""

    def __init__(self, stage: ChaosStage, random: Random, seconds: float) -> None:
        self._stage, self._random = stage, random
        self._due = [strike for strike in plan(random, seconds) if KINDS[strike.kind].possible(stage)]
        self._lasting: list[Strike] = []

    def tick(self, at_s: float) -> None:
        """Strike, hold and heal what is due at this time from the begin."""
        while self._due and self._due[0].begin_s <= at_s:
            strike = self._due.pop(0)
            self._stage.struck[strike.kind] += KINDS[strike.kind].begin(self._stage, self._random)
            self._lasting.append(strike)
        for strike in self._lasting:
            KINDS[strike.kind].hold(self._stage)
        for strike in [strike for strike in self._lasting if strike.end_s <= at_s]:
            self._lasting.remove(strike)
            KINDS[strike.kind].end(self._stage)
