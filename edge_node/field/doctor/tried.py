"""What became of one sensor that was opened for a few seconds, as its own process tells it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from edge_node.messages import Finding

Stage = Literal["starting", "opening", "listening", "done"]
Trouble = Literal["absent", "lost", "stalled", "misconfigured", "failed"]


class Fixed(Struct, frozen=True, kw_only=True):
    """The newest fix; `utc_ahead_s` is how far the computer's clock is ahead of the receiver's, `has_pulse` None where none is wired."""

    has_fix: bool
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    satellites: int | None = None
    sigma_horizontal_m: float | None = None
    quality: str | None = None
    utc_ahead_s: float | None = None
    has_pulse: bool | None = None


class Tried(Struct, frozen=True, kw_only=True):
    """`heard` is how much of what it should give in `seconds` came (None where nobody can tell), the last at `last_s`; `lost` is the share
    that it dropped.

    `words` are the driver's, `signal` the check's, `found` and `problem` the detector's; `limits` what it refuses. `trouble` and
    `error` say how it ended before its time.
    """

    name: str
    driver: str
    stage: Stage = "starting"
    seconds: float = 0.0
    blocks: int = 0
    last_s: float = 0.0
    heard: float | None = None
    lost: float = 0.0
    words: str = ""
    signal: str = ""
    found: str = ""
    problem: str = ""
    limits: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    fixed: Fixed | None = None
    trouble: Trouble | None = None
    error: str = ""
    ended: str = ""
