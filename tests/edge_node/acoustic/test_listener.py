"""How often a source is judged: the surer, the more seldom, and never so seldom that what is told is old."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.listener import Listener
from edge_node.acoustic.rotor.model import LABELS, RotorVerdict

LOOK_S = 0.192


class Constant:
    """A model that says the same of everything."""

    def __init__(self, drone: float) -> None:
        shares = (drone, 0.0, 1 - drone) + (0.0,) * (len(LABELS) - 3)
        self._verdict = RotorVerdict(shares, drone, LABELS[0], None, None, 0.0, 0.0)

    def judge(self, sound: np.ndarray) -> RotorVerdict:
        assert len(sound) == 16_000
        return self._verdict


@pytest.mark.parametrize(("drone", "every_s"), [(0.99, 0.96), (0.75, 0.384), (0.01, 0.576)], ids=["certain", "unclear", "none"])
def test_the_surer_the_more_seldom(drone: float, every_s: float) -> None:
    listener, judged_s, told_s = Listener(Constant(drone)), [], []
    for look in range(100):
        t_s = look * LOOK_S
        if listener.overdue_s(t_s) >= 0:
            listener.hear(t_s, np.zeros(16_000, np.float32))
            judged_s.append(t_s)
        if listener.to_tell(t_s):
            told_s.append(t_s)
    assert np.diff(judged_s)[5:] == pytest.approx(every_s)
    assert listener.present == (drone == 0.99)
    if listener.present:
        assert told_s[0] < 1.0
        assert np.diff(told_s).max() < 0.6
