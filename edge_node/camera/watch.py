"""One camera's way from picture to believed objects: scene, targets, tracks, and what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.burnt_in import BurntIn
from edge_node.camera.clutter_map import ClutterMap
from edge_node.camera.observation import LOST, Observation
from edge_node.camera.scene.background import Background, all_but
from edge_node.camera.scene.ego_motion import EgoMotion
from edge_node.camera.scene.frame_of_scene import SceneFrame
from edge_node.camera.targets.candidates import Candidates
from edge_node.camera.targets.look import Look, changes_of, within
from edge_node.camera.targets.small_targets import SmallTargets
from edge_node.camera.tracks.followed import Belief, Followed, Judge
from edge_node.camera.tracks.motion import variance_of
from edge_node.camera.tracks.table import TrackTable
from edge_node.camera.tracks.template import Template

Grey = NDArray[np.uint8]
Array = NDArray[np.float64]

LEAST_SEEN = 5
"""Of the last eight pictures, before anything is believed."""
CLEAR_RATIO, MOVES = 6.0, 4.0
"""Contrast over its surroundings that makes a candidate by itself, and change in sigmas that makes one of less."""
JUDGED_EVERY_S = 0.09
"""All tracks to whom it is due at once: judging has a price of its own, however few they are."""
MOST_ELAPSED_S = 10.0
"""After a longer gap nothing is where it was, however much longer it was."""
TOLD_WITHOUT_S = 0.4
"""For so long an object is told of that no picture shows, at the place that it should have."""


class Sighting(Struct, frozen=True, gc=False):
    """One believed object in one picture; velocity in pixels a second across the picture of a camera that stands still."""

    track: int
    box: tuple[float, float, float, float]
    velocity_px_s: tuple[float, float]
    probabilities: dict[str, float]
    real: float
    observation: Observation
    predicted: bool


class Watch:
    """Keeps bounded state of one camera's scene; pictures are uint8 and of one size.

    `judge` makes the judge of a track, `look_all` lets several of them do at once what is costly one by one, and `belief` is what their
    word is worth.
    """

    def __init__(
        self, judge: Callable[[], Judge], look_all: Callable[[Sequence[Any]], None], belief: Belief, size_px: tuple[int, int]
    ) -> None:
        self._judge, self._look_all, self._belief, self._size = judge, look_all, belief, size_px
        width_px, height_px = size_px
        self._targets = SmallTargets(height_px, width_px, max(2, round(np.log2(max(width_px, height_px) / 40))))
        self._ego, self._background, self._scene = EgoMotion(), Background(), SceneFrame()
        self._clutter, self._burnt_in = ClutterMap(width_px, height_px), BurntIn(width_px, height_px)
        self._tracks = TrackTable(width_px)
        self._before: Grey = np.empty((0, 0), np.uint8)
        self._last_s: float | None = None
        self._judged_s = -inf

    def step(self, picture: Grey, frame: int, t_s: float, unit: float = 1.0, seen: Grey | None = None) -> list[Sighting]:
        """What is believed to be there; `unit` is a level in the picture's own units, `seen` is 0 where nothing is looked for."""
        elapsed_s = 0.0 if self._last_s is None else min(max(t_s - self._last_s, 0.0), MOST_ELAPSED_S)
        self._last_s = t_s
        affine = self._ego.step(picture, seen)
        self._scene.step(affine, self._ego.kept_anew)
        moving = self._background.step(picture, affine, self._ego.kept_anew, t_s, self._hold(picture))
        self._clutter.step(t_s)
        found = self._unhidden(within(self._targets.find(picture), seen), t_s)
        places = self._scene.to_scene((found.boxes[:, :2] + found.boxes[:, 2:] / 2).astype(np.float64))
        changes = changes_of(moving, self._scene.to_kept(places))
        missed = self._tracks.missed
        rows, which = self._tracks.follow(found, places, None if moving is None else changes.astype(np.float64), elapsed_s)
        look = Look(picture, frame, t_s, unit, None if moving is None else changes[which].tolist())
        followed: list[Followed] = [self._tracks.extra[row] for row in rows.tolist()]
        seen_of = look.at(found.of(which), places[which], missed[rows].tolist(), [one.judge.is_curious for one in followed])
        for one, observation in zip(followed, seen_of, strict=True):
            one.see(observation)
        refound = self._refind(picture, moving)
        self._before = picture
        self._judge_all(t_s)
        free = (found.ratio >= CLEAR_RATIO) | (changes >= MOVES)
        free &= (changes >= MOVES) | ~self._clutter.quiet(places)
        free[which] = False
        self._begin(found.of(free), places[free])
        return self._told(refound)

    def _refind(self, picture: Grey, moving: Grey | None) -> set[int]:
        """Believed objects that stand out no more, found by how they looked where the scene is not as ever; the numbers of their tracks."""
        tracks, refound = self._tracks, set()
        for row in np.flatnonzero(tracks.confirmed & (tracks.missed > 0)).tolist():
            one: Followed = tracks.extra[row]
            if tracks.missed[row] == 1:
                one.template = Template.cut(self._before, tuple(tracks.boxes[row].tolist()))
            (x, y), sigma_px = self._scene.to_picture(tracks.motion.place[row]).tolist(), float(tracks.motion.covariance[row, 0, 0]) ** 0.5
            if one.template and (found := one.template.find(picture, (x, y), sigma_px)):
                middle = np.array([found])
                place = self._scene.to_scene(middle)
                if moving is not None and changes_of(moving, self._scene.to_kept(place))[0] < MOVES:
                    continue
                tracks.motion.update(np.array([row]), place, variance_of(tracks.boxes[row : row + 1]))
                tracks.boxes[row, :2] = middle[0] - tracks.boxes[row, 2:] / 2
                refound.add(int(tracks.number[row]))
        return refound

    def _unhidden(self, found: Candidates, t_s: float) -> Candidates:
        """Without letters that are burnt into the picture."""
        middles = found.boxes[:, :2] + found.boxes[:, 2:] / 2
        return found.of(~self._burnt_in.hides(middles[:, 0], middles[:, 1], t_s))

    def words(self) -> str:
        """How much is followed."""
        return f"{int(self._tracks.confirmed.sum())} objects, {len(self._tracks)} followed"

    def _begin(self, found: Candidates, places: Array) -> None:
        self._tracks.begin(found, places, [Followed(self._judge(), place, self._clutter.against(place)) for place in places])

    def _judge_all(self, t_s: float) -> None:
        """Believe, doubt and dismiss; what comes to nothing is held against the place where it began."""
        tracks, belief = self._tracks, self._belief
        known: list[Followed] = tracks.extra
        if t_s - self._judged_s >= JUDGED_EVERY_S:
            self._judged_s = t_s
            self._look_all([one.judge for one in known])
            for one in known:
                one.hear()
        often = tracks.seen.sum(axis=1) >= LEAST_SEEN
        believed = [one.is_believed(belief, t_s, told) for one, told in zip(known, tracks.confirmed.tolist(), strict=True)]
        tracks.confirmed = np.array(believed, bool) & (tracks.confirmed | often)
        nothing = np.array([one.is_dismissed(belief) for one in known], bool)
        burnt_in = np.array([one.extent.is_burnt_in for one in known], bool)
        vain = tracks.gone() | nothing | burnt_in | self._left_sight()
        if vain.any():
            self._burnt_in.note(tracks.boxes[burnt_in], t_s)
            self._learn_from(vain, nothing & ~tracks.confirmed)
            tracks.keep(~vain)

    def _left_sight(self) -> NDArray[np.bool_]:
        """Which are not seen any more and ought to be at the rim: what stands out there next is the rim."""
        tracks = self._tracks
        half, middles = tracks.boxes[:, 2:].astype(np.float64) / 2, self._scene.to_picture(tracks.motion.place)
        outside = ((middles < half) | (middles > np.array(self._size) - half)).any(axis=1)
        return np.asarray((tracks.missed >= LOST) & outside)

    def _learn_from(self, vain: NDArray[np.bool_], dismissed: NDArray[np.bool_]) -> None:
        """Hold it against the place where it began what comes to nothing, and against that where it is what is dismissed."""
        tracks = self._tracks
        left: list[Followed] = [tracks.extra[row] for row in np.flatnonzero(vain & ~tracks.confirmed & ~dismissed)]
        if began := [one.began for one in left if one.judged]:
            self._clutter.blame(np.array(began))
        if dismissed.any():
            self._clutter.dismiss(tracks.motion.place[dismissed])

    def _told(self, refound: set[int]) -> list[Sighting]:
        tracks = self._tracks
        if not len(tracks):
            self._come_home()
            return []
        told = []
        places, velocities = self._scene.to_picture(tracks.motion.place).tolist(), self._scene.turned(tracks.motion.velocity).tolist()
        for row in np.flatnonzero(tracks.confirmed).tolist():
            one: Followed = tracks.extra[row]
            number = int(tracks.number[row])
            predicted = bool(tracks.missed[row]) and number not in refound
            if one.last is None or (predicted and tracks.missed_s[row] > TOLD_WITHOUT_S):
                continue
            x, y, width, height = tracks.boxes[row].tolist()
            if predicted:
                x, y = places[row][0] - width / 2, places[row][1] - height / 2
                if not (0 <= x + width / 2 < self._size[0] and 0 <= y + height / 2 < self._size[1]):
                    continue
            right, down = velocities[row]
            told.append(Sighting(number, (x, y, width, height), (right, down), one.probabilities, one.real, one.last, predicted))
        return told

    def _come_home(self) -> None:
        """Where the camera looks elsewhere for good, count the scene's pixels from there, and learn its habits anew."""
        if self._scene.strayed_px > max(self._size):
            self._scene.restart()
            self._clutter = ClutterMap(*self._size)

    def _hold(self, picture: Grey) -> Grey | None:
        """0 about confirmed tracks: what hovers must not become background."""
        held = self._tracks.confirmed
        if not held.any():
            return None
        return all_but(picture, self._scene.to_kept(self._tracks.motion.place[held]), self._tracks.size[held])
