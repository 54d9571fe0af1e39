"""Where the node is: fixed, by its receiver, or carried on by its vehicle."""

from __future__ import annotations

import pytest

from edge_node.config import NodeTable
from edge_node.geometry import LocalFrame
from edge_node.messages import PositionFix
from edge_node.node.place import OwnPlace
from edge_node.publish.wire import Place

SECOND_NS = 1_000_000_000


def place(age_s: float, *, moving: bool, speed_mps: float | None = 20.0, course_deg: float | None = 90.0) -> Place | None:
    """Of a node whose receiver said so, that long ago."""
    here = OwnPlace(NodeTable(moving=moving))
    here.hear(
        PositionFix(
            t_mono_ns=SECOND_NS,
            has_fix=True,
            latitude_deg=50.0,
            longitude_deg=4.0,
            sigma_horizontal_m=2.0,
            speed_mps=speed_mps,
            course_deg=course_deg,
        )
    )
    return here.now(SECOND_NS + round(age_s * SECOND_NS))


def test_a_node_on_a_mast_stays_where_it_was_for_a_minute() -> None:
    assert place(59, moving=False) == Place(source="gnss", latitude_deg=50.0, longitude_deg=4.0, sigma_m=2.0)
    assert place(61, moving=False) is None


def test_a_vehicle_goes_on_and_is_less_sure_with_every_second() -> None:
    later = place(3, moving=True)
    assert later is not None
    east_m, north_m, _ = LocalFrame(50.0, 4.0).to_enu(later.latitude_deg, later.longitude_deg, 0.0)
    assert (east_m, north_m) == pytest.approx((60.0, 0.0), abs=0.01)
    assert later.sigma_m == pytest.approx(13.65, abs=0.01)
    assert place(11, moving=True) is None


@pytest.mark.parametrize(("speed_mps", "course_deg"), [(None, 90.0), (20.0, None), (float("nan"), 90.0)])
def test_a_vehicle_of_which_nobody_knows_how_it_goes_may_be_anywhere_about(speed_mps: float | None, course_deg: float | None) -> None:
    later = place(2, moving=True, speed_mps=speed_mps, course_deg=course_deg)
    assert later is not None
    assert later.latitude_deg == pytest.approx(50.0)
    assert later.sigma_m == pytest.approx(60.03, abs=0.01)
