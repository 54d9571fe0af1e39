"""What is to be said of the node's clock: that nobody vouches for it, that it was set."""

from __future__ import annotations

from edge_node.field.health_names import found
from edge_node.messages import Finding
from edge_node.timebase import ClockLook

STEP_SAID_FOR_NS = 6_000_000_000


class ClockWatch:
    """Told of each look at the clock."""

    def __init__(self) -> None:
        self._vouched = True
        self._stepped: tuple[int, float] | None = None

    def look(self, look: ClockLook, now_ns: int) -> None:
        """Once a second."""
        self._vouched = look.timebase.sigma_s is not None
        if look.stepped_s is not None:
            self._stepped = now_ns, look.stepped_s
        if self._stepped is not None and now_ns - self._stepped[0] > STEP_SAID_FOR_NS:
            self._stepped = None

    def findings(self) -> list[Finding]:
        """Of now; that it was set is said for some seconds."""
        nobody = [] if self._vouched else [found("time", "clock_not_kept", "nobody vouches for the clock")]
        stepped = (
            [] if self._stepped is None else [found("time", "clock_stepped", f"the system's clock was set by {self._stepped[1]:+.1f} s")]
        )
        return nobody + stepped
