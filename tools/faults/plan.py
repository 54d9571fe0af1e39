"""A scene's faults, striking and healing as its time goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tools.faults.kinds import KINDS
from tools.faults.patient import Patient
from tools.simulate.faults import OF_SIGNALS, Fault
from tools.trial.outcome import Struck


def of_signals(faults: Iterable[Fault], seconds: float, nodes: Sequence[str]) -> list[Struck]:
    """Those that are in the signals themselves, as they strike."""
    signals = [fault for fault in faults if fault.kind in OF_SIGNALS]
    return [_struck(fault, _whom(fault, node, nodes), seconds) for fault in signals for node in nodes if _is_of(fault, node)]


def not_here(faults: Iterable[Fault], seconds: float, nodes: Sequence[str]) -> list[Struck]:
    """All faults of a scene whose nodes do not run: those in the signals strike, the others cannot."""
    told = list(faults)
    left = [(fault, _whom(fault, node, nodes)) for fault in told if fault.kind in KINDS for node in nodes if _is_of(fault, node)]
    return of_signals(told, seconds, nodes) + [_struck(fault, whom, seconds, "no node runs, for nothing is played") for fault, whom in left]


def _is_of(fault: Fault, node: str) -> bool:
    return fault.node in ("", node)


def _whom(fault: Fault, node: str, nodes: Sequence[str]) -> str:
    """What is struck, with its node's name where there are several."""
    return "/".join(filter(None, (node if len(nodes) > 1 or not fault.target else "", fault.target)))


def _struck(fault: Fault, whom: str, seconds: float, why_not: str = "") -> Struck:
    lasts = fault.kind not in KINDS or KINDS[fault.kind].lasts
    return Struck(fault.kind, whom, fault.from_s, min(fault.to_s, seconds) if lasts else fault.from_s, why_not)


class Plan:
    """What is done to running nodes, driven by `tick`; `struck` is what was."""

    def __init__(self, faults: Iterable[Fault], patients: Sequence[Patient], seconds: float) -> None:
        mine = [(fault, patient) for fault in faults if fault.kind in KINDS for patient in patients if _is_of(fault, patient.name)]
        self._due = sorted(mine, key=lambda one: one[0].from_s)
        self._lasting: list[tuple[Fault, Patient]] = []
        self._seconds, self._names = seconds, [patient.name for patient in patients]
        self.struck: list[Struck] = []

    def tick(self, t_s: float) -> None:
        """Strike, hold and heal what is due at this time of the scene."""
        while self._due and self._due[0][0].from_s <= t_s:
            self._strike(*self._due.pop(0), t_s)
        for fault, patient in self._lasting:
            KINDS[fault.kind].hold(patient, fault)
        for one in [one for one in self._lasting if one[0].to_s <= t_s]:
            self._lasting.remove(one)
            KINDS[one[0].kind].end(one[1], one[0])

    def _strike(self, fault: Fault, patient: Patient, t_s: float) -> None:
        why_not = KINDS[fault.kind].begin(patient, fault)
        struck = _struck(fault, _whom(fault, patient.name, self._names), self._seconds, why_not)
        from_s = round(max(fault.from_s, t_s), 2)
        self.struck.append(replace(struck, from_s=from_s, to_s=max(struck.to_s, from_s)))
        if not why_not and KINDS[fault.kind].lasts:
            self._lasting.append((fault, patient))

    def end(self) -> None:
        """Heal all that still lasts; what has not struck by now does not."""
        self._due.clear()
        self.tick(float("inf"))
