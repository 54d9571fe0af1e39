"""Which of C2's two public keys to expect when dialling: its own, or the one that comes after it."""

from __future__ import annotations


class ServerKeys:
    """Alternates while handshakes fail, for a wrong key fails no other way than a lost line; stays with the one that worked."""

    def __init__(self, key: str | None, next_key: str | None) -> None:
        self._keys = [key or "", *([next_key] if next_key else [])]
        self._at = 0
        self.words = ""

    def current(self) -> str:
        """The key to dial with, in Z85; empty when C2's key is not told."""
        return self._keys[self._at]

    def learn(self, next_key: str) -> None:
        """C2 says that it will have this key: the one that works now stays the first to try."""
        if next_key != self.current():
            self._keys, self._at = [self.current(), next_key], 0

    def failed(self, tried: str) -> None:
        """A handshake failed as one with a wrong server key does: the other one is next, unless it is so already."""
        if tried == self.current():
            self._at = (self._at + 1) % len(self._keys)

    def succeeded(self, tried: str) -> None:
        """C2 has shown that it holds this one; `words` then say what is to be done about it."""
        self._at = self._keys.index(tried) if tried in self._keys else self._at
        switched = "by its next key: C2 has switched, so let server_key in [c2] be what next_server_key is"
        self.words = switched if self._at else ""
