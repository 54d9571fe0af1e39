"""Days of one simulated sensor as its health hears of them: levels by name, second by second, with a fault or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import cv2
import numpy as np
from msgspec import Struct
from numpy.random import Generator

from edge_node.acoustic.tilt import LOUDNESS_STEP_DB
from edge_node.camera.levels import noise_of
from edge_node.camera.outlook import parts_of, troubles, whole_of
from edge_node.camera.sharpness import fine_over_coarse_db
from tools.simulate.dirty_window import Window, behind_web, drops, seen_through, web
from tools.simulate.fractal import Floats
from tools.simulate.noise_bands import SOAKED, SOAKED_WIND_DB, place
from tools.simulate.noise_levels import SITES, Site
from tools.simulate.sight_days import HEIGHT, HFOV_DEG, WIDTH, SightDays

EVERY_S, LOOKS_EVERY_S = 10, 300
"""How often a camera tells levels, and how often a picture of it is made; it is told again until the next."""
FOG_M = 120.0
DROPS_SHARE, DROPS_STAY_S = 0.5, 600
DROP_RADIUS_M = 2.5e-3
WEB_SHINES = 3_000.0
"""In grey levels, in full sun: about as much light as the scene's, which halves its contrast."""
WEB_GREY, WEB_SWAYS_PX = 120.0, 3.0


class Told(Struct, frozen=True):
    """What is told at a second; `blind` is what the sensor says of itself at once, without having learnt anything."""

    second: int
    levels: dict[str, float]
    blind: tuple[str, ...] = ()


class Days(Protocol):
    """One sensor's days."""

    faults: tuple[str, ...]

    def told(self, first_s: int, last_s: int, fault: str | None = None) -> Iterator[Told]:
        """What it tells between two seconds."""

    def may_begin(self, fault: str, second: int) -> bool:
        """Whether a fault takes anything away just then."""


class LevelDays:
    """Of a sensor that has one level, each second."""

    def __init__(self, site: Site, seconds: int, rng: Generator) -> None:
        self._site, self._levels = site, site.usual(seconds, rng)
        self.faults = tuple(fault.name for fault in site.faults)

    def told(self, first_s: int, last_s: int, fault: str | None = None) -> Iterator[Told]:
        """The level of every second."""
        part = self._levels[first_s:last_s]
        for one in self._site.faults:
            part = one.spoils(part) if one.name == fault else part
        for second, level_db in enumerate(part.tolist(), first_s):
            yield Told(second, {self._site.level: level_db})

    def may_begin(self, fault: str, second: int) -> bool:  # noqa: ARG002 -- as all days
        """At any time."""
        return True


class CoverDays:
    """Of microphones behind a cover that may be soaked: how loud it is, and each ten seconds how much of it is high."""

    faults: tuple[str, ...] = ("soaked",)

    def __init__(self, seconds: int, rng: Generator) -> None:
        self._place = place(seconds, rng)

    def told(self, first_s: int, last_s: int, fault: str | None = None) -> Iterator[Told]:
        """As acoustic.ear tells it."""
        taken_db, wind_db = (SOAKED, SOAKED_WIND_DB) if fault else (0.0, 0.0)
        octaves = self._place.heard(taken_db, wind_db, first_s, last_s)
        loud_db, low_db = octaves[:, :4].mean(axis=1), octaves[:, 0]
        tilt_db = octaves[:, 3:].mean(axis=1) - low_db
        for second, level_db, low, tilt in zip(range(first_s, last_s), loud_db.tolist(), low_db.tolist(), tilt_db.tolist(), strict=True):
            loudness = round(low / LOUDNESS_STEP_DB) * round(LOUDNESS_STEP_DB)
            yield Told(second, {"sound": level_db} | ({f"tilt | {loudness}": tilt} if second % EVERY_S == 0 else {}))

    def may_begin(self, fault: str, second: int) -> bool:  # noqa: ARG002 -- as all days
        """At any time."""
        return True


class CameraDays:
    """Of a camera that stands still: how much detail the whole holds, and of each part how much of it is fine."""

    faults: tuple[str, ...] = ("fog", "drops", "drop", "web")

    def __init__(self, seconds: int, rng: Generator) -> None:
        self._seed = int(rng.integers(2**31))
        self._days = SightDays(self._seed, seconds / 86_400)
        self._window = Window(float(np.radians(HFOV_DEG)) / WIDTH)
        self._drops: tuple[int, Floats] | None = None
        self._web, self._drop = web((HEIGHT, WIDTH), self._window, rng), self._one_drop(rng)

    def told(self, first_s: int, last_s: int, fault: str | None = None) -> Iterator[Told]:
        """As camera.outlook tells it."""
        for at in range(first_s, last_s, LOOKS_EVERY_S):
            levels, blind = self._look(at, fault)
            for second in range(at, min(at + LOOKS_EVERY_S, last_s), EVERY_S):
                yield Told(second, levels, blind)

    def may_begin(self, fault: str, second: int) -> bool:
        """By light; a web that is not lit takes nothing away."""
        return not self._look(second, None)[1] and (fault != "web" or self._days.is_sunny(second))

    def _look(self, second: int, fault: str | None) -> tuple[dict[str, float], tuple[str, ...]]:
        mean, last = self._days.look(float(second), self._spoils(second, fault), FOG_M if fault == "fog" else None)
        blind = troubles(last, "visible", max(noise_of(last.astype(np.float32)), 1.0))
        if blind:
            return {}, blind + ("dark",) * self._days.is_night(second)
        return whole_of(last) | parts_of(fine_over_coarse_db(mean, last.astype(np.float32))), ()

    def _spoils(self, second: int, fault: str | None) -> Callable[[Floats, float, Generator], Floats] | None:
        if fault == "drops":
            cover = self._drops_of(second // DROPS_STAY_S)
            return lambda light, _direct, _rng: seen_through(light, cover)
        if fault == "drop":
            return lambda light, _direct, _rng: seen_through(light, self._drop)
        if fault == "web":
            return self._behind_web
        return None

    def _behind_web(self, light: Floats, direct: float, rng: Generator) -> Floats:
        swayed = np.roll(self._web, round(rng.normal(0, WEB_SWAYS_PX)), 1)
        return behind_web(light, swayed, WEB_GREY + WEB_SHINES * direct)

    def _drops_of(self, number: int) -> Floats:
        """They run down, and others come."""
        if self._drops is None or self._drops[0] != number:
            self._drops = number, drops((HEIGHT, WIDTH), self._window, DROPS_SHARE, np.random.default_rng([self._seed, 13, number]))
        return self._drops[1]

    def _one_drop(self, rng: Generator) -> Floats:
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        place_px = int(rng.uniform(0.15, 0.85) * WIDTH), int(rng.uniform(0.15, 0.85) * HEIGHT)
        cv2.circle(mask, place_px, round(DROP_RADIUS_M * self._window.pixels_per_m), 255, -1)
        return self._window.blurred(mask.astype(np.float32) * np.float32(1 / 255))


def _of_level(site: Site) -> Callable[[int, Generator], Days]:
    return lambda seconds, rng: LevelDays(site, seconds, rng)


KINDS: Mapping[str, Callable[[int, Generator], Days]] = {
    **{kind: _of_level(site) for kind, site in SITES.items()},
    "cover": CoverDays,
    "sight": CameraDays,
}
"""What makes the days of each kind of sensor."""
