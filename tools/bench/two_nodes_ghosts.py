"""Two objects, two nodes without elevations: four crossings, of which two are ghosts until motion has told."""

from __future__ import annotations

import numpy as np

from edge_node.fusion.filter.models import AXES, Array
from tools.bench.two_nodes_scenes import NODES, SIGMAS, seen, told
from tools.c2.following import Following

STEP_S, SECONDS = 0.5, 60.0
APART_M, LEAST_MPS, MOST_MPS = 60.0, 5.0, 14.0


def told_apart(seed: int) -> tuple[bool, float]:
    """Whether a ghost was ever believed, and after how many seconds both objects were told from theirs; SECONDS where they never were."""
    rng, following = np.random.default_rng((seed, 3)), Following()
    places, speeds = _begin(rng)
    believed = False
    for step in range(round(SECONDS / STEP_S)):
        t_s = step * STEP_S
        towards = np.stack(
            [seen(place + t_s * speed, rng, np.zeros((len(NODES), 2))) for place, speed in zip(places, speeds, strict=True)], 1
        )
        for event in told(towards, t_s, 0.0, SIGMAS, raised=False):
            following.take(event, t_s)
        following.advance(t_s)
        certain = [{number for _, _, number in one.keys} for one in following.objects if not one.ambiguous and len(one.keys) == 2]
        believed |= any(len(numbers) == 2 for numbers in certain)
        if len(certain) == 2:
            return believed, t_s
    return believed, SECONDS


def _begin(rng: np.random.Generator) -> tuple[Array, Array]:
    """Places and speeds (2, 3) of two that are before both nodes and not at one place."""
    while True:
        places = np.stack([rng.uniform(-250, 250, 2), rng.uniform(250, 550, 2), rng.uniform(40, 100, 2)], axis=1)
        if np.linalg.norm(places[0] - places[1]) > APART_M:
            break
    heading, speed = rng.uniform(0, 2 * np.pi, 2), rng.uniform(LEAST_MPS, MOST_MPS, 2)
    speeds = np.zeros((2, AXES))
    speeds[:, 0], speeds[:, 1] = speed * np.sin(heading), speed * np.cos(heading)
    return places, speeds
