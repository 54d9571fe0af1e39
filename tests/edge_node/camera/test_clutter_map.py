"""Places that came to nothing: harder to believe for a while, quiet once dismissed, and forgotten in the end."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_node.camera.clutter_map import FORGETS_S, MOST_LOG_ODDS, ClutterMap

HERE = np.array([[100.0, 50.0]])


def test_a_place_of_many_vain_tracks_needs_more() -> None:
    clutter = ClutterMap(320, 256)
    clutter.step(0.0)
    assert clutter.against(HERE[0]) == 0.0
    for _ in range(10):
        clutter.blame(HERE)
    first = clutter.against(HERE[0])
    for _ in range(90):
        clutter.blame(HERE)
    assert 0 < first < clutter.against(HERE[0]) <= MOST_LOG_ODDS
    assert clutter.against(np.array([200.0, 50.0])) == 0.0
    clutter.step(8 * FORGETS_S)
    assert clutter.against(HERE[0]) == 0.0


def test_what_was_dismissed_is_quiet_for_longer_each_time() -> None:
    clutter = ClutterMap(320, 256)
    clutter.step(0.0)
    assert not clutter.quiet(HERE)[0]
    clutter.dismiss(HERE)
    assert clutter.quiet(HERE + 3)[0]
    assert not clutter.quiet(HERE + 40)[0]
    clutter.step(3.0)
    assert not clutter.quiet(HERE)[0]
    for _ in range(5):
        clutter.dismiss(HERE)
    clutter.step(9.0)
    assert clutter.quiet(HERE)[0]


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_end_of_the_world_is_no_error(x: float, y: float) -> None:
    clutter, there = ClutterMap(320, 256), np.array([[x, y]])
    clutter.step(1.0)
    clutter.dismiss(there)
    assert clutter.quiet(there).shape == (1,)
    assert clutter.against(there[0]) >= 0.0
