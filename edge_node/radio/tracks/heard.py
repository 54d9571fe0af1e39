"""One burst that was understood, as tracks are made of it."""

from __future__ import annotations

from msgspec import Struct, structs

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding

SLACK_S = 0.5e-3
ALIKE = {
    "spreading_factor": 0.0,
    "chirp_bandwidth_hz": 0.01,
    "symbol_rate_bd": 0.02,
    "deviation_hz": 0.25,
    "chirps": 0.0,
    "form": 0.0,
    "standard": 0.0,
}
"""Parameters by which one transmitter differs from another, and by how much of them they may be off."""


class Heard(Struct, frozen=True):
    """When and where: `t_s` is by the receiver's sample clock, `t_mono_ns` by the node's.

    `carrier_hz` is on the air, or from the receiver's centre where nobody knows that.
    """

    t_s: float
    t_mono_ns: int
    carrier_hz: float
    burst: Burst
    finding: Finding

    @property
    def carrier_offset_hz(self) -> float:
        """From the receiver's centre."""
        return self.burst.offset_hz + (self.finding.carrier_offset_hz or 0.0)

    @classmethod
    def of(cls, burst: Burst, finding: Finding, t_s: float, t_mono_ns: int) -> Heard:
        """With its carrier and its time where the kind knows them, else its middle and its edges."""
        if (frame := finding.frame) is not None:
            t_s, t_mono_ns = t_s + frame.begins_s, t_mono_ns + round(frame.begins_s * 1e9)
            burst = structs.replace(burst, start=burst.start + round(frame.begins_s * burst.rate_hz), duration_s=frame.duration_s)
        middle_hz = burst.offset_hz if burst.center_hz is None else burst.center_hz
        return cls(t_s, t_mono_ns, middle_hz + (finding.carrier_offset_hz or 0.0), burst, finding)


def is_part_of(one: Heard, other: Heard) -> bool:
    """Whether a burst lies within another in time and frequency, as a piece of a chirp does within the chirp."""
    within = other.t_s - SLACK_S <= one.t_s and one.t_s + one.burst.duration_s <= other.t_s + other.burst.duration_s + SLACK_S
    return within and abs(one.burst.offset_hz - other.burst.offset_hz) < other.burst.bandwidth_hz


def alike(one: Finding, other: Finding) -> bool:
    """Whether one transmitter may have sent both."""
    if one.link != other.link:
        return False
    for name, share in ALIKE.items():
        this, that = one.parameters.get(name), other.parameters.get(name)
        if this is None or that is None:
            continue
        if isinstance(this, str) or isinstance(that, str):
            if this != that:
                return False
        elif abs(this - that) > share * max(abs(this), abs(that)):
            return False
    return True
