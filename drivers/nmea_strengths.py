"""How strong a GNSS receiver hears its satellites, by the GSV sentences of NMEA 0183: a measure of antenna, cable and jamming."""

from __future__ import annotations

from collections.abc import Sequence

STRONGEST = 4
"""Of all in view: what antenna and band give, whatever hides the others."""
MOST_KEPT = 64
ROUNDS = 3
"""A satellite that so many rounds of GSV do not tell of is no longer heard."""


class Strengths:
    """C/N0 by talker and satellite."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, int]] = {}
        self._round = 0

    def take(self, fields: Sequence[str]) -> None:
        """One GSV sentence: groups of four of number, elevation, azimuth and C/N0 in dB-Hz, empty where it is not heard."""
        self._round += fields[2] == "1"
        talker = fields[0][:2]
        for first in range(4, len(fields) - 3, 4):
            number, strength = fields[first], fields[first + 3]
            if number.isdecimal() and strength.isdecimal() and len(number) <= 3 and len(strength) <= 2:
                self._note((talker, number), float(strength))

    def _note(self, who: tuple[str, str], strength: float) -> None:
        if who in self._known or len(self._known) < MOST_KEPT:
            self._known[who] = strength, self._round

    def strongest_dbhz(self) -> float | None:
        """The mean of the strongest four; None before there were so many."""
        talkers = max(1, len({talker for talker, _ in self._known}))
        oldest = self._round - ROUNDS * talkers
        self._known = {who: told for who, told in self._known.items() if told[1] > oldest}
        strongest = sorted((strength for strength, _ in self._known.values()), reverse=True)[:STRONGEST]
        return sum(strongest) / STRONGEST if len(strongest) == STRONGEST else None
