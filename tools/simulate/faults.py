"""What goes wrong in a scene and when, as its TOML has it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tools.simulate.bounds import NotNegative, Positive

OfSignals = Literal["microphone_dead", "microphones_swapped", "rain", "wind", "wifi_flood", "gnss_lost", "gnss_zero"]
OfMachines = Literal["unplug", "stall", "stop", "kill", "clock_step", "disk_full", "c2_gone", "packet_loss"]
OF_SIGNALS: tuple[OfSignals, ...] = ("microphone_dead", "microphones_swapped", "rain", "wind", "wifi_flood", "gnss_lost", "gnss_zero")
"""These are in what the sensors get: the makers of signals make them. The others are done to a node that runs."""
USUAL: dict[str, float] = {
    "microphone_dead": 0,
    "microphones_swapped": 0,
    "rain": 10.0,
    "wind": 12.0,
    "wifi_flood": 1_000.0,
    "clock_step": 2.0,
    "packet_loss": 0.1,
}
"""Of a fault without `value`: the microphone, from 0 in its array, and the one that changes places with the next; mm/h; m/s; frames a
second; seconds; a share."""


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault from `from_s` of the scene, for `lasts_s` or to its end, to a sensor or process of one node or of all.

    `value` is how much, None as usual of its kind (USUAL).
    """

    kind: OfSignals | OfMachines
    from_s: NotNegative = 0.0
    lasts_s: Positive | None = None
    target: str = ""
    value: float | None = None
    node: str = ""

    @property
    def to_s(self) -> float:
        """When it ends."""
        return float("inf") if self.lasts_s is None else self.from_s + self.lasts_s

    @property
    def much(self) -> float:
        """Its value or what is usual."""
        return USUAL.get(self.kind, 0.0) if self.value is None else self.value

    def strikes(self, t_s: float) -> bool:
        """Whether it is on."""
        return self.from_s <= t_s < self.to_s


def at(faults: tuple[Fault, ...], kind: OfSignals, t_s: float) -> Fault | None:
    """The fault of a kind that is on at a time, of several the last."""
    return next((fault for fault in reversed(faults) if fault.kind == kind and fault.strikes(t_s)), None)
