"""Two thermal pictures of the library of scenes, side by side, with the truth about each body: the picture of docs/world.md."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from tools.simulate.pictures import LEAST_SEEN, of_world, video_of
from tools.simulate.sight import Sighted
from tools.simulate.video import Grey
from tools.simulate.world import World

SCENES = Path(__file__).parent / "simulate" / "scenes"
SHOWN = (("no-drone", 20.0, 2026), ("swarm", 22.0, 7))
"""Scene, time, seed."""
WARM_UP = 8
"""Pictures for the gain control to settle on."""
LEVELS, GAP_PX, AWAY_PX, WORD_PX = 32, 6, 4, 64
WHITE = 255


def panel(scene: str, t_s: float, seed: int) -> tuple[Grey, list[Sighted]]:
    """A scene's picture at a time as its camera's video shows it, and what is to be seen there."""
    shown = of_world(World.load(SCENES / f"{scene}.toml", seed))
    video, last = video_of(shown), round(t_s * shown.eye.rate_hz)
    for k in range(last - WARM_UP, last):
        video.grey(shown.frame(k)[0])
    picture, truth = shown.frame(last)
    return video.grey(picture), [one for one in truth.sighted if one.seen >= LEAST_SEEN]


def marked(picture: Grey, seen: list[Sighted]) -> Grey:
    """With a box about each body and the name of its kind where it is the first of it."""
    out, named = picture.copy(), set[str]()
    for one in seen:
        x, y, width, height = one.box
        corner = round(x) - AWAY_PX, round(y) - AWAY_PX
        cv2.rectangle(out, corner, (round(x + width) + AWAY_PX, round(y + height) + AWAY_PX), WHITE, 1)
        if one.kind not in named:
            word = min(max(corner[0], 0), out.shape[1] - WORD_PX), corner[1] - 3
            cv2.putText(out, one.kind, word, cv2.FONT_HERSHEY_SIMPLEX, 0.36, WHITE, 1, cv2.LINE_AA)
            named.add(one.kind)
    return out


def drawn() -> Grey:
    """The panels beside each other in few grey levels."""
    panels = [marked(*panel(*one)) for one in SHOWN]
    gap = np.full((panels[0].shape[0], GAP_PX), WHITE, np.uint8)
    whole = np.hstack([panels[0], *(part for one in panels[1:] for part in (gap, one))])
    step = 256 / LEVELS
    return np.asarray(np.clip(np.floor(whole / step) * (255 / (LEVELS - 1)), 0, 255), np.uint8)


if __name__ == "__main__":
    cv2.imwrite(sys.argv[1], drawn(), [cv2.IMWRITE_PNG_COMPRESSION, 9])
