"""Plots that no object explains, kept until a second one agrees: so objects begin where a sensor numbers nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from edge_node.fusion.bodies.measured import Said
from edge_node.fusion.filter.models import Array

KEPT_S, KEPT_SCANS, MOST_PLOTS = 5.0, 2, 200


class Plots:
    """One sensor's; bounded. `each_scan` is how many plots of a scan are of no object that is known: its clutter."""

    def __init__(self) -> None:
        self._waiting: deque[list[Said]] = deque(maxlen=KEPT_SCANS)
        self.each_scan = 1.0

    def paired(self, plots: Sequence[Said], apart: Callable[[Sequence[Said], Sequence[Said]], Array]) -> list[tuple[Said, int]]:
        """Earlier plots and the index of the new one that agrees with each, every one used once; new ones without a partner wait.

        `apart` (earlier, new) is below 1 for plots that may be one object's, and least for the likeliest.
        """
        self.each_scan += 0.05 * (len(plots) - self.each_scan)
        if not plots:
            return []
        newest_s = max(one.t_s for one in plots)
        earlier = [one for scan in self._waiting for one in scan if 0 < newest_s - one.t_s <= KEPT_S]
        far = apart(earlier, plots) if earlier else np.full((0, len(plots)), np.inf)
        pairs: list[tuple[Said, int]] = []
        used: set[int] = set()
        while far.size and far.min() < 1.0:
            i, j = (int(one) for one in np.unravel_index(int(far.argmin()), far.shape))
            pairs.append((earlier[i], j))
            used.add(id(earlier[i]))
            far[i], far[:, j] = np.inf, np.inf
        kept = [[one for one in scan if id(one) not in used] for scan in self._waiting]
        taken = {j for _, j in pairs}
        self._waiting = deque([*kept, [one for j, one in enumerate(plots) if j not in taken][:MOST_PLOTS]], maxlen=KEPT_SCANS)
        return pairs
