"""A whole watch with a judge of the simplest kind: what flies is told in nearly every picture, what stands is not, letters never."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from edge_node.camera.observation import Observation
from edge_node.camera.tracks.followed import Belief
from edge_node.camera.watch import Sighting, Watch
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, Grey, panorama, seen, with_blob

RATE_HZ = 30.0
BELIEF = Belief(0.8, 0.7, 0.5)


class SkyJudge:
    """Believes what stands out a lot."""

    def __init__(self) -> None:
        self._clear = 0.0

    def see(self, observation: Observation) -> None:
        """Remember how clear it was."""
        self._clear = max(self._clear, abs(observation.contrast) / observation.noise)

    @property
    def is_curious(self) -> bool:
        """Never: it looks at contrast alone."""
        return False

    @property
    def probabilities(self) -> dict[str, float]:
        """Drone or clutter."""
        real = 0.99 if self._clear > 10 else 0.01
        return {"drone": real, "clutter": 1 - real}


def told(pictures: Iterator[Grey]) -> list[list[Sighting]]:
    watch = Watch(SkyJudge, lambda _judges: None, BELIEF, (WIDTH, HEIGHT))
    return [watch.step(picture, frame, frame / RATE_HZ) for frame, picture in enumerate(pictures)]


def flight(pictures: int, way: Callable[[int], tuple[float, float]], right: Callable[[int], float] = lambda _k: 0.0) -> Iterator[Grey]:
    scene = panorama()
    for k in range(pictures):
        x, y = way(k)
        yield with_blob(seen(scene, right(k), seed=k), x - right(k), y, 8, 60)


def covered(
    sightings: list[list[Sighting]], way: Callable[[int], tuple[float, float]], right: Callable[[int], float] = lambda _k: 0.0
) -> float:
    def hit(k: int, one: Sighting) -> bool:
        x, y = one.box[0] + one.box[2] / 2 + right(k), one.box[1] + one.box[3] / 2
        return bool(np.hypot(x - way(k)[0], y - way(k)[1]) < 6)

    return float(np.mean([any(hit(k, one) for one in sightings[k]) for k in range(10, len(sightings))]))


def test_what_crosses_is_one_track_in_nearly_every_picture() -> None:
    def way(k: int) -> tuple[float, float]:
        return 20 + 2.5 * k, 60 + 0.5 * k

    sightings = told(flight(90, way))
    assert covered(sightings, way) > 0.95
    assert len({one.track for row in sightings for one in row}) == 1
    last = sightings[-1][0]
    assert np.allclose(last.velocity_px_s, (2.5 * RATE_HZ, 0.5 * RATE_HZ), atol=12)


def test_what_hovers_is_never_lost() -> None:
    sightings = told(flight(400, lambda _k: (150.0, 70.0)))
    assert covered(sightings, lambda _k: (150.0, 70.0)) > 0.99
    assert len({one.track for row in sightings for one in row}) == 1


def test_a_camera_that_pans_follows_it_as_well() -> None:
    def way(k: int) -> tuple[float, float]:
        return 150 + 4.0 * k, 70.0

    def right(k: int) -> float:
        return 3.0 * k

    sightings = told(flight(80, way, right))
    assert covered(sightings, way, right) > 0.9
    assert np.allclose(sightings[-1][0].velocity_px_s, (4.0 * RATE_HZ, 0.0), atol=15)


def test_it_is_told_on_while_nothing_stands_out_for_a_moment() -> None:
    def pictures() -> Iterator[Grey]:
        for k, picture in enumerate(flight(60, lambda k: (40 + 2.0 * k, 70.0))):
            yield seen(panorama(), seed=k) if 40 <= k < 46 else picture

    sightings = told(pictures())
    assert all(sightings[k] and sightings[k][0].predicted for k in range(40, 46))
    assert not sightings[50][0].predicted
    assert len({one.track for row in sightings for one in row}) == 1


def told_on(side: float, levels: float, last: int, way: Callable[[int], tuple[float, float]]) -> list[int]:
    """Pictures in which the track of what flies is told of, where the scene has a spot of its own and what flies is gone after `last`."""

    def pictures() -> Iterator[Grey]:
        scene = panorama()
        for k in range(last + 60):
            there = with_blob(seen(scene, seed=k), side, 70, 8, levels)
            yield with_blob(there, *way(k), 8, 60) if k <= last else there

    sightings = told(pictures())
    (flying,) = {one.track for one in sightings[last] if abs(one.box[0] + one.box[2] / 2 - way(last)[0]) < 6}
    return [k for k, row in enumerate(sightings) if any(one.track == flying for one in row)]


def test_what_is_gone_is_not_found_in_what_was_always_there() -> None:
    pictures = told_on(190.0, 15.0, 72, lambda k: (40 + 2.0 * k, 70.0))
    assert pictures[-1] < 72 + 0.5 * RATE_HZ


def test_what_left_sight_is_not_found_at_the_rim() -> None:
    pictures = told_on(317.0, 60.0, 68, lambda k: (40 + 4.0 * k, 70.0))
    assert pictures[-1] < 68 + 0.5 * RATE_HZ


def test_letters_burnt_in_are_forgotten_once_the_camera_turns() -> None:
    def pictures() -> Iterator[Grey]:
        scene = panorama()
        for k in range(120):
            picture = seen(scene, 2.0 * max(0, k - 20), seed=k)
            cv2.putText(picture, "AZ 18.1", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
            yield picture

    sightings = told(pictures())
    assert any(sightings[15])
    assert not any(sightings[k] for k in range(60, 120))


def test_masked_places_show_nothing() -> None:
    watch = Watch(SkyJudge, lambda _judges: None, BELIEF, (WIDTH, HEIGHT))
    mask = np.full((HEIGHT, WIDTH), 255, np.uint8)
    mask[:, 100:200] = 0
    for k, picture in enumerate(flight(60, lambda _k: (150.0, 70.0))):
        assert not watch.step(picture, k, k / RATE_HZ, 1.0, mask)


def test_random_pictures_stay_bounded() -> None:
    rng = np.random.default_rng(8)
    watch = Watch(SkyJudge, lambda _judges: None, BELIEF, (WIDTH, HEIGHT))
    for k in range(20):
        watch.step(rng.integers(0, 255, (HEIGHT, WIDTH)).astype(np.uint8), k, k * rng.uniform(0, 0.1))
    assert "followed" in watch.words()
