"""Whatever all sensors say together, in whatever order, nothing raises, and every table stays as bounded and whole as it was."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import BearingDetection, Detection, LinkDetection
from tests.edge_node.fusion.air import SECOND
from tools.simulate.skies import Here, Sky, around, straight

MOST_TRACKS = 6
PATHS = (
    straight((-60, 200, 40), (9, 0, 0)),
    straight((60, 205, 42), (-9, 1, 0)),
    around((0, 150, 60), 60, 8),
    straight((300, -200, 30), (0, 0, 0)),
)
WAYS = ("seen", "heard", "claimed", "plotted", "numbered", "bearing", "link", "wait")

FULL = [
    *[("seen", 0, 1)] * 3,
    ("claimed", 0, 2),
    ("wait", 0, 1),
    ("seen", 0, 1),
    ("seen", 1, 2),
    ("claimed", 0, 3),
    ("claimed", 2, 1),
    ("wait", 0, 1),
]
"""A claim that parts takes the room of a trail that another claim was just found to be of."""

steps = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 3), st.integers(1, 3)), min_size=10, max_size=80)


def said(sky: Sky, way: str, path: int, number: int, t_s: float) -> Detection:
    """Of one path, under a number that has nothing to do with it."""
    if way == "claimed":
        return sky.claimed(PATHS[path], t_s, str(number))
    if way in ("plotted", "numbered"):
        return sky.plotted(PATHS[path], t_s, number if way == "numbered" else None)
    if way == "link":
        fields: dict[str, Any] = {"bandwidth_hz": 5e5, "snr_db": 9.0, "level_dbfs": -40.0, "first_mono_ns": 0, "bursts": 9}
        t_ns = round(t_s * SECOND)
        return LinkDetection(
            t_mono_ns=t_ns, sensor="sdr", track=number, link="elrs_900", alarm=True, probability=0.9, center_hz=868e6, **fields
        )
    seen = sky.seen(PATHS[path], t_s, number)
    if way == "heard":
        return sky.heard(PATHS[path], t_s, number)
    azimuth_deg, elevation_deg = seen.azimuth_deg or 0.0, seen.elevation_deg
    plot = BearingDetection(t_mono_ns=seen.t_mono_ns, sensor="finder", azimuth_deg=azimuth_deg, sigma_azimuth_deg=1.0)
    return replace(plot, elevation_deg=elevation_deg, sigma_elevation_deg=1.0) if way == "bearing" else seen


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.integers(0, 2**16), st.floats(0.05, 3.0))
@example(FULL, 0, 1.0)
def test_nothing_that_all_say_together_breaks_it(script: list[tuple[str, int, int]], seed: int, pause_s: float) -> None:
    tracker, sky, t_s = Tracker(TrackingTable(max_tracks=MOST_TRACKS, confirm_hits=2)), Sky(seed), 0.0
    tracker.stand(Here())
    for way, path, number in script:
        if way == "wait":
            t_s += number * pause_s
            tracker.advance(round(t_s * SECOND))
        else:
            tracker.take([said(sky, way, path, number, t_s), said(sky, way, (path + 1) % 4, number + 1, t_s)])
            t_s += pause_s / 4
        tracks = tracker.tracks()
        assert len(tracks) <= MOST_TRACKS
        assert set(tracker.roster.numbered.values()) <= {track.number for track in tracks}
        for track in tracks:
            if track.kinematics:
                assert np.isfinite(track.kinematics.covariance).all()
            if track.bearing:
                assert isfinite(track.bearing.azimuth_deg)
                assert track.bearing.sigma_azimuth_deg >= 0
    tracker.advance(round((t_s + 1000) * SECOND))
    tracker.advance(round((t_s + 2000) * SECOND))
    assert tracker.tracks() == []
    assert tracker.roster.numbered == {}
