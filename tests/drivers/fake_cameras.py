"""Cameras that a reader's process opens in place of a device: each is a Grabber, and what it does stands in its request's `device`."""

from __future__ import annotations

import os
import time

import numpy as np

from drivers.grabbed import Grabbed, Request
from drivers.source import SourceAbsent, SourceLost
from tools.simulate.numbered_pictures import numbered

OPENER = "tests.drivers.fake_cameras:FakeCamera"
RATE_HZ = 25.0
MANY = 1 << 40
FOR_EVER_S = 3_600.0


def pictures_until(fate: str, after: int) -> str:
    """The `device` of a camera that gives so many pictures and then meets its fate."""
    return f"{fate}:{after}"


class FakeCamera:
    """Numbered pictures at 25 Hz of the size that was asked for; each is number n at n / 25 s of the monotonic clock."""

    def __init__(self, request: Request) -> None:
        self.fate, _, after = request["device"].partition(":")
        self.after = int(after or MANY)
        self.width, self.height = request["width"], request["height"]
        self.wide = request["pixel_format"] == "Y16"
        self.count = 0
        if self.fate == "absent":
            raise SourceAbsent("there is no such camera")
        if self.fate == "fail":
            raise ValueError("rtsp://user:secret@host")
        if self.fate == "never_opens":
            time.sleep(FOR_EVER_S)

    def words(self) -> str:
        """For the status."""
        return "a fake camera"

    def grab(self) -> Grabbed | None:
        """The next picture, or what comes instead."""
        number = int(time.monotonic() * RATE_HZ) + 1
        time.sleep(max(0.0, number / RATE_HZ - time.monotonic()))
        self.count += 1
        if self.count > self.after:
            return self._meet_fate(number)
        return self._picture(number)

    def _picture(self, number: int) -> Grabbed:
        picture = numbered(number, self.width, self.height)
        wide = picture.astype(np.uint16) * 16 + 28_000
        now_ns = time.monotonic_ns()
        return Grabbed(wide if self.wide else picture, now_ns, now_ns - 1_000_000)

    def _meet_fate(self, number: int) -> Grabbed | None:
        if self.fate == "hangs":
            time.sleep(FOR_EVER_S)
        elif self.fate == "dies":
            os.abort()
        elif self.fate == "ends":
            raise SourceLost("it is unplugged")
        elif self.fate == "shrinks":
            self.width //= 2
        return None if self.fate == "spoils" or (self.fate == "stutters" and self.count % 10 == 0) else self._odd(number)

    def _odd(self, number: int) -> Grabbed:
        found = self._picture(7 if self.fate in ("freezes", "blackens") else number)
        if self.fate == "blackens":
            return found._replace(picture=np.full_like(found.picture, 3))
        return found._replace(shutter=self.fate == "shutter", kelvin_per_count=0.0 if self.fate == "no_t_linear" else None)
