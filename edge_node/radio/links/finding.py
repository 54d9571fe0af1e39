"""What a kind of link makes of one burst."""

from __future__ import annotations

from msgspec import Struct

from edge_node.messages import LinkKind


class Frame(Struct, frozen=True):
    """When a packet begins, counted from its burst's first sample, and how long it is: by its symbols, not by where power rises.

    `lead_s` after it begins is the place by which it is timed best: LoRa's opposite chirps, for a preamble may be miscounted.
    """

    begins_s: float
    duration_s: float
    lead_s: float = 0.0


class Finding(Struct, frozen=True):
    """What a burst is by its waveform alone, and how surely (0 to 1): a modulation ("lora", "fsk") until its timing tells the link.

    `carrier_offset_hz` is how far its carrier is from the burst's middle, `parameters` are the kind's own.
    `frame` is None where a kind does not tell its packet's time better than its burst's edges do.
    """

    link: LinkKind
    score: float
    carrier_offset_hz: float | None = None
    parameters: dict[str, float | str] = {}
    frame: Frame | None = None
