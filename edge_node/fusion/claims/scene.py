"""All tracks and sensors as they stand at one look, sorted once: who claims which place, and whose body may be anybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge_node.fusion.claims.standing import Seen, Standing, direction_of, fits
from edge_node.messages import Coverage

CLAIM_LASTS_S = 10.0
"""Who was not heard for so long claims nothing any more."""
SURELY_AGREES = 2.0
LEAST_DRONE = 0.7


class Scene:
    """All that stands at one look, sorted once."""

    def __init__(self, t_ns: int, standings: Sequence[Standing], coverages: Mapping[str, Coverage], node_sigma_m: float) -> None:
        self.t_ns, self.coverages = t_ns, coverages
        self.places = {one.number: place for one in standings if one.claim and (place := direction_of(one.claim, node_sigma_m)) is not None}
        live = [one for one in standings if one.claim and one.claim.age_s(t_ns) <= CLAIM_LASTS_S]
        self.claimants = [one for one in live if one.body is None or (one.agrees or 0.0) < SURELY_AGREES]
        taken = {one.number for one in live if one.body and (one.agrees or 0.0) >= SURELY_AGREES}
        self.free = {one.number: one.body for one in standings if one.body and one.number not in taken}
        said = {one.number for one in live}
        self.dark = {number: body for number, body in self.free.items() if number not in said and body.drone_probability >= LEAST_DRONE}

    def fitting(self, number: int) -> list[Seen]:
        """Bodies that may be anybody's and that may be where a track claims to be."""
        place = self.places[number]
        return [body for body in self.free.values() if fits(body, place)]
