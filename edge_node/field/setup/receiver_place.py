"""Where the node is, by the GNSS receiver that is plugged into it: the middle of some fixes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from msgspec import Struct

from drivers.blocks import GnssFix
from drivers.gnss import Gnss
from drivers.source import SourceError

FIXES = 10
USUAL_BAUDS = (9_600, 38_400, 115_200)
SILENT_S = 4.0
"""So long a receiver is listened to at one rate before another is tried."""

TELL_EVERY_S = 5.0


class Measured(Struct, frozen=True):
    """The middle of `fixes` fixes; `sigma_m` is what the receiver says of them, None where it says nothing; `baud` is how it speaks."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_m: float | None
    fixes: int
    baud: int | None


class NoPlaceError(Exception):
    """The receiver did not tell; the text says why."""


def measure(options: dict[str, Any], wait_s: float, say: Callable[[str], None]) -> Measured:
    """Listen until there are enough fixes or the time is over; `say` hears now and then how it goes. Raises NoPlaceError."""
    until_s = time.monotonic() + wait_s
    port, gpsd = options.get("port"), options.get("gpsd")
    bauds = tuple(dict.fromkeys((int(options.get("baud", USUAL_BAUDS[0])), *USUAL_BAUDS))) if gpsd is None else (USUAL_BAUDS[0],)
    why = f"no fix within {wait_s:.0f} s: it needs a view of the sky, and a cold start takes minutes"
    for baud in bauds:
        fixes: list[GnssFix] = []
        source = Gnss(port=port, baud=baud, gpsd=gpsd, silent_after_s=SILENT_S)
        try:
            source.open()
            _gather(source, fixes, until_s, say)
        except SourceError as error:
            why = str(error)
        finally:
            source.close()
        if fixes:
            return _middle(fixes, None if port is None else baud)
        if time.monotonic() >= until_s:
            break
    raise NoPlaceError(why)


def _gather(source: Gnss, fixes: list[GnssFix], until_s: float, say: Callable[[str], None]) -> None:
    """Fixes until there are enough or the time is over; raises SourceError."""
    tell_at_s = 0.0
    for block in source.blocks():
        if isinstance(block, GnssFix) and block.latitude_deg is not None and block.longitude_deg is not None:
            fixes.append(block)
        now_s = time.monotonic()
        if len(fixes) >= FIXES or now_s >= until_s:
            return
        if now_s >= tell_at_s:
            say(source.words())
            tell_at_s = now_s + TELL_EVERY_S


def _middle(fixes: list[GnssFix], baud: int | None) -> Measured:
    heights = [fix.altitude_wgs84_m for fix in fixes if fix.altitude_wgs84_m is not None]
    sigmas = [fix.sigma_horizontal_m for fix in fixes if fix.sigma_horizontal_m is not None]
    return Measured(
        latitude_deg=round(median(fix.latitude_deg for fix in fixes if fix.latitude_deg is not None), 6),
        longitude_deg=round(median(fix.longitude_deg for fix in fixes if fix.longitude_deg is not None), 6),
        altitude_wgs84_m=round(median(heights), 1) if heights else None,
        sigma_m=median(sigmas) if sigmas else None,
        fixes=len(fixes),
        baud=baud,
    )
