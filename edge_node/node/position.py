"""The node's own place and how its vehicle stands, on their way from device to hub."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import convert

from drivers.blocks import Attitude, GnssFix
from edge_node.messages import AttitudeFix, PositionFix
from edge_node.node.plausible import Plausible


class PositionRelay:
    """Hands a fix on as it is; of one that cannot be, neither its place nor its time, but what is wrong with it."""

    def __init__(self) -> None:
        self._plausible = Plausible()
        self._trouble = ""
        self._last: GnssFix | None = None

    def step(self, block: GnssFix) -> Sequence[PositionFix]:
        """One fix in, one fix out."""
        self._last = block
        self._trouble = self._plausible.trouble(block)
        if self._trouble:
            return [PositionFix(t_mono_ns=block.t_mono_ns, has_fix=False, trouble=self._trouble)]
        return [convert(block, PositionFix, from_attributes=True)]

    def words(self) -> str:
        """What is wrong with the fix, and how many were not believed so far; how it is else, the driver says."""
        refused = f"fixes not believed: {self._plausible.refused}" if self._plausible.refused else ""
        return "; ".join(filter(None, (self.problem, refused)))

    @property
    def problem(self) -> str:
        """What is wrong now, for whoever answers for the node."""
        return f"{self._trouble}: not believed, the last place is kept" if self._trouble else ""

    def findings(self) -> list[tuple[str, str]]:
        """That the fix is not believed, or that there is none."""
        if self._trouble:
            return [("fix_refused", f"{self._trouble}, and is not believed")]
        return [("no_fix", "it has no fix")] if self._last is not None and not self._last.has_fix else []

    def levels(self) -> dict[str, float]:
        """How strong satellites are."""
        strength = self._last.cn0_dbhz if self._last else None
        return {} if strength is None else {"satellites": strength}


class AttitudeRelay:
    """Hands an attitude on as it is."""

    def step(self, block: Attitude) -> Sequence[AttitudeFix]:
        """One attitude in, one out."""
        return [convert(block, AttitudeFix, from_attributes=True)]

    def words(self) -> str:
        """Nothing: the driver says how the vehicle stands."""
        return ""
