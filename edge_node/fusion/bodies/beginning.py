"""What is of no object that is known: sources that are new or leave their object begin another, and so do plots that agree."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

import numpy as np

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.body import Body, Strayed
from edge_node.fusion.bodies.measured import Said
from edge_node.fusion.bodies.scan import Scan
from edge_node.fusion.pointing import Key

STRAYS, STRAYS_S = 3, 1.0
PLOTTED = -1.0
"""Two plots that agree may be chance (natural logarithm of the odds), and the more so the more plots there are."""


class Beginning:
    """Begins objects among the bodies of one node."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def of_others(self, scan: Scan[Any], own: Sequence[int | None], found: list[int | None]) -> None:
        """What is nobody's: sources that are new or leave begin objects, and plots that agree with earlier ones."""
        begun: list[tuple[int, int]] = []
        for k, one in enumerate(scan.said):
            if found[k] is not None or one.key is None:
                continue
            row = None if own[k] in found else own[k]
            if row is not None and len(self._bodies[row].sources) > 1 and not self._has_left(self._bodies[row], one.key, one.t_s):
                found[k] = row
                continue
            if row is None or len(self._bodies[row].sources) > 1:
                row = self._bodies.new(Body(first_s=one.t_s, hit_s=one.t_s))
            if row is None:
                continue
            self._bodies.hear(one, row, 0.0)
            found[k] = row
            begun.append((row, k))
        if begun:
            scan.begin(self._bodies.objects, np.array([row for row, _ in begun]), np.array([k for _, k in begun]))
        if any(one.key is None for one in scan.said):
            self._begin_plotted(scan, found)

    def _begin_plotted(self, scan: Scan[Any], found: list[int | None]) -> None:
        places = [k for k, one in enumerate(scan.said) if one.key is None and found[k] is None]
        plots = self._bodies.plots_of(scan.said[0].sensor)
        begun: list[tuple[Said, int, int]] = []
        for earlier, number in plots.paired([scan.said[k] for k in places], scan.apart):
            k, one = places[number], scan.said[places[number]]
            interval_s = max(one.t_s - earlier.t_s, 1e-3)
            body = Body(odds=PLOTTED - log(max(plots.each_scan, 1.0)), plotted=True, interval_s=interval_s)
            body.first_s, body.hit_s, body.hits, body.plotted_by[one.sensor] = earlier.t_s, one.t_s, 2, one.t_s
            row = self._bodies.new(body)
            if row is None:
                continue
            found[k] = row
            begun.append((earlier, row, k))
        if begun:
            rows, which = np.array([row for _, row, _ in begun]), np.array([k for _, _, k in begun])
            self._bodies.scan([earlier for earlier, _, _ in begun]).begin(self._bodies.objects, rows, np.arange(len(begun)))
            scan.keep(self._bodies.objects, rows, which, scan.weigh(self._bodies.objects, rows, which), np.ones(len(begun), bool))

    def _has_left(self, body: Body, key: Key, t_s: float) -> bool:
        strayed = body.strayed.setdefault(key, Strayed(0, t_s))
        strayed.times += 1
        return strayed.times >= STRAYS and t_s - strayed.since_s >= STRAYS_S
