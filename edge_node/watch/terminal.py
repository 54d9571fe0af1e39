"""A terminal of its own screen: keys without Enter, as few bytes as show what changed, and all as it was at any end."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

from edge_node.watch.cells import COLOURED, COLOURLESS, Line, Row, changes, row

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
"""Another screen (xterm, Linux, tmux, phones), no cursor, no line breaks by itself, empty."""
LEAVE = "\x1b[0m\x1b[2J\x1b[?7h\x1b[?25h\x1b[?1049l"
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
MOST_KEYS = 64
FUNCTION_KEY = re.compile(rb"\x1b(?:\[[0-9;?]*[^0-9;?]|O?[^\[])?")
"""What an arrow or a function key sends; none of them is ours."""
LEAVE_WITHIN_S = 1.0
"""A link that stands still must not hold up the end."""
FALLBACK = (80, 24)
MOST_CELLS = 500, 200


class Ended(BaseException):
    """A signal ends it, wherever it is; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Terminal:
    """A context: what it changed it gives back when it is left, by an error or a signal too; SIGKILL alone leaves it to `reset`."""

    def __init__(self, *, colour: bool, in_ascii: bool) -> None:
        self._looks = COLOURED if colour else COLOURLESS
        self._in_ascii = in_ascii
        self._typed, self._shown = sys.stdin.fileno(), sys.stdout.fileno()
        self._modes = termios.tcgetattr(self._typed)
        self._rows: list[Row] = []
        self._woken, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._anew = False
        self.written = 0

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number, act in ((signal.SIGTSTP, self._pause), (signal.SIGCONT, self._go_on), (signal.SIGWINCH, _look_up)):
            signal.signal(number, act)
        try:
            for number in ENDING:
                signal.signal(number, _end)
            self._take()
        except BaseException:
            self._give_back()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            for number in (*ENDING, signal.SIGTSTP, signal.SIGCONT):
                signal.signal(number, signal.SIG_IGN)  # what is begun here is ended
        finally:
            self._give_back()
        signal.set_wakeup_fd(-1)
        os.close(self._woken)
        os.close(self._waker)

    def size(self) -> tuple[int, int]:
        """Columns and rows as they are now; where the line does not tell, those of an old terminal."""
        try:
            columns, rows = os.get_terminal_size(self._shown)
        except OSError:
            columns, rows = FALLBACK
        return min(columns or FALLBACK[0], MOST_CELLS[0]), min(rows or FALLBACK[1], MOST_CELLS[1])

    def show(self, lines: Sequence[Line]) -> None:
        """Write what changed since the last time; raises OSError once nobody sees it any more."""
        columns, count = self.size()
        fresh = [row(lines[k] if k < len(lines) else (), columns, in_ascii=self._in_ascii) for k in range(count)]
        if self._anew or (self._rows and (len(self._rows), len(self._rows[0])) != (count, columns)):
            self._anew = False
            self.forget()
        data = changes(self._rows, fresh, self._looks)
        self._rows = fresh
        self._write(data)

    def forget(self) -> None:
        """Draw all anew the next time."""
        self._rows = []
        self._write("\x1b[0m\x1b[2J")

    def keys(self, seconds: float) -> str:
        """What was pressed within so long; returns sooner for a key, a signal or another size. Raises EOFError at the line's end."""
        ready, _, _ = select.select([self._typed, self._woken], [], [], seconds)
        if self._woken in ready:
            os.read(self._woken, MOST_KEYS)
        if self._typed not in ready:
            return ""
        data = os.read(self._typed, MOST_KEYS)
        if not data:
            raise EOFError
        return FUNCTION_KEY.sub(b"", data).decode("ascii", "replace")

    def _take(self) -> None:
        tty.setcbreak(self._typed, termios.TCSANOW)
        self._write(ENTER)

    def _give_back(self) -> None:
        """Modes first, which no slow link can hold up; then the screen, unless nobody takes what is written."""
        with suppress(OSError, termios.error):
            termios.tcsetattr(self._typed, termios.TCSANOW, self._modes)
        with suppress(OSError):
            if select.select([], [self._shown], [], LEAVE_WITHIN_S)[1]:
                self._write(LEAVE)

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.written += len(data)
        while data:
            data = data[os.write(self._shown, data) :]

    def _pause(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 -- the signal module's signature
        """Ctrl-Z: the terminal is the shell's until the job goes on."""
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 -- the signal module's signature
        """Whoever was stopped, by whatever, finds another screen than he left."""
        with suppress(OSError, termios.error):  # a line that is lost wakes whoever sleeps, too
            self._take()
        self._anew = True


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- the signal module's signature
    raise Ended(number)


def _look_up(number: int, frame: FrameType | None) -> None:
    """Another size: that the signal came wakes `keys`."""
