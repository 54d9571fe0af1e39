"""What is known of all objects that C2 follows, and which of their node tracks do not fit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from edge_node.fusion.filter.intersection import Estimate
from edge_node.fusion.filter.models import AXES
from tools.c2.bodies import Bodies
from tools.c2.crossing import chi_square_bound
from tools.c2.estimates import pointed_at, published, square_between, squares_against, together
from tools.c2.followed import Followed
from tools.c2.picture import Key
from tools.c2.reports import Report

POINTS_S = 1.5
"""A bearing that is older does not point to where something is."""
Newest = Mapping[Key, Report]


def measured(bodies: Bodies, followed: Sequence[Followed], now_s: float) -> dict[int, Estimate]:
    """What bearings alone tell of objects, by their numbers, as of now."""
    seen = [one for one in followed if one.row is not None]
    means, covs = bodies.at(seen, now_s)
    known = {one.number: Estimate(mean, cov) for one, mean, cov in zip(seen, means, covs, strict=True)}
    return {number: one for number, one in known.items() if np.isfinite(one.mean).all() and np.isfinite(one.cov).all()}


def known_of(followed: Sequence[Followed], seen: Mapping[int, Estimate], newest: Newest, now_s: float) -> dict[int, Estimate]:
    """What bearings (`seen`) and published positions tell of objects together, as of now."""
    known = dict(seen)
    for one in followed:
        claims = list(claimed(one, newest, now_s).values())
        if claims and one.row is None:
            known[one.number] = pointed_at(together(claims), pointing(one, newest, now_s), one.frame, now_s)
        elif claims and one.number in known:
            known[one.number] = together([known[one.number], *claims])
    return known


def pointing(followed: Followed, newest: Newest, now_s: float) -> list[Report]:
    """The bearings of an object that are of now."""
    return [said for key in followed.sources if (said := newest[key]).bearing is not None and now_s - said.t_s < POINTS_S]


def claimed(followed: Followed, newest: Newest, now_s: float) -> dict[Key, Estimate]:
    """The published positions of an object, by their node tracks: of those that still say one."""
    return {key: published(said, followed.frame, now_s) for key in followed.claims if (said := newest[key]).kinematics is not None}


def watch(followed: Sequence[Followed], seen: Mapping[int, Estimate], newest: Newest, now_s: float) -> None:
    """Note which positions are elsewhere than an object's bearings or its other positions, and which bearings point past its positions."""
    for one in followed:
        claims = claimed(one, newest, now_s)
        for key, claim in claims.items():
            others = [seen[one.number]] if one.number in seen else [other for name, other in claims.items() if name != key]
            one.claims[key].note(not others or square_between(claim, together(others)) < chi_square_bound(AXES), now_s)
        if one.row is None and claims:
            for said in pointing(one, newest, now_s):
                square = squares_against([together(list(claims.values()))], said, one.frame, now_s)[0]
                one.sources[said.key].note(bool(square < chi_square_bound(2)), now_s)
