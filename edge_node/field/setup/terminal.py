"""Questions and answers, line by line, without colour, cursor or library: for a serial console, a pipe, and 40 columns."""

from __future__ import annotations

import select
import textwrap
from collections.abc import Callable, Mapping
from typing import TextIO, TypeVar

T = TypeVar("T")
LEAST_COLUMNS, MOST_COLUMNS = 24, 76
MOST_LETTERS = 4_096
"""What a terminal hands over at once, and more than any answer."""
CTRL_C_WITHIN_S = 0.2

UNREADABLE = "\ufffd"
Keep = Callable[[Mapping[str, str]], None]


class StoppedError(Exception):
    """The input ended: a closed window, or Ctrl-D."""


class WrongAnswerError(ValueError):
    """What was typed cannot be; the text says why."""


class Terminal:
    """Asks on `out` and reads from `typed`; `before` are answers of an earlier run by question, and become defaults.

    `keep` is told all answers after each one, so that a lost connection loses none.
    """

    def __init__(self, typed: TextIO, out: TextIO, columns: int, before: Mapping[str, str] | None = None, keep: Keep | None = None) -> None:
        self._typed, self._out = typed, out
        self._width = max(LEAST_COLUMNS, min(columns - 1, MOST_COLUMNS))
        self._answers = dict(before or {})
        self._keep = keep

    def say(self, text: str = "", indent: int = 0) -> None:
        """Words, wrapped; what has no spaces, such as a key, is never broken."""
        for line in text.split("\n"):
            begin = " " * indent
            parts = textwrap.wrap(
                line, self._width, initial_indent=begin, subsequent_indent=begin, break_long_words=False, break_on_hyphens=False
            )
            self._out.write("\n".join(parts) + "\n")
        self._out.flush()

    def ask(self, key: str, question: str, default: str, explain: str, take: Callable[[str], T]) -> T:
        """An answer that `take` takes (it raises WrongAnswerError); Enter is the default, ? explains. Raises StoppedError."""
        shown = self._answers.get(key, default)
        while True:
            said = self._line(f"{question} [{shown}]") or shown
            if said == "?":
                self.say(explain, indent=2)
                continue
            try:
                taken = take(said)
            except WrongAnswerError as error:
                self.say(f"{error}; ? explains", indent=2)
                shown = default if said == shown else shown
                continue
            self._note(key, said)
            return taken

    def yes(self, key: str, question: str, explain: str, *, default: bool) -> bool:
        """Yes or no."""
        return self.ask(key, f"{question} y/n", "y" if default else "n", explain, _yes_or_no)

    def choose(self, key: str, question: str, among: Mapping[str, str], explain: str, default: str) -> str:
        """One of several, which are words by name, chosen by number; remembered by name, for numbers change with what is plugged in."""
        names = list(among)
        self.say(question)
        for number, words in enumerate(among.values(), start=1):
            self.say(f"{number} {words}", indent=2)
        was = self._answers.get(key, default)

        def one(said: str) -> str:
            if not said.isdecimal() or not 1 <= int(said) <= len(names):
                raise WrongAnswerError(f"type a number from 1 to {len(names)}")
            return names[int(said) - 1]

        self._answers.pop(key, None)
        name = self.ask(key, "Which", str(names.index(was if was in among else default) + 1), explain, one)
        self._note(key, name)
        return name

    def secret(self, question: str, explain: str, take: Callable[[str], T]) -> T | None:
        """An answer that is remembered nowhere, perhaps broken over several lines by who sent it; None for none at all."""
        said = ""
        while True:
            more = self._line(f"{question} [none]" if not said else "The rest of it [none]")
            if more == "?":
                self.say(explain, indent=2)
                continue
            if not more:
                return None
            said += more
            try:
                return take(said)
            except WrongAnswerError as error:
                self.say(f"{error}. Paste the rest, or press Enter to leave it.", indent=2)

    def forget(self, key: str) -> None:
        """Ask as if it had never been answered."""
        self._answers.pop(key, None)

    def _line(self, prompt: str) -> str:
        """One typed line; the cursor stands on a line of its own where the question would leave no room."""
        self.say(prompt)
        self._out.write("> ")
        self._out.flush()
        self._wait()
        said = self._typed.readline(MOST_LETTERS)
        if not said:
            raise StoppedError
        return "".join(sign for sign in said if sign.isprintable()).strip()

    def _wait(self) -> None:
        """Until a terminal hands over a line: a Ctrl-C just before a read would not end that read (signal(7)), and be lost until Enter."""
        while self._typed.isatty() and not select.select([self._typed], [], [], CTRL_C_WITHIN_S)[0]:
            pass

    def _note(self, key: str, said: str) -> None:
        self._answers[key] = said
        if self._keep is not None:
            self._keep(self._answers)


def _yes_or_no(said: str) -> bool:
    first = said[:1].casefold()
    if first not in ("y", "n"):
        raise WrongAnswerError("type y or n")
    return first == "y"
