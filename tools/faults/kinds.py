"""What each kind of fault does to a node, how it is kept up and how it is taken back."""

from __future__ import annotations

import signal
from collections.abc import Callable

from msgspec import Struct

from tools.faults.patient import Patient, send
from tools.simulate.faults import Fault

USUAL_PROCESS = "hub"


def nothing(_patient: Patient, _fault: Fault) -> None:
    """There is nothing to do."""


class Kind(Struct, frozen=True):
    """`begin` strikes and says why it cannot, else an empty text; `hold` is called while it lasts, `end` heals."""

    begin: Callable[[Patient, Fault], str]
    hold: Callable[[Patient, Fault], None] = nothing
    end: Callable[[Patient, Fault], None] = nothing
    lasts: bool = True


def _unplug(patient: Patient, fault: Fault) -> str:
    return patient.devices.do("unplug", fault.target)


def _replug(patient: Patient, fault: Fault) -> None:
    patient.devices.do("replug", fault.target)


def _stall(patient: Patient, fault: Fault) -> str:
    return patient.devices.do("stall", fault.target)


def _go_on(patient: Patient, fault: Fault) -> None:
    patient.devices.do("go_on", fault.target)


def _signalled(number: signal.Signals) -> Callable[[Patient, Fault], str]:
    def begin(patient: Patient, fault: Fault) -> str:
        process = fault.target or USUAL_PROCESS
        return "" if send(patient.pid(process), number) else f"no process of {process} runs"

    return begin


def _continue(patient: Patient, fault: Fault) -> None:
    """A process that its supervisor ended meanwhile needs it no more."""
    send(patient.pid(fault.target or USUAL_PROCESS), signal.SIGCONT)


def _step(patient: Patient, fault: Fault) -> str:
    if patient.time_file is None:
        return "stepping a clock needs libfaketime (faketime)"
    patient.time_file.write_text(f"{patient.clock_s + fault.much:+f}\n")
    return ""


def _step_back(patient: Patient, _fault: Fault) -> None:
    if patient.time_file is not None:
        patient.time_file.write_text(f"{patient.clock_s:+f}\n")


def _fill(patient: Patient, _fault: Fault) -> str:
    if patient.disk is None:
        return "a disk of its own for the node needs root, to mount a tmpfs"
    patient.disk.fill()
    return ""


def _keep_full(patient: Patient, _fault: Fault) -> None:
    if patient.disk is not None:
        patient.disk.fill()


def _free(patient: Patient, _fault: Fault) -> None:
    if patient.disk is not None:
        patient.disk.free()


def _swallow(patient: Patient, _fault: Fault) -> str:
    for line in patient.lines:
        line.swallow(True)
    return "" if patient.lines else "the node's line to C2 does not pass here"


def _pass(patient: Patient, _fault: Fault) -> None:
    for line in patient.lines:
        line.swallow(False)


def _lose(patient: Patient, fault: Fault) -> str:
    for line in patient.lines:
        line.loss = fault.much
    return "" if patient.lines else "the node's line to C2 does not pass here"


def _lose_none(patient: Patient, _fault: Fault) -> None:
    for line in patient.lines:
        line.loss = 0.0


KINDS: dict[str, Kind] = {
    "unplug": Kind(_unplug, end=_replug),
    "stall": Kind(_stall, end=_go_on),
    "stop": Kind(_signalled(signal.SIGSTOP), end=_continue),
    "kill": Kind(_signalled(signal.SIGKILL), lasts=False),
    "clock_step": Kind(_step, end=_step_back),
    "disk_full": Kind(_fill, _keep_full, _free),
    "c2_gone": Kind(_swallow, end=_pass),
    "packet_loss": Kind(_lose, end=_lose_none),
}
ON_LINES = frozenset({"c2_gone", "packet_loss"})
