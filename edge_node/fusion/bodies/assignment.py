"""Which measurement is of which object: at most one of each, the likeliest altogether (global nearest neighbour: Blackman and Popoli 1999).

Where another way to deal them out is nearly as likely, as when two objects cross, the states are left to go on as they went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import lap
import numpy as np
from numpy.typing import NDArray

from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.models import Array

SURE = 3.0
"""The best way must be so much likelier than the next, in logarithm."""
IMPOSSIBLE = 1e6
MOST_ASKED = 6
"""In a larger crowd than this, what is not sure at a glance is not sure."""


class Dealt(NamedTuple):
    """Indices of `pairs` that belong together, and of each of them whether that is sure."""

    pairs: Indices
    sure: NDArray[np.bool_]


def dealt(rows: Indices, columns: Indices, scores: Array) -> Dealt:
    """Of pairs of a row and a column (n each), with scores above 0 for those that may be; a pair stands once."""
    may = np.flatnonzero(scores > 0)
    if not len(may):
        return Dealt(may, np.zeros(0, bool))
    groups = _groups(rows[may].tolist(), columns[may].tolist())
    alone = [group[0] for group in groups if len(group) == 1]
    pairs, sure = [may[alone]], [np.ones(len(alone), bool)]
    for group in groups:
        if len(group) == 1:
            continue
        mine = may[group]
        won, certain = _dealt_of_group(rows[mine], columns[mine], scores[mine])
        pairs.append(mine[won])
        sure.append(certain)
    return Dealt(np.concatenate(pairs), np.concatenate(sure))


def _groups(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Indices of pairs that hang together by a row or a column."""
    group_of: dict[tuple[str, int], list[int]] = {}
    for pair, (row, column) in enumerate(zip(rows, columns, strict=True)):
        one, other = group_of.get(("row", row)), group_of.get(("column", column))
        group = one if one is not None else other if other is not None else []
        if one is not None and other is not None and one is not other:
            one += other
            for member in other:
                group_of["row", rows[member]] = group_of["column", columns[member]] = one
        group.append(pair)
        group_of["row", row] = group_of["column", column] = group
    return list({id(group): group for group in group_of.values()}.values())


def _dealt_of_group(rows: Indices, columns: Indices, scores: Array) -> tuple[Indices, NDArray[np.bool_]]:
    """The pairs that belong together, and whether that is sure."""
    row, col = np.unique(rows, return_inverse=True)[1], np.unique(columns, return_inverse=True)[1]
    gain = np.full((row.max() + 1, col.max() + 1), -IMPOSSIBLE)
    gain[row, col] = scores
    number = np.full(gain.shape, -1)
    number[row, col] = np.arange(len(rows))
    total, i, j = _solved(gain)
    sure = gain[i, j] - _rival(gain, i, j) - _rival(gain.T, j, i) >= SURE
    for place in np.flatnonzero(~sure) if len(i) <= MOST_ASKED else ():
        sure[place] = total - _without(gain, i[place], j[place]) >= SURE
    return number[i, j], sure


def _solved(gain: Array) -> tuple[float, Indices, Indices]:
    """The most that disjoint pairs gain together, and they; what would cost stays alone."""
    most = max(float(gain.max()), 0.0)
    _, to, _ = lap.lapjv(most - gain, extend_cost=True, cost_limit=most)
    i = np.flatnonzero(to >= 0)
    j = to[i].astype(np.intp)
    won = gain[i, j] > 0
    return float(gain[i, j][won].sum()), i[won], j[won]


def _rival(gain: Array, i: Indices, j: Indices) -> Array:
    """The most that each row could gain otherwise: more than all that the next best way to deal could win back."""
    rest = gain[i]
    rest[np.arange(len(i)), j] = 0.0
    return np.asarray(np.maximum(rest.max(axis=1), 0.0))


def _without(gain: Array, i: int, j: int) -> float:
    """The most without one pair."""
    held = gain[i, j]
    gain[i, j] = -IMPOSSIBLE
    total, _, _ = _solved(gain)
    gain[i, j] = held
    return total
