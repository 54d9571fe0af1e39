"""What each role may know of a recording; whoever is told nothing else is the public, and is shown least.

`operator` is who watches the node's tracks: as remote_id.operator_to_c2 = false, nobody's number or place. `investigator` may know all.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from edge_node.incident.places import NEAR_PERSON_M, Place, Rough, Zones, rough
from edge_node.interop import readings
from edge_node.messages import Identity, Kinematics, Sight, Suspicion, Target, Track

Role = Literal["public", "operator", "investigator"]
ROLES: tuple[Role, ...] = get_args(Role)
PSEUDONYM_DIGITS = 10
OF_OPERATOR = tuple(name for name in Identity.__struct_fields__ if name.startswith("operator_"))


class May(Struct, frozen=True):
    """What a role is shown: who flew, what it was called and where exactly all was, how it sounded and looked, and what was written."""

    person: bool
    names: bool
    exact_places: bool
    radio: bool
    sound_and_pictures: bool
    free_words: bool


MAY: dict[Role, May] = {
    "public": May(person=False, names=False, exact_places=False, radio=False, sound_and_pictures=False, free_words=False),
    "operator": May(person=False, names=True, exact_places=True, radio=True, sound_and_pictures=False, free_words=True),
    "investigator": May(person=True, names=True, exact_places=True, radio=True, sound_and_pictures=True, free_words=True),
}
LEFT_OUT: dict[Role, str] = {
    "public": f"Left out: names and places of operators, all ways within {NEAR_PERSON_M:.0f} m or more of them, of take-off points and of "
    "where a way begins and ends, directions of what has a place, what suspicions rest on, what somebody wrote by hand, sound and "
    "pictures. The node's place is told to a kilometre, and files have one hash. Serial numbers and addresses are replaced by pseudonyms "
    "that hold for this file alone.",
    "operator": "Left out: names and places of operators, take-off points, sound and pictures.",
    "investigator": "Nothing is left out: this file holds personal data. Keep it as the law asks, and no longer.",
}


class Redaction:
    """For one export: `key` makes its pseudonyms, so those of two exports cannot be brought together.

    `persons` are places that nobody public is to know, None where there are more than anybody kept.
    """

    def __init__(self, role: Role, key: bytes, persons: Iterable[Place] | None = ()) -> None:
        self.role, self.may = role, MAY[role]
        self._key, self._zones = key, Zones(persons, key)

    def way(self, states: Sequence[Track]) -> list[Track]:
        """What this role may know of a track over time."""
        placed = any(one.kinematics is not None for one in states)
        return [self._state(one, placed) for one in states]

    def hides(self, place: Place) -> bool:
        """Whether a place on an aircraft's way is too near to a person."""
        return not self.may.exact_places and place in self._zones

    def rough(self, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float | None) -> Rough | None:
        """Where the node is, as this role may know it; None where it may know all."""
        return None if self.may.exact_places else rough(latitude_deg, longitude_deg, altitude_wgs84_m)

    def _state(self, said: Track, placed: bool) -> Track:
        if self.may.person:
            return said
        kept = replace(said, identity=self._identity(said.identity), suspicions=tuple(map(self._suspicion, said.suspicions)))
        return kept if self.may.names else self._public(kept, placed)

    def _public(self, said: Track, placed: bool) -> Track:
        """A place or a direction, never both: together they tell where the node is, and then directions tell of homes."""
        at = said.kinematics
        return replace(
            said,
            cooperation_reason=None,
            target=self._target(said.target),
            kinematics=None if at is None or self.hides((at.latitude_deg, at.longitude_deg)) else _round(at),
            bearing=None if placed else said.bearing,
            sight=said.sight if placed else _of_no_range(said.sight),
            behaviour=tuple(replace(one, about=None, reason="") for one in said.behaviour),
        )

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


def _round(at: Kinematics) -> Kinematics:
    """With errors that are alike in all directions: the longer axis of others points at the node."""
    known = readings.position(at)
    wide_m = known.sigma_major_m if known else None
    if wide_m is None:
        return replace(at, covariance=())
    axes = (wide_m**2, wide_m**2, at.covariance[14], *(max(at.covariance[21], at.covariance[28]),) * 2, at.covariance[35])
    return replace(at, covariance=tuple(axes[row] if row == column else 0.0 for row in range(6) for column in range(6)))


def _of_no_range(said: Sight | None) -> Sight | None:
    """A direction and a range are a place."""
    return said and replace(said, range_m=None, sigma_range_m=None, size_deg=None)


def persons_of(states: Iterable[Track]) -> set[Place]:
    """Where operators were said to be, or aircraft to have taken off."""
    claims = (one.identity for one in states if one.identity)
    return {
        (one.operator_latitude_deg, one.operator_longitude_deg)
        for one in claims
        if one.operator_latitude_deg is not None and one.operator_longitude_deg is not None
    }
