"""What the name of a file of bare IQ says: format, rate and centre, as rtl_433, GNU Radio, gqrx, URH, inspectrum and people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drivers.iq_formats import IqFormat

SUFFIXES: dict[str, IqFormat] = {
    **dict.fromkeys((".cu8", ".uc8", ".complex16u"), "cu8"),
    **dict.fromkeys((".cs8", ".sc8", ".c8", ".complex16s"), "cs8"),
    **dict.fromkeys((".cs16", ".sc16", ".c16", ".complex32s"), "cs16"),
    **dict.fromkeys((".cf32", ".fc32", ".cfile", ".complex"), "cf32"),
}
SCALES = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}
LOWEST_TUNED_HZ, HIGHEST_TUNED_HZ = 24e6, 6e9
"""What such a radio can be tuned to: a bare 2M is a rate, a bare 868M a centre."""

LEAST_CENTRE_HZ, MOST_CENTRE_HZ = 100e3, 300e9
"""Whatever is lower, such as a packet rate, is something else's frequency."""

LEAST_RATE_HZ, MOST_RATE_HZ = 1e3, 200e6
YEARS = range(1990, 2100)

_NUMBER = r"(\d+(?:\.\d+)?)"
_RATE = re.compile(_NUMBER + r"(?:([kKmMgG]?)[Ss][Pp][Ss]|([kMG])S)")
_CENTRE = re.compile(_NUMBER + r"([kKMG]?)(?:Hz|HZ|hz)")
_BARE = re.compile(r"(\d+(?:\.\d+)?)([kKMG])(\d*)")
_POWER = re.compile(r"\d+(?:\.\d+)?e\d")
_URH_CENTRE = re.compile(r"-(\d+)_(\d+)([kMG]?Hz)(?=-)")
_GQRX = re.compile(r"gqrx_\d{8}_\d{6}_(\d+)_(\d+)_fc")
_CUT = re.compile(r"[_\-\s@,;]+")


class Named(NamedTuple):
    """What a name says; None of what it leaves open."""

    form: IqFormat | None = None
    rate_hz: float | None = None
    center_hz: float | None = None


def named(path: Path) -> Named:
    """What this name says: of `x_868.950M_1M6.cu8` cu8, 1.6 MS/s at 868.95 MHz."""
    form = SUFFIXES.get(path.suffix.lower())
    stem = path.stem if path.suffix else path.name
    if told := _GQRX.fullmatch(stem):
        return Named("cf32", *_plausible(float(told[2]), float(told[1])))
    words = _CUT.split(_URH_CENTRE.sub(r"-\1.\2\3", stem))
    rate = next(_all(_RATE, words), None)
    centre = next((hz for hz in _all(_CENTRE, words) if hz >= LEAST_CENTRE_HZ), None)
    bare = [value for word in words if (value := _bare(word)) is not None]
    if centre is None:
        centre = next((hz for hz in bare if hz >= LOWEST_TUNED_HZ), None)
    if rate is None:
        rate = next((value for value in bare if value != centre), None)
    if centre is None and rate is not None:
        centre = _megahertz_before_rate(words)
    if rate is None and centre is None:
        rate, centre = _whole_hertz(words)
    return Named(form, *_plausible(rate, centre))


def _all(pattern: re.Pattern[str], words: list[str]) -> Iterator[float]:
    for word in words:
        if found := pattern.fullmatch(word):
            yield _scaled(found[1], "".join(letter or "" for letter in found.groups()[1:]))


def _scaled(number: str, letter: str) -> float:
    """In Hz, of as many digits as were written: 868.95 M is not 868950000.0000001."""
    return round(float(number) * SCALES[letter.upper()], 3)


def _bare(word: str) -> float | None:
    """Of rtl_433's 250k and 433.92M, of 2.4e6, and of 1M6 as it stands on a part."""
    if _POWER.fullmatch(word):
        return float(word)
    found = _BARE.fullmatch(word)
    if found is None or (found[3] and "." in found[1]):
        return None
    return _scaled(f"{found[1]}.{found[3]}" if found[3] else found[1], found[2])


def _megahertz_before_rate(words: list[str]) -> float | None:
    """Of adsb_1090_2MSps: a bare number just before the rate, that is no year."""
    for word, following in pairwise(words):
        if (_RATE.fullmatch(following) or _bare(following)) and re.fullmatch(_NUMBER, word):
            mhz = float(word)
            if LOWEST_TUNED_HZ <= mhz * 1e6 <= HIGHEST_TUNED_HZ and mhz not in YEARS:
                return _scaled(word, "M")
    return None


def _whole_hertz(words: list[str]) -> tuple[float | None, float | None]:
    """Rate and centre of x_868950000_2400000; a date and a time are too low for a centre."""
    for word, following in pairwise(words):
        if word.isdecimal() and following.isdecimal():
            centre, rate = float(word), float(following)
            if LOWEST_TUNED_HZ <= centre <= HIGHEST_TUNED_HZ and 10 * LEAST_RATE_HZ <= rate <= MOST_RATE_HZ and rate < centre:
                return rate, centre
    return None, None


def _plausible(rate_hz: float | None, center_hz: float | None) -> tuple[float | None, float | None]:
    """Without what no radio does."""
    good_rate = rate_hz is not None and LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ
    good_centre = center_hz is not None and LEAST_CENTRE_HZ <= center_hz <= MOST_CENTRE_HZ
    return rate_hz if good_rate else None, center_hz if good_centre else None
