"""What each fault cost, how long until all was as before, and whether the node said so in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from tools.score.case import Case
from tools.score.figures import Recovery
from tools.trial.outcome import Heard, Struck

BEFORE_S, LOSES_S = 3.0, 5.0
"""Who was tracked within so long before a fault, and is not until so long after its end or until the next fault, was lost by it."""
LISTENS_S = 20.0
"""So long after a fault's end words may still come, as from a node that was cut off."""
RUNS = ("running", "starting", None)
BROKEN = "is "
OF_A_PROCESS = "unplug", "stall", "stop", "kill", "disk_full"
OF_THE_NODE = "", "hub"
NUMBERS = re.compile(r"(?<![a-z])[\d.]+")
"""Counts that go on are no news."""
MOST_WORDS = 200
WORDS: dict[str, tuple[str, ...]] = {
    "unplug": ("absent", "lost", "gone", "unplugged", "no fix"),
    "stall": ("stalled", "stall", "no data", "no answer", "gave no", "said nothing"),
    "stop": ("stalled", "stall", "no data", "killed"),
    "kill": ("crashed", "ended", "exit", "killed", "signal"),
    "clock_step": ("clock",),
    "gnss_lost": ("no fix", "without a fix"),
    "gnss_zero": ("not believed", "null island"),
    "disk_full": ("disk", "space", "room", "spool"),
    "c2_gone": ("c2", "connect", "dialling"),
    "packet_loss": ("missing", "gap", "reconnect"),
    "microphone_dead": ("dead", "silent", "channels", "of its microphones"),
    "microphones_swapped": ("swapped", "agree", "channels"),
    "rain": ("rain", "noise", "wind", "reach"),
    "wind": ("wind", "noise", "reach"),
    "wifi_flood": ("flood", "crowd", "thinned", "too many", "left out"),
}
"""Of which words a sentence about such a fault has one."""


class Clause(NamedTuple):
    """A part of a sentence that a node said of itself; `whose` is a sensor's name, "" for the node's own, and `plain` has no numbers."""

    t_s: float
    whose: str
    text: str
    plain: str


def recoveries(case: Case, faults: Sequence[Struck], heard: Sequence[Heard], node: str) -> Iterator[Recovery]:
    """One for each fault, in order."""
    said = [clause for one in heard if one.event.get("node") == node for clause in _clauses(one)]
    for fault in faults:
        lost, again_s = _lost(case, fault, min([fault.to_s + LOSES_S, *(one.from_s for one in faults if one.from_s > fault.to_s)]))
        words = None if fault.why_not else _said(said, fault)
        yield Recovery(
            kind=fault.kind,
            target=fault.target,
            from_s=fault.from_s,
            to_s=fault.to_s,
            lost=tuple(case.truth.flown[one].name for one in lost),
            again_s=again_s,
            said_s=words.t_s - fault.from_s if words else None,
            words=words.text[:MOST_WORDS] if words else "",
            why_not=fault.why_not,
        )


def _lost(case: Case, fault: Struck, until_s: float) -> tuple[list[int], float | None]:
    """Drones that were tracked just before and then were not until so long, and how long after its end the last of them was again."""
    t_s = case.t_s
    before, struck = (t_s >= fault.from_s - BEFORE_S) & (t_s <= fault.from_s), (t_s > fault.from_s) & (t_s <= until_s)
    lost, worst = [], 0.0
    for one in case.drones:
        hit, reach = case.hit(one), case.reach[:, one]
        missing = t_s[reach & ~hit & struck]
        if hit[before].any() and len(missing):
            lost.append(one)
            after = (t_s >= max(fault.to_s, missing[0])) & reach
            again = t_s[after & hit]
            worst = max(worst, float(again[0] - fault.to_s)) if len(again) else inf if after.any() else worst
    return lost, None if worst == inf else worst


def _said(said: Sequence[Clause], fault: Struck) -> Clause | None:
    """The first clause about its target since the fault began that has a word of it and did not stand just before."""
    words = (*WORDS.get(fault.kind, ()), fault.kind.replace("_", " "))
    sensors = {one.whose for one in said}
    stood = {(one.whose, one.plain) for one in said if fault.from_s - BEFORE_S <= one.t_s < fault.from_s}
    for one in said:
        of_it = one.whose == fault.target or fault.target in one.text or (fault.target not in sensors and one.whose in OF_THE_NODE)
        new = fault.from_s <= one.t_s <= fault.to_s + LISTENS_S and (one.whose, one.plain) not in stood
        if (
            of_it
            and new
            and (
                any(word in one.plain for word in words)
                or (fault.kind in OF_A_PROCESS and one.whose == fault.target and BROKEN in one.plain)
            )
        ):
            return one
    return None


def _clauses(heard: Heard) -> Iterator[Clause]:
    """What a node says of itself, part by part: its sensors' states and sentences, its own, its health, and what is missing."""
    event, t_s = heard.event, heard.t_s
    match event.get("kind"):
        case "status":
            for sensor in event["sensors"]:
                yield from _parts(t_s, sensor["name"], _with_state(sensor["state"], sensor["sentence"]))
            yield from _parts(t_s, "", event["sentence"])
        case "event" if event.get("event") == "health" and event.get("words"):
            yield from _parts(t_s, event.get("about") or "", _with_state(event.get("sensor_state"), event["words"]))
        case "gap":
            yield from _parts(t_s, "", f"{event['missing']} messages are missing")


def _with_state(state: str | None, sentence: str) -> str:
    return sentence if state in RUNS else f"{BROKEN}{state}: {sentence}"


def _parts(t_s: float, whose: str, sentence: str) -> Iterator[Clause]:
    for part in sentence.split(";"):
        yield Clause(t_s, whose, part.strip(), NUMBERS.sub("#", part.strip().lower()))
