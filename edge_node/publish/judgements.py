"""What a node makes of an object, from a track to the wire's small numbers and back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge_node.messages import Fact, Track
from edge_node.publish import judgement_schema as schema
from edge_node.publish.evidence_schema import TARGET_LABELS
from edge_node.publish.readings import Said, cut
from edge_node.publish.scaling import Quantity, from_wire, to_wire

_SHARED = tuple(name for name in TARGET_LABELS if name not in (None, "unknown"))
"""What probabilities are told of, in their order."""
_PERCENT = Quantity("percent", 1, 0, 100)
_FACT_WORDS = ("unit", "about", "reason")


def judgement(track: Track) -> schema.Judgement | None:
    """All of it; None where nothing is said."""
    facts = tuple(filter(None, map(_fact, track.behaviour[: schema.MOST_FACTS])))
    told = to_wire(
        schema.Judgement,
        {
            "existence_percent": _percent(track.existence),
            "label": track.label,
            "label_probability_percent": _percent(track.label_probability),
            "probabilities": _shares(track.probabilities),
            "claim_percent": _percent(track.claim_probability),
            "behaviour": facts or None,
        },
    )
    return None if told == schema.Judgement() else told


def judgement_said(told: schema.Judgement) -> Said:
    """All of it in SI units and percent; probabilities by label."""
    said = from_wire(told)
    shares = dict(zip(_SHARED, told.probabilities or (), strict=False))
    return said | {"probabilities": {name: share for name, share in shares.items() if share}, "behaviour": _facts(told)}


def _fact(told: Fact) -> schema.Fact | None:
    said = msgspec.structs.asdict(told) | {
        "fact": told.name,
        "value_in_unit": told.value,
        "about": cut(told.about) if told.about else None,
        "reason": cut(told.reason, schema.MOST_REASON) if told.reason else None,
    }
    return to_wire(schema.Fact, said)


def _facts(told: schema.Judgement) -> list[Said]:
    """One of a name that this reader does not know is passed over."""
    known = [said for said in map(from_wire, told.behaviour or ()) if said["fact"] is not None]
    return [{"name": said["fact"], "value": said["value_in_unit"]} | {name: said[name] for name in _FACT_WORDS} for said in known]


def _shares(probabilities: Mapping[str, float]) -> tuple[int, ...] | None:
    """Whole percents in the order of the labels, without the noughts at their end."""
    row = [_PERCENT.steps(_percent(probabilities.get(name))) or 0 for name in _SHARED]
    while row and not row[-1]:
        row.pop()
    return tuple(row) or None


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
