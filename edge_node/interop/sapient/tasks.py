"""Tasks of a fusion node: which the node takes, and what it answers."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from edge_node.interop import readings
from edge_node.interop.sapient.codec import Said
from edge_node.interop.sapient.node import DEGREES_M, LAT_LONG, MODE, TRUE_NORTH

TaskStatus = Literal["ACCEPTED", "REJECTED", "COMPLETED", "FAILED"]
RATES_HZ = {"DISCRETE_THRESHOLD_LOW": 0.5, "DISCRETE_THRESHOLD_MEDIUM": 1.0, "DISCRETE_THRESHOLD_HIGH": 2.0}
MOST_PLACES = 64


class LookAt(Struct, frozen=True, kw_only=True):
    """Look at a sector, or at places: those alone are reported that lie there. Nothing turns."""

    azimuth_deg: float | None = None
    width_deg: float | None = None
    places: tuple[tuple[float, float], ...] = ()


class ReportRate(Struct, frozen=True):
    """Report each track so often."""

    rate_hz: float


class Stop(Struct, frozen=True):
    """Forget the task, and report as before."""


Order = LookAt | ReportRate | Stop


class Answer(Struct, frozen=True):
    """What becomes of a task: its status with the reason in words, and what to do."""

    task_id: str
    status: TaskStatus
    reason: str
    order: Order | None = None

    def ack(self) -> Said:
        """The TaskAck that says it."""
        return {"task_id": self.task_id, "task_status": f"TASK_STATUS_{self.status}", "reason": [self.reason]}


def answer(task: Said) -> Answer:
    """Take look-at and the rate of reports, refuse all else in words; the task is one that `check.problems` finds nothing wrong with."""
    task_id = task["task_id"]
    if task["control"] in ("CONTROL_STOP", "CONTROL_PAUSE"):
        return Answer(task_id, "ACCEPTED", "the task is stopped", Stop())
    if task.get("region"):
        return Answer(task_id, "REJECTED", "this node takes no regions: send look_at")
    command = task.get("command") or {}
    if "look_at" in command:
        return _look_at(task_id, command["look_at"])
    if "detection_report_rate" in command:
        return _report_rate(task_id, command["detection_report_rate"])
    return _other(task_id, command)


def _look_at(task_id: str, where: Said) -> Answer:
    cone, places = where.get("range_bearing"), where.get("location_list")
    if cone is not None:
        return _look_at_cone(task_id, cone)
    said = places["locations"][:MOST_PLACES] if places else []
    found = tuple(at for one in said if one["coordinate_system"] == LAT_LONG and (at := readings.place(one.get("y"), one.get("x"))))
    if not found or len(found) != len(said):
        return Answer(task_id, "REJECTED", "places must be in degrees of latitude and longitude")
    return Answer(task_id, "ACCEPTED", "what lies there is reported; nothing turns", LookAt(places=found))


def _look_at_cone(task_id: str, cone: Said) -> Answer:
    azimuth_deg, width_deg = readings.within(cone.get("azimuth"), -360, 360), readings.within(cone.get("horizontal_extent", 60.0), 0, 360)
    if azimuth_deg is None or width_deg is None or cone["coordinate_system"] != DEGREES_M or cone["datum"] != TRUE_NORTH:
        return Answer(task_id, "REJECTED", "a sector must be in degrees from true north, with metres")
    order = LookAt(azimuth_deg=readings.wrapped(azimuth_deg), width_deg=width_deg)
    return Answer(task_id, "ACCEPTED", "what lies there is reported; nothing turns", order)


def _report_rate(task_id: str, threshold: str) -> Answer:
    if (rate_hz := RATES_HZ.get(threshold)) is None:
        return Answer(task_id, "REJECTED", "the rate is low, medium or high")
    return Answer(task_id, "ACCEPTED", f"each track is reported {rate_hz:g} times a second", ReportRate(rate_hz))


def _other(task_id: str, command: Said) -> Answer:
    if command.get("mode_change") == MODE:
        return Answer(task_id, "COMPLETED", f"{MODE} is the only mode, and on")
    asked = next(
        (name.replace("_", " ") for name, value in command.items() if name != "command_parameter" and value is not None), "no command"
    )
    return Answer(task_id, "REJECTED", f"this node takes look at and detection report rate, not {asked}")
