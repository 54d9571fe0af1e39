"""A C2 that is not reached, or does not let this node in: by name, once that is no mere moment."""

from __future__ import annotations

from edge_node.field.health_names import of_words
from edge_node.messages import Finding

TOLD_AFTER_NS = 750_000_000
"""A line that broke is dialled anew within half a second."""
KINDS = {
    "C2 refuses this node's key": "c2_refuses_key",
    "C2 lets this node in no longer": "c2_refuses_key",
    "no handshake with": "c2_wrong_key",
    "C2 cannot store": "c2_cannot_store",
}
"""By how the words of a line begin. C2 has said so: nothing is to be waited for."""
USUAL = "c2_unreached"


class Unreached:
    """Told often why C2 is not reached; `finding` is None until that has lasted."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self.finding: Finding | None = None

    def look(self, trouble: str, now_ns: int) -> None:
        """`trouble` is empty while all is well."""
        if not trouble:
            self._since_ns, self.finding = None, None
            return
        self._since_ns = now_ns if self._since_ns is None else self._since_ns
        name = next((name for begins, name in KINDS.items() if trouble.startswith(begins)), USUAL)
        if name != USUAL or self.finding is not None or now_ns - self._since_ns >= TOLD_AFTER_NS:
            self.finding = of_words("link", name, f"C2 is not reached, {trouble.removesuffix('; trying again')}")
