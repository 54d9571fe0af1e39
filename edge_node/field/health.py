"""One verdict out of many facts: green, amber or red, and the sentence that says why and what to touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge_node.field.health_names import C2_NOT_REACHED, NAMES, NOT_KEPT, PAST, found
from edge_node.field.sensing import SENSES_NOTHING
from edge_node.messages import Finding, SensorState, SensorStatus, Verdict

MOST_FINDINGS = 64
MOST_IN_SENTENCE = 4
OF_BOARD = -1
"""What is wrong with the computer explains what is wrong with all else."""
INSTALL = "install "
_RANK = {name: rank for rank, name in enumerate(NAMES)}
_OF_STATE: dict[SensorState, str] = {
    "starting": "sensor_starting",
    "stopping": "sensor_starting",
    "absent": "sensor_absent",
    "stalled": "sensor_stalled",
    "crashed": "sensor_crashed",
    "off": "sensor_off",
}


def of_states(sensors: Iterable[SensorStatus], hub: SensorStatus) -> tuple[Finding, ...]:
    """What is to be said of processes that do not run."""
    said = [found(one.name, _name(one), one.sentence) for one in sensors if one.state != "running"]
    if hub.state != "running":
        said.append(found(hub.name, "hub_down", f"the hub does not run: {hub.sentence}"))
    return tuple(said)


def _name(sensor: SensorStatus) -> str:
    """Whoever lacks a library says what to install."""
    return "library_missing" if sensor.state == "off" and INSTALL in sensor.sentence else _OF_STATE[sensor.state]


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without what is well and without repetitions: what fails, then what works worse; among these what explains others comes first."""
    wrong = {(one.about, one.name, one.words): one for one in findings if one.grade != "ok"}
    ranked = sorted(wrong.values(), key=lambda one: (one.grade != "fail", _RANK.get(one.name, OF_BOARD), one.name in PAST))
    return tuple(ranked[:MOST_FINDINGS])


def judge(sensors: Sequence[SensorStatus], hub: SensorStatus, findings: Sequence[Finding]) -> tuple[Verdict, str]:
    """Green, amber or red, and the sentence that says why; `findings` as `worst_first` has them."""
    if hub.state == "starting" and not hub.restarts:
        return "amber", "starting"
    useless = _of_no_use(sensors, hub, findings)
    if useless:
        return "red", "; ".join(filter(None, (useless, sentence(findings))))
    now = [one for one in findings if one.name not in PAST]
    if now:
        return "amber", sentence(now)
    running = sum(one.state == "running" for one in sensors)
    past = [_said(one) for one in findings]
    return "green", "; ".join((f"{running} of {len(sensors)} sensors run", hub.sentence, *past))


def sentence(findings: Sequence[Finding]) -> str:
    """The worst first, with what to touch; then the others, some of them by name alone."""
    if not findings:
        return ""
    first, *others = findings
    said = [": ".join(filter(None, (_said(first), first.touch))), *map(_said, others[: MOST_IN_SENTENCE - 1])]
    left = [f"{one.about} {one.name}" for one in others[MOST_IN_SENTENCE - 1 :]]
    return "; ".join(said + ([f"and {len(left)} more: {', '.join(left)}"] if left else []))


def _said(one: Finding) -> str:
    return one.words if one.about == "hub" else f"{one.about}: {one.words}"


def _of_no_use(sensors: Sequence[SensorStatus], hub: SensorStatus, findings: Sequence[Finding]) -> str:
    """Why the node is good for nothing now; empty where it is good for something."""
    if hub.state != "running":
        return "nothing is tracked or told"
    sensing = [one for one in sensors if one.driver not in SENSES_NOTHING]
    failed = {one.about for one in findings if one.grade == "fail"}
    if all(one.name in failed or one.state != "running" for one in sensing) and not _comes_up(sensing):
        return "no sensor senses anything" if sensing else "no sensor is configured that senses drones"
    names = {one.name for one in findings}
    if names & C2_NOT_REACHED and names & NOT_KEPT:
        return "nothing reaches C2 and nothing can be kept"
    return ""


def _comes_up(sensing: Sequence[SensorStatus]) -> bool:
    """Whether one of them is just on its way, as after switching on."""
    return any(one.state in ("starting", "stopping") and not one.restarts for one in sensing)
