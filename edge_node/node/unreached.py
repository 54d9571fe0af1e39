"""A C2 that is not reached: a moment of that is usual, more of it is something that a person should mend."""

from __future__ import annotations

TOLD_AFTER_NS = 20_000_000_000


class Unreached:
    """Told once a second why C2 is not reached; `words` are empty until that has lasted."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self.words = ""

    def look(self, trouble: str, now_ns: int) -> None:
        """`trouble` is empty while all is well."""
        if not trouble:
            self._since_ns = None
        elif self._since_ns is None:
            self._since_ns = now_ns
        lasted = self._since_ns is not None and now_ns - self._since_ns >= TOLD_AFTER_NS
        self.words = f"C2 is not reached: {trouble}" if lasted else ""
