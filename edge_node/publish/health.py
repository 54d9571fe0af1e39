"""Findings and coverage of a node's status, to the wire and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from edge_node.messages import Coverage, Finding
from edge_node.publish import schema
from edge_node.publish.readings import cut
from edge_node.publish.scaling import from_wire, to_wire

Said = dict[str, Any]
MOST_FINDINGS, MOST_NOTES, LONGEST_NOTE = 16, 3, 96
ALL_AROUND_DEG, UP_DEG = 360.0, 90.0


def findings(told: Sequence[Finding]) -> tuple[schema.FindingRecord, ...] | None:
    """The first of them; None where there are none."""
    rows = (to_wire(schema.FindingRecord, _cut(one)) for one in told[:MOST_FINDINGS])
    return tuple(filter(None, rows)) or None


def _cut(one: Finding) -> Said:
    words = {"about": cut(one.about), "name": cut(one.name), "words": cut(one.words, 200), "touch": cut(one.touch, 120) or None}
    return words | {"grade": one.grade}


def coverage(told: Sequence[Coverage], sensors: Sequence[str]) -> tuple[schema.CoverageRecord, ...] | None:
    """Of those that `sensors` names; None where there are none."""
    rows = (to_wire(schema.CoverageRecord, _covered(one, sensors.index(one.sensor))) for one in told if one.sensor in sensors)
    return tuple(filter(None, rows)) or None


def _covered(one: Coverage, sensor: int) -> Said:
    """What holds all around and from straight down to straight up needs no bytes."""
    around = one.width_deg >= ALL_AROUND_DEG
    return asdict(one) | {
        "sensor": sensor,
        "probability_percent": one.probability * 100,
        "azimuth_deg": None if around else one.azimuth_deg,
        "width_deg": None if around else one.width_deg,
        "lowest_elevation_deg": None if one.lowest_elevation_deg <= -UP_DEG else one.lowest_elevation_deg,
        "highest_elevation_deg": None if one.highest_elevation_deg >= UP_DEG else one.highest_elevation_deg,
        "notes": tuple(cut(note, LONGEST_NOTE) for note in one.notes[:MOST_NOTES]) or None,
    }


def findings_said(told: Sequence[schema.FindingRecord] | None) -> list[Said]:
    """In words."""
    return [from_wire(one) | {"touch": one.touch or ""} for one in told or ()]


def coverage_said(status: schema.StatusRecord) -> list[Said]:
    """By the names of the sensors; what is left out reads as what it means."""
    names = [one.name for one in status.sensors]
    return [_read(one, names[one.sensor]) for one in status.coverage or () if one.sensor < len(names)]


def _read(one: schema.CoverageRecord, sensor: str) -> Said:
    said = from_wire(one)
    usual = {"azimuth_deg": 0.0, "width_deg": ALL_AROUND_DEG, "lowest_elevation_deg": -UP_DEG, "highest_elevation_deg": UP_DEG}
    unsaid = {name: value for name, value in usual.items() if said[name] is None}
    return said | unsaid | {"sensor": sensor, "notes": list(one.notes or ())}
