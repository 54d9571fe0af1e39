"""What a node makes of an object by all that its sensors say, field by field: a part of a TrackRecord of the live plane."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from edge_node.publish.evidence_schema import TARGET_LABELS
from edge_node.publish.scaling import packed, scaled

FACTS = (None, "hovers", "climbs", "descends", "loiters", "approaches", "swarms", "drifts", "fast")
FACT_UNITS = (None, "s", "m", "m/s", "tracks")
MOST_FACTS = 8
MOST_REASON = 128

Percent = Annotated[int, Meta(ge=0, le=100)]


class Fact(Struct, array_like=True, frozen=True, gc=False):
    """One thing that it does, which the errors of what is measured could not make (since 1.7)."""

    what: Annotated[int, packed("what it does; what `value` counts", fact=(5, FACTS), unit=(4, FACT_UNITS))]
    value: (
        Annotated[
            int,
            scaled(
                "in_unit",
                10,
                -10_000_000,
                10_000_000,
                "for how long it hovers or until it is nearest; in which radius; how fast; of how many tracks; nil: not said",
            ),
        ]
        | None
    ) = None
    about: Annotated[str, Meta(max_length=64, description="the protected point, or the other tracks of a swarm; nil: nothing")] | None = (
        None
    )
    reason: (
        Annotated[
            str,
            Meta(
                max_length=MOST_REASON, description="in words with numbers, when facts come or go and every 10 s; nil: not said this time"
            ),
        ]
        | None
    ) = None


class Judgement(Struct, array_like=True, frozen=True):
    """What all sensors together say of it, where Sound, Sight, Emission and Target are what single ones say (since 1.7)."""

    existence: Annotated[int, scaled("percent", 1, 0, 100, "that there is an object at all; nil: not said")] | None = None
    what: Annotated[int, packed("what it is most likely; nil: not said", label=(4, TARGET_LABELS))] | None = None
    label_probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is what `label` says; nil: not said")] | None = None
    probabilities: (
        Annotated[
            tuple[Percent, ...],
            Meta(
                max_length=15,
                description="1 % a step, of each of `label`'s names in their order; what is missing at the end is 0, "
                "and what all lack of 100 % is unknown; nil: not said",
            ),
        ]
        | None
    ) = None
    claim: (
        Annotated[int, scaled("percent", 1, 0, 100, "that it is where its identity claims to be; nil: nothing can tell, or no claim")]
        | None
    ) = None
    behaviour: Annotated[tuple[Fact, ...], Meta(max_length=MOST_FACTS, description="what it does; nil: nothing that is sure")] | None = None
