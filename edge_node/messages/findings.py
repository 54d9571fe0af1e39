"""What somebody who looked after the node found: the word that doctor, health and the status share."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Grade = Literal["ok", "warn", "fail"]


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: how it is in words, and what to touch where it is not well.

    `about` is node, power, temperature, storage, memory, time, position, link, configuration, or a sensor's name; `name` says what, for
    programs (under_voltage, microphone_silent), and never changes. "warn" works, but not as it should; "fail" does not work.
    """

    about: str
    name: str
    grade: Grade
    words: str
    touch: str = ""
