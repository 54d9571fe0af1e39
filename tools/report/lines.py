"""What is drawn of a node: each object's true way, and what was told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.report.drawing import path
from tools.report.look import colour
from tools.report.markup import Child, Markup, join, tag
from tools.score.case import Case
from tools.score.detection import false_tracks
from tools.score.matching import NOBODY
from tools.score.truth import Truth, direction_deg

Array = NDArray[np.float64]
TRUTH_EVERY_S = 0.5
APART_S = 3.0
"""A line is broken where nothing was told for longer."""


class Way(NamedTuple):
    """One line: metres (n, 3) about the node's first place, degrees (n, 2) from the node; `of` is its object, NOBODY of none."""

    t_s: Array
    place: Array
    direction_deg: Array
    of: int


def true_ways(case: Case) -> list[Way]:
    """Of all objects."""
    ways = []
    for k, flown in enumerate(case.truth.flown):
        t_s = np.arange(flown.t_s[0], flown.t_s[-1] + TRUTH_EVERY_S / 2, TRUTH_EVERY_S)
        ways.append(Way(t_s, flown.at(t_s), direction_deg(case.truth.seen(flown, t_s)), k))
    return ways


def told_ways(case: Case) -> list[Way]:
    """Of all confirmed tracks that are of an object or false; one that was on two is drawn in the colour of the one it was on longer."""
    made_up, ways = set(false_tracks(case)), []
    for k, told in enumerate(case.tracks):
        near = case.match.near[case.match.alive[:, k], k]
        near = near[near != NOBODY]
        if not len(near) and k not in made_up:
            continue
        of = NOBODY if k in made_up else int(np.bincount(near).argmax())
        words = np.flatnonzero(told.confirmed & told.new)
        t_s = told.at_s[words]
        from_place = direction_deg(told.place[words] - case.truth.stand.at(t_s))
        direction = np.where(np.isfinite(told.direction_deg[words]), told.direction_deg[words], from_place)
        ways.append(_broken(Way(t_s, told.place[words], direction, of)))
    return ways


def _broken(way: Way) -> Way:
    """With a row of no numbers where nothing was told for long."""
    gaps = np.flatnonzero(np.diff(way.t_s) > APART_S) + 1
    t_s, place, direction = (np.insert(one, gaps, np.nan, axis=0) for one in (way.t_s, way.place, way.direction_deg))
    return Way(t_s, place, direction, way.of)


def style(of: int) -> str | None:
    """The colour of a line of an object."""
    return None if of == NOBODY else colour(of)


def legend(case: Case) -> Markup:
    """Which colour is whose, and what thick, thin and dashed lines are."""
    names = [tag("li", f"{one.name} ({one.kind})", style=colour(k)) for k, one in enumerate(case.truth.flown)]
    false = [tag("li", "false track", class_="is-false")] if false_tracks(case) else []
    return join([tag("ul", names, false, class_="legend"), tag("p", tag("small", "Broad and faint: the truth. Thin: what C2 was told."))])


def lines(truth: Truth, true: Sequence[Way], told: Sequence[Way], put: Callable[[Way], Array]) -> list[Child]:
    """Broad ones of truth, thin ones of what was told, false ones dashed."""
    kinds = {way.of: "" if truth.flown[way.of].is_drone else " other-kind" for way in true}
    broad = [path(put(way), class_=f"truth{kinds[way.of]}", style=style(way.of)) for way in true]
    thin = [path(put(way), class_="told false" if way.of == NOBODY else "told", style=style(way.of)) for way in told]
    return [*broad, *thin]
