"""A lamp and a buzzer at the mast, as LEDs of the kernel: files of /sys/class/leds, so no GPIO library and no root.

The node itself turns the lamp on and off, not a trigger of the kernel: a lamp that stands still is a node that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from edge_node.field.health_names import C2_NOT_REACHED, found
from edge_node.messages import Finding, Verdict

Shown = Literal["starting", "green", "amber", "red", "no_c2"]

STEP_S = 0.25
PATTERNS: dict[Shown, str] = {
    "starting": "####....",
    "green": "#.......",
    "amber": "#.#.....",
    "no_c2": "#.#.#...",
    "red": "#.",
}
"""A quarter of a second each: one flash in two seconds is well, two are amber, three are amber for C2 alone, twice a second is red."""
BEEPS: dict[Shown, str] = {"starting": "", "green": "#", "amber": "#.#", "no_c2": "#.#.#", "red": "###.###.###"}
"""When that begins."""
AGAIN_S = 60.0
"""So often a buzzer says red again."""
FOLDER = Path("sys/class/leds")
MOST_TOLD = 8


def shown(verdict: Verdict, sentence: str, findings: Sequence[Finding]) -> Shown:
    """What the lamp shows; a node that lacks nothing but its C2 says so."""
    if verdict == "amber" and sentence == "starting":
        return "starting"
    if verdict == "amber" and {one.name for one in findings if one.grade != "ok"} <= C2_NOT_REACHED and findings:
        return "no_c2"
    return verdict


class _Led:
    """One entry of /sys/class/leds; its own trigger comes back at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._on: bool | None = None
        self._trigger: str | None = None
        self._most = "1"

    def take(self) -> None:
        """Raises OSError."""
        self._most = (self._folder / "max_brightness").read_text().strip() or "1"
        triggers = (self._folder / "trigger").read_text().split()
        alone = triggers[0] if len(triggers) == 1 else "none"
        self._trigger = next((one.strip("[]") for one in triggers if one.startswith("[")), alone)
        (self._folder / "trigger").write_text("none")
        self.turn(on=False)

    def turn(self, *, on: bool) -> None:
        """Written where it changes; raises OSError."""
        if on != self._on:
            (self._folder / "brightness").write_text(self._most if on else "0")
            self._on = on

    def give_back(self) -> None:
        """As it was before; raises OSError."""
        if self._trigger is not None:
            self.turn(on=False)
            (self._folder / "trigger").write_text(self._trigger)


class Lamp:
    """Both are told by name, and none is there where none is told; what cannot be written is a finding and stops nothing."""

    def __init__(self, led: str | None, buzzer: str | None, root: Path) -> None:
        self._folder = root / FOLDER
        self._trouble: dict[str, str] = {}
        self._led, self._buzzer = self._taken(led), self._taken(buzzer)
        self._names = {id(self._led): led, id(self._buzzer): buzzer}
        self._shown: Shown | None = None
        self._began_s = 0.0

    def _taken(self, name: str | None) -> _Led | None:
        if name is None:
            return None
        led = _Led(self._folder / name)
        try:
            led.take()
        except OSError as error:
            self._trouble[name] = self._why(name, error)
            return None
        return led

    def _why(self, name: str, error: OSError) -> str:
        if isinstance(error, FileNotFoundError):
            there = sorted(one.name for one in self._folder.iterdir())[:MOST_TOLD] if self._folder.is_dir() else []
            return f"there is no LED {name!r}; there are {', '.join(there) or 'none'}: look at [lamp] and at the device tree"
        return f"LED {name!r} cannot be switched ({error.strerror}): install the udev rule and the drop-in for the lamp"

    def show(self, what: Shown, now_s: float) -> None:
        """Called several times a second."""
        if what != self._shown:
            self._shown, self._began_s = what, now_s
        since_s = now_s - self._began_s
        pattern, beeps = PATTERNS[what], BEEPS[what]
        self._turn(self._led, on=pattern[int(now_s / STEP_S) % len(pattern)] == "#")
        step = int((since_s % AGAIN_S if what == "red" else since_s) / STEP_S)
        self._turn(self._buzzer, on=step < len(beeps) and beeps[step] == "#")

    def _turn(self, led: _Led | None, *, on: bool) -> None:
        if led is None:
            return
        name = self._names[id(led)] or ""
        try:
            led.turn(on=on)
        except OSError as error:
            self._trouble[name] = self._why(name, error)
        else:
            self._trouble.pop(name, None)

    def findings(self) -> list[Finding]:
        """What keeps it dark."""
        return [found("lamp", "lamp_dark", *_parted(words)) for words in self._trouble.values()]

    def close(self) -> None:
        """Give both back to the kernel."""
        for led in (self._led, self._buzzer):
            try:
                if led is not None:
                    led.give_back()
            except OSError:
                continue


def _parted(words: str) -> tuple[str, str]:
    wrong, _, do = words.partition(": ")
    return wrong, do
