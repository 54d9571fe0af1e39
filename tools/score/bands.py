"""The same figures by how far away a drone was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf

import numpy as np

from tools.score.case import Case
from tools.score.detection import pd
from tools.score.errors import Errors, errors_of
from tools.score.figures import Band, Figure
from tools.score.intervals import rms

EDGES_M = (0.0, 100.0, 200.0, 400.0, 800.0, 1600.0, inf)


def bands(case: Case) -> Iterator[Band]:
    """Those in which a drone was in reach."""
    errors = errors_of(case)
    for low, high in pairwise(EDGES_M):
        inside = (case.match.range_m >= low) & (case.match.range_m < high)
        detected = pd(case, inside)
        if detected.value is not None:
            yield Band(low, None if high == inf else high, (Figure("pd", detected), *_errors(errors, low, high)))


def _errors(errors: Errors, low: float, high: float) -> Iterator[Figure]:
    mine = (errors.range_m >= low) & (errors.range_m < high)
    yield Figure("bearing_rms_deg", rms(errors.t_s[mine], errors.direction[mine, 0]))
    yield Figure("horizontal_rms_m", rms(errors.t_s[mine], np.hypot(errors.place[mine, 0], errors.place[mine, 1])))
