"""An object known again by how it looked."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.camera.tracks.template import Template
from tests.edge_node.camera.pictures import panorama, seen, with_blob


def test_what_flies_before_trees_is_found_again() -> None:
    before = with_blob(seen(panorama()), 100, 90, 8, 60)
    template = Template.cut(before, (96, 86, 9, 9))
    assert template is not None
    after = with_blob(seen(panorama(), seed=5), 106, 92, 8, 60)
    assert template.find(after, (104.0, 91.0), 2.0) == pytest.approx((106, 92), abs=1.0)


def test_nothing_is_found_where_nothing_is_like_it() -> None:
    template = Template.cut(with_blob(seen(panorama()), 100, 90, 8, 60), (96, 86, 9, 9))
    assert template is not None
    assert template.find(seen(panorama(), seed=5), (104.0, 91.0), 2.0) is None
    assert template.find(seen(panorama(), seed=5), (-50.0, 3000.0), 2.0) is None


@pytest.mark.parametrize("near", [(-12.0, 90.0), (100.0, -12.0), (-12.0, -12.0)])
def test_nothing_is_found_in_the_picture_near_a_place_outside_of_it(near: tuple[float, float]) -> None:
    picture = with_blob(seen(panorama()), 100, 90, 8, 60)
    template = Template.cut(picture, (96, 86, 9, 9))
    assert template is not None
    assert template.find(picture, near, 1.0) is None


@pytest.mark.parametrize("box", [(0, 0, 9, 9), (310, 240, 20, 20), (50, 50, 90, 90)])
def test_the_rim_and_what_is_too_large_give_no_template(box: tuple[float, float, float, float]) -> None:
    assert Template.cut(seen(panorama()), box) is None


def test_a_flat_piece_is_no_template() -> None:
    assert Template.cut(np.full((100, 100), 90, np.uint8), (40, 40, 9, 9)) is None
