"""Identification: what an object is told to be, and who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from tools.score.case import Case
from tools.score.detection import labels_on, looks
from tools.score.figures import Confusion, Figure
from tools.score.intervals import share
from tools.score.matching import EVERY_S, NOBODY
from tools.score.told import UNKNOWN


def figures(case: Case) -> Iterator[Figure]:
    """All of this part."""
    labels = Counter(label for one in case.drones for label in labels_on(case, one))
    known = labels.total() - labels[UNKNOWN]
    yield Figure("classified", share(looks(labels["drone"]), looks(known)))
    yield Figure("unclassified", share(looks(labels[UNKNOWN]), looks(labels.total())))
    asked, named, right, wrong = _named(case)
    yield Figure("identified", share(named, asked))
    yield Figure("wrong_ids", share(looks(wrong), looks(right + wrong)))


def confusion(case: Case) -> Iterator[Confusion]:
    """Seconds by what an object is and what it was told to be."""
    kinds: dict[str, Counter[str]] = {}
    for k, flown in enumerate(case.truth.flown):
        kinds.setdefault(flown.kind, Counter()).update(labels_on(case, k))
    for kind, labels in kinds.items():
        yield Confusion(kind, {label: count * EVERY_S for label, count in labels.most_common()})


def _named(case: Case) -> tuple[int, int, int, int]:
    """Drones in reach that say who they are, how many were named rightly, and moments under a right and under a wrong identity."""
    asked = named = right = wrong = 0
    for one in case.drones:
        ids, ever = case.truth.flown[one].ids, False
        for moment in np.flatnonzero(case.match.owner[:, one] != NOBODY):
            told = case.tracks[case.match.owner[moment, one]]
            last = int(np.searchsorted(told.heard_s, case.t_s[moment], side="right")) - 1
            word = told.words[last]
            if word.ids:
                true = not word.ids.isdisjoint(ids)
                right, wrong, ever = right + true, wrong + (not true and not word.disputed), ever or true
        if ids and case.reach[:, one].any():
            asked, named = asked + 1, named + ever
    return asked, named, right, wrong
