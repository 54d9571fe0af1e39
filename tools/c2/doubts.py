"""Which of several followed crossings are real, where each bearing belongs to one of them alone: what motion has told so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.c2.followed import Followed

DECIDED = 6.0
"""How much likelier, as a logarithm, everything is with a crossing than without it before it is believed: 400 times."""
EXPLAINED = 3.0
"""What a bearing counts that is explained by an object at all."""
MOST_TOGETHER = 10
"""So many are weighed in every combination; the others are taken one by one, the best first."""


def decided(open_: Sequence[Followed]) -> tuple[list[Followed], list[Followed]]:
    """Of crossings that share bearings: those that are certain by now, and the best guess, with the certain ones in it."""
    certain, guessed = [], []
    for group in _groups(open_):
        ordered = sorted(group, key=lambda one: -one.score)
        few, others = ordered[:MOST_TOGETHER], ordered[MOST_TOGETHER:]
        total, chosen = _best(few)
        if not others:
            certain += [one for one in chosen if total - _best([other for other in few if other is not one])[0] > DECIDED]
        for one in others:
            chosen += [one] if all(one.keys.isdisjoint(other.keys) for other in chosen) else []
        guessed += chosen
    return certain, guessed


def _groups(open_: Sequence[Followed]) -> Iterator[list[Followed]]:
    """Those that have bearings in common, directly or through others."""
    left = list(open_)
    while left:
        group = [left.pop()]
        for one in group:
            joined = [other for other in left if not one.keys.isdisjoint(other.keys)]
            left = [other for other in left if other not in joined]
            group.extend(joined)
        yield group


def _best(group: Sequence[Followed]) -> tuple[float, list[Followed]]:
    """The most of bearings explained, then the best score, of any that have no bearing in common."""
    best: tuple[float, list[Followed]] = (0.0, [])
    for place, one in enumerate(group):
        rest = [other for other in group[place + 1 :] if one.keys.isdisjoint(other.keys)]
        score, more = _best(rest)
        if one.score + EXPLAINED * len(one.keys) + score > best[0]:
            best = one.score + EXPLAINED * len(one.keys) + score, [one, *more]
    return best
