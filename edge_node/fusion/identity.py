"""Who an object says it is, and which track an id or a transmitter belongs to; every name here is an attacker's to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from edge_node.messages import Identity, RemoteIdDetection, UasId

Key = UasId | str
K = TypeVar("K")

MOST_IDS = 8
MOST_TRANSMITTERS = 8
MOST_KEY_LENGTH = 96

# What belongs together is taken together, when the first of it was said.
_GROUPS = (
    ("ua_type",),
    ("status",),
    ("height_m", "height_reference"),
    ("operator_id",),
    ("operator_latitude_deg", "operator_longitude_deg", "operator_altitude_wgs84_m", "operator_location"),
    ("self_id",),
)


class Claims:
    """Ids and transmitters of one object with how often each was heard, and its newest claim of every other kind."""

    __slots__ = ("_newest", "ids", "transmitters")

    def __init__(self) -> None:
        self.ids: dict[UasId, int] = {}
        self.transmitters: dict[str, int] = {}
        self._newest: dict[str, Any] = {}

    def hear(self, said: RemoteIdDetection) -> None:
        """Take in all that a detection claims but its ids and transmitter."""
        for group in _GROUPS:
            if getattr(said, group[0]) is not None:
                for name in group:
                    self._newest[name] = getattr(said, name)

    def counts(self) -> list[tuple[Key, int]]:
        """Every id and transmitter, and how often it was heard."""
        return [*self.ids.items(), *self.transmitters.items()]

    def agree(self, ids: Iterable[UasId]) -> bool:
        """Whether these ids may be one aircraft's beside its own: nobody has two of one type."""
        types = {known.type for known in self.ids}
        return all(new in self.ids or new.type not in types for new in ids)

    def absorb(self, newer: Claims) -> None:
        """Take another's newest claims; its ids and transmitters go through the directory."""
        self._newest |= newer._newest

    def identity(self) -> Identity:
        """All of it as a message."""
        return Identity(ids=tuple(self.ids), transmitters=tuple(self.transmitters), **self._newest)


class Directory:
    """Owner, a track's number, of each id and transmitter; as large as its tracks' bounded claims."""

    def __init__(self) -> None:
        self._owner: dict[Key, int] = {}

    def __len__(self) -> int:
        return len(self._owner)

    def owner(self, key: Key) -> int | None:
        """The number of the track that a key belongs to."""
        return self._owner.get(key)

    def assign(self, number: int, claims: Claims, key: Key, heard: int = 1) -> None:
        """Give a key to a track; of more than it may hold, the one heard least often makes room."""
        if isinstance(key, UasId):
            dropped: Key | None = _count(claims.ids, key, heard, MOST_IDS)
        else:
            dropped = _count(claims.transmitters, key, heard, MOST_TRANSMITTERS)
        self._owner[key] = number
        if dropped is not None:
            self.release(number, [dropped])

    def share(self, number: int, claims: Claims, uas_id: UasId) -> None:
        """Let a track go by an id that stays another's."""
        dropped = _count(claims.ids, uas_id, 1, MOST_IDS)
        if dropped is not None:
            self.release(number, [dropped])

    def release(self, number: int, keys: Iterable[Key]) -> None:
        """Forget keys, except those that another track has taken since."""
        for key in keys:
            if self._owner.get(key) == number:
                del self._owner[key]


def usable_ids(said: RemoteIdDetection) -> list[UasId]:
    """The ids that may serve as keys."""
    return [uas_id for uas_id in said.ids if 0 < len(uas_id.value) <= MOST_KEY_LENGTH]


def usable_transmitter(said: RemoteIdDetection) -> str | None:
    """The transmitter's address, if it may serve as a key."""
    return said.transmitter if 0 < len(said.transmitter) <= MOST_KEY_LENGTH else None


def _count(counts: dict[K, int], key: K, heard: int, most: int) -> K | None:
    """Count a key; the one that had to go for it, if any."""
    if key in counts:
        counts[key] += heard
        return None
    dropped = min(counts, key=counts.__getitem__) if len(counts) >= most else None
    if dropped is not None:
        del counts[dropped]
    counts[key] = heard
    return dropped
