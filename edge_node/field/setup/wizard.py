"""`edge-node setup` as a conversation: sensors, name, place, C2, and then a summary before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from drivers.known_devices import all_known
from edge_node.config_file import ConfigError, load
from edge_node.field.setup import ask_sensors, receiver_place, takes
from edge_node.field.setup.ask_sensors import Chosen
from edge_node.field.setup.choices import Choices, Former, Place
from edge_node.field.setup.inventory import look
from edge_node.field.setup.suggest import advise
from edge_node.field.setup.terminal import Terminal, WrongAnswerError
from edge_node.publish.enrol_token import Token, TokenError, decode

GREETING = (
    "Enter takes what stands in [ ]. ? explains. Ctrl-C stops: nothing is written before you say so at the end, and no answer is lost."
)
NAME = "How this node is called on maps and in reports, such as harbour-1. C2 may know it by the name of its token."
PLACE = (
    "Tracks are only as good as this. A node that stays: let its GNSS receiver say it once, or type it. "
    "A node that is put up here today and there tomorrow: as the receiver says. On a vehicle: moving."
)
TYPED = (
    "Latitude and longitude in degrees, as a map on a telephone shows them (hold a finger on the place), and the height in metres if known."
)
OF_TOKENS = (
    "C2's operator makes it ('python -m tools.c2 invite NAME'): some 230 letters and digits, good for ten minutes. "
    "Paste it; without one tracks stay on the node, and 'edge-node enrol' does it later."
)
LISTEN_S = 60.0


class Decided(Struct):
    """What has been answered so far."""

    chosen: Chosen = Chosen((), {}, {})
    name: str = ""
    place: Place = Place("gnss")
    token: str | None = None
    c2: str = ""


class Wizard:
    """One conversation about the node.toml that was there before; `root` is whose sysfs is looked at."""

    def __init__(self, terminal: Terminal, old: Former, config: Path, root: Path = Path("/")) -> None:
        self._terminal, self._old, self._config, self._root = terminal, old, config, root
        self._decided = Decided(c2=_known_c2(config))
        self._sections: Sequence[tuple[str, Callable[[], None]]] = (
            ("Sensors", self._sensors),
            ("Name", self._name),
            ("Place", self._place),
            ("C2", self._c2),
        )

    def run(self) -> tuple[Choices, Chosen] | None:
        """All questions, then the summary until it is right; None where nothing shall be written. Raises StoppedError."""
        terminal = self._terminal
        terminal.say(f"Setting up {self._config}")
        terminal.say(GREETING)
        if self._old.problem:
            terminal.say(f"! {self._old.problem}. It is begun anew, and kept beside the new one.")
        for number, (title, section) in enumerate(self._sections, start=1):
            terminal.say(f"\n{number} {title}")
            section()
        while (again := self._summary()) != "y":
            if again == "n":
                return None
            self._sections[int(again) - 1][1]()
        decided = self._decided
        sensors, notes = decided.chosen.tables, decided.chosen.notes
        return Choices(name=decided.name, place=decided.place, sensors=sensors, notes=notes, token=decided.token), decided.chosen

    def _sensors(self) -> None:
        advice = advise(look(self._root), all_known(), self._old.sensors, self._root)
        self._decided.chosen = ask_sensors.ask(self._terminal, advice, self._old.sensors)

    def _name(self) -> None:
        default = self._old.node.get("name")
        own = default if isinstance(default, str) else os.uname().nodename[: takes.MOST_NAME]
        self._decided.name = self._terminal.ask("name", "Name of this node?", own, NAME, takes.name)

    def _place(self) -> None:
        was = self._old.place
        receiver = next((one for one in self._decided.chosen.tables if one.get("driver") == "gnss"), None)
        ways = {"typed": "It stays: I type where"}
        if receiver is not None:
            ways["heard"] = "It stays: ask its GNSS receiver now"
            ways["gnss"] = "As its GNSS receiver says, always"
            ways["moving"] = "On a vehicle"
        if was is not None and (was.kind == "fixed" or receiver is not None):
            ways = {"kept": f"As node.toml says: {was.words}", **ways}
        ways["unknown"] = "I do not know yet"
        default = "kept" if "kept" in ways else "unknown" if receiver is None else "gnss"
        way = self._terminal.choose("place", "Where is this node?", ways, PLACE, default)
        self._decided.place = self._told(way, was, receiver)

    def _told(self, way: str, was: Place | None, receiver: dict[str, Any] | None) -> Place:
        if way == "kept" and was is not None:
            return was
        if way == "typed":
            return self._typed(was)
        if way == "heard" and receiver is not None:
            return self._heard(receiver, was)
        return Place("moving" if way == "moving" else "gnss")

    def _typed(self, was: Place | None) -> Place:
        default = was.words if was and was.kind == "fixed" else "later"
        found = self._terminal.ask("place.typed", "Latitude, longitude, height?", default, TYPED, _coordinates_or_later)
        return Place("gnss") if found is None else Place("fixed", *found)

    def _heard(self, receiver: dict[str, Any], was: Place | None) -> Place:
        """Where the receiver says; typed where it does not."""
        self._terminal.say(f"Listening for up to {LISTEN_S:.0f} s ...")
        try:
            found = receiver_place.measure(receiver, LISTEN_S, lambda words: self._terminal.say(words, indent=2))
        except receiver_place.NoPlaceError as error:
            self._terminal.say(f"! {error}")
            return self._typed(was)
        if found.baud is not None:
            receiver["baud"] = found.baud
        place = Place("fixed", found.latitude_deg, found.longitude_deg, found.altitude_wgs84_m)
        good = "" if found.sigma_m is None else f" (within {found.sigma_m:.1f} m)"
        self._terminal.say(f"It is at {place.words}{good}.")
        return place

    def _c2(self) -> None:
        if self._decided.c2:
            self._terminal.say(f"Now: {self._decided.c2}")
        token = self._terminal.secret("Token from C2?", OF_TOKENS, _token)
        if token is not None:
            self._decided.token, self._decided.c2 = token[0], f"token for {token[1].enrol}"

    def _summary(self) -> str:
        decided, say = self._decided, self._terminal.say
        names = ", ".join(str(one.get("name")) for one in decided.chosen.tables) or "none"
        said = (names, decided.name, decided.place.words, decided.c2 or "none: tracks stay on the node")
        say("\nThis is what node.toml will say:")
        for number, ((title, _), words) in enumerate(zip(self._sections, said, strict=True), start=1):
            say(f"{number} {title}: {words}", indent=2)
        if decided.place.kind == "gnss" and not any(one.get("driver") == "gnss" for one in decided.chosen.tables):
            say("! Without a place and without a GNSS receiver, bearings tell C2 little.")
        self._terminal.forget("write")
        explain = "y writes it, 1 to 4 asks that part again, n ends without writing anything."
        return self._terminal.ask("write", "Write it? y/n, 1-4 to change", "y", explain, self._verdict)

    def _verdict(self, said: str) -> str:
        first = said[:1].casefold()
        if first not in ("y", "n") and said not in map(str, range(1, len(self._sections) + 1)):
            raise WrongAnswerError("type y, n or a number")
        return first


def _coordinates_or_later(said: str) -> takes.Coordinates | None:
    return None if said.casefold() == takes.LATER else takes.coordinates(said)


def _token(said: str) -> tuple[str, Token]:
    try:
        return said, decode(said)
    except TokenError as error:
        raise WrongAnswerError(str(error)) from None


def _known_c2(config: Path) -> str:
    """Where tracks go now, and who says so; empty where nobody does."""
    try:
        found = load(config)
    except ConfigError:
        return ""
    by = "by its enrolment" if "live" in found.enrolled else "as node.toml says"
    return f"{found.c2.live}, {by}" if found.c2.live else ""
