"""What each fault cost, how long until all was as before, and whether the node said so in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

from tools.score.case import Case
from tools.score.figures import Recovery
from tools.trial.outcome import Heard, Struck

BEFORE_S, LOSES_S = 3.0, 5.0
"""Who was tracked within so long before a fault, and is not until so long after its end, was lost by it."""
LISTENS_S = 60.0
"""So long after a fault's end words may still come, as from a node that was cut off."""
RUNS = ("running", "starting")
MOST_WORDS = 200
WORDS: dict[str, tuple[str, ...]] = {
    "unplug": ("absent", "lost", "gone", "unplugged"),
    "stall": ("stalled", "stall", "no data"),
    "stop": ("stalled", "stall", "no data", "killed"),
    "kill": ("crashed", "ended", "exit", "killed", "signal"),
    "clock_step": ("clock",),
    "gnss_lost": ("no fix", "without a fix", "fix", "position"),
    "gnss_zero": ("no fix", "without a fix", "fix", "position", "0, 0", "implausible"),
    "disk_full": ("disk", "space", "room", "spool"),
    "c2_gone": ("c2", "connect", "dialling"),
    "packet_loss": ("missing", "gap", "reconnect"),
    "microphone_dead": ("microphone", "channel", "dead", "silent"),
    "microphones_swapped": ("microphone", "channel", "swapped", "agree"),
    "rain": ("rain", "noise", "wind", "reach"),
    "wind": ("wind", "noise", "reach"),
    "wifi_flood": ("flood", "crowd", "thinned", "too many", "left out"),
}
"""Of which words a sentence about such a fault has one."""


def recoveries(case: Case, faults: Sequence[Struck], heard: Sequence[Heard], node: str) -> Iterator[Recovery]:
    """One for each fault, in order."""
    sentences = [(one.t_s, text) for one in heard if one.event.get("node") == node for text in _sentences(one.event)]
    for fault in faults:
        lost, again_s = _lost(case, fault)
        said_s, words = _said(sentences, fault)
        yield Recovery(
            kind=fault.kind,
            target=fault.target,
            from_s=fault.from_s,
            to_s=fault.to_s,
            lost=tuple(case.truth.flown[one].name for one in lost),
            again_s=again_s,
            said_s=said_s,
            words=words[:MOST_WORDS],
            why_not=fault.why_not,
        )


def _lost(case: Case, fault: Struck) -> tuple[list[int], float | None]:
    """Drones that were tracked just before and then were not, and how long after the fault's end the last of them was again."""
    t_s = case.t_s
    before, struck = (t_s >= fault.from_s - BEFORE_S) & (t_s <= fault.from_s), (t_s > fault.from_s) & (t_s <= fault.to_s + LOSES_S)
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


def _said(sentences: Sequence[tuple[float, str]], fault: Struck) -> tuple[float | None, str]:
    """The first sentence since the fault began that has a word of it and did not stand before."""
    asked = (*WORDS.get(fault.kind, ()), fault.kind.replace("_", " "))
    stood = {text for t_s, text in sentences if t_s < fault.from_s}
    for t_s, text in sentences:
        if fault.from_s <= t_s <= fault.to_s + LISTENS_S and text not in stood and any(word in text.lower() for word in asked):
            return t_s - fault.from_s, text
    return None, ""


def _sentences(event: dict[str, Any]) -> Iterator[str]:
    """What a node says of itself, in words: states of its sensors that do not run, and notes about its health and what is missing."""
    match event.get("kind"):
        case "status":
            for sensor in event["sensors"]:
                state = sensor["state"]
                yield f"{sensor['name']}: {sensor['sentence']}" if state in RUNS else f"{sensor['name']} is {state}: {sensor['sentence']}"
            yield f"{event['verdict']}: {event['sentence']}"
        case "event" if event.get("event") == "health" and event.get("words"):
            yield f"{event['verdict'] or event['sensor_state'] or 'health'}: {event['words']}"
        case "gap":
            yield f"gap: {event['missing']} messages are missing"
