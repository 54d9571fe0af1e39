"""What each role may know of a recording; whoever is told nothing else is the public, and is shown least.

`operator` is who watches the node's tracks: as remote_id.operator_to_c2 = false, nobody's number or place. `investigator` may know all.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from itertools import product
from math import dist, floor
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from edge_node.geometry import to_ecef
from edge_node.interop import readings
from edge_node.messages import Identity, Suspicion, Target, Track

Role = Literal["public", "operator", "investigator"]
ROLES: tuple[Role, ...] = get_args(Role)
NEAR_PERSON_M = 150.0
"""So near to where an operator stands or an aircraft took off, a place on its way tells who flew it."""
PSEUDONYM_DIGITS = 10
OF_OPERATOR = tuple(name for name in Identity.__struct_fields__ if name.startswith("operator_"))
Place = tuple[float, float]


class May(Struct, frozen=True):
    """What a role is shown: who flew, from where, what it was called, how it sounded and looked, and what was written by hand."""

    person: bool
    names: bool
    radio: bool
    sound_and_pictures: bool
    free_words: bool


MAY: dict[Role, May] = {
    "public": May(person=False, names=False, radio=False, sound_and_pictures=False, free_words=False),
    "operator": May(person=False, names=True, radio=True, sound_and_pictures=False, free_words=True),
    "investigator": May(person=True, names=True, radio=True, sound_and_pictures=True, free_words=True),
}
LEFT_OUT: dict[Role, str] = {
    "public": "Left out: names and places of operators, take-off points and what lies within 150 m of them, what suspicions rest on, "
    "what somebody wrote by hand, sound and pictures. Serial numbers and addresses are replaced by pseudonyms that hold for this file "
    "alone.",
    "operator": "Left out: names and places of operators, take-off points, sound and pictures.",
    "investigator": "Nothing is left out: this file holds personal data. Keep it as the law asks, and no longer.",
}


class Redaction:
    """For one export: `key` makes its pseudonyms, so those of two exports cannot be brought together."""

    def __init__(self, role: Role, key: bytes, persons: Iterable[Place] = ()) -> None:
        self.role, self.may = role, MAY[role]
        self._key, self._persons = key, _Near(persons)

    def track(self, said: Track) -> Track:
        """What this role may know of a track."""
        if self.may.person:
            return said
        kept = replace(said, identity=self._identity(said.identity), suspicions=tuple(map(self._suspicion, said.suspicions)))
        if self.may.names:
            return kept
        near = said.kinematics is not None and self.hides((said.kinematics.latitude_deg, said.kinematics.longitude_deg))
        return replace(kept, cooperation_reason=None, target=self._target(said.target), kinematics=None if near else said.kinematics)

    def hides(self, place: Place) -> bool:
        """Whether a place on an aircraft's way is too near to a person."""
        return not self.may.names and place in self._persons

    def pseudonym(self, name: str) -> str:
        """The same for the same name within one export."""
        return f"id-{hmac.new(self._key, name.encode(errors='replace'), sha256).hexdigest()[:PSEUDONYM_DIGITS]}"

    def _identity(self, said: Identity | None) -> Identity | None:
        if said is None:
            return None
        kept = replace(said, **dict.fromkeys(OF_OPERATOR))
        if self.may.names:
            return kept
        ids = tuple(replace(one, value=self.pseudonym(one.value)) for one in said.ids)
        return replace(kept, ids=ids, transmitters=tuple(map(self.pseudonym, said.transmitters)), self_id=None)

    def _target(self, said: Target | None) -> Target | None:
        return said and replace(said, ids=tuple(replace(one, value=self.pseudonym(one.value)) for one in said.ids))

    def _suspicion(self, said: Suspicion) -> Suspicion:
        """The evidence may name who flies, and that about operators does."""
        return said if self.may.names and not said.name.startswith("operator") else replace(said, evidence="")


class _Near:
    """Whether a place is near any of many, by cubes of that size about the Earth's centre: a flood claims thousands of operators."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._cubes: dict[tuple[int, ...], list[tuple[float, float, float]]] = {}
        for known in filter(None, (readings.place(*place) for place in places)):
            at = to_ecef(*known, 0.0)
            self._cubes.setdefault(_cube(at), []).append(at)

    def __contains__(self, place: Place) -> bool:
        known = readings.place(*place)
        if known is None:
            return False
        at = to_ecef(*known, 0.0)
        around = product(*(range(middle - 1, middle + 2) for middle in _cube(at)))
        return any(dist(at, other) < NEAR_PERSON_M for cube in around for other in self._cubes.get(cube, ()))


def _cube(at: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(floor(axis / NEAR_PERSON_M) for axis in at)


def persons_of(states: Iterable[Track]) -> set[Place]:
    """Where operators were said to be, or aircraft to have taken off."""
    claims = (one.identity for one in states if one.identity)
    return {
        (one.operator_latitude_deg, one.operator_longitude_deg)
        for one in claims
        if one.operator_latitude_deg is not None and one.operator_longitude_deg is not None
    }
