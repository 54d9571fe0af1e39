"""python -m tools.page_shots: the node's status page on a laptop and on a phone, of simulated and made sensors, into docs/images."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, Page

from tools.c2.web.browser import browser
from tools.page_stage import PageStage, page_stage

IMAGES = Path(__file__).parents[1] / "docs" / "images"
RUNS_WITHIN_S, TRAILS_MS, SETTLE_MS = 60.0, 40_000, 1_000
LAPTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 1000}, "color_scheme": "dark"}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 1.5, "has_touch": True, "is_mobile": True}
COLOURS_BITS = 5
"""Of each channel: a flat page loses nothing by it, and its PNG half of its size."""


def main() -> None:
    """All of them."""
    with page_stage("camera = true") as stage, browser() as opened:
        _until_running(stage)
        laptop, phone = _open(opened, stage, LAPTOP), _open(opened, stage, {**PHONE, "color_scheme": "light"})
        night = _open(opened, stage, {**PHONE, "color_scheme": "dark"})
        laptop.wait_for_timeout(TRAILS_MS)
        _shoot(laptop, "page-laptop.png")
        _shoot(phone, "page-phone-sun.png")
        night.locator(".view", has_text="Camera").locator("summary").click()
        night.locator(".view", has_text="Sound").evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 70)")
        night.wait_for_timeout(2 * SETTLE_MS)
        _shoot(night, "page-phone-live.png")


def _until_running(stage: PageStage) -> None:
    end_s = time.monotonic() + RUNS_WITHIN_S
    while (now := stage.here.status()) is None or now.hub.state != "running":
        if time.monotonic() > end_s:
            raise TimeoutError("the node does not run")
        time.sleep(0.1)


def _open(opened: Browser, stage: PageStage, device: dict[str, Any]) -> Page:
    page = opened.new_context(**device).new_page()
    page.goto(f"http://{stage.address}/")
    return page


def _shoot(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / name)
    drop = 8 - COLOURS_BITS
    picture = np.asarray(cv2.imread(str(IMAGES / name)), np.uint8)
    cv2.imwrite(str(IMAGES / name), picture >> drop << drop | picture >> COLOURS_BITS, (cv2.IMWRITE_PNG_COMPRESSION, 9))
    print(IMAGES / name)


if __name__ == "__main__":
    main()
