"""python -m tools.c2.web.screenshots: the page on a laptop and on a phone, of simulated nodes, into docs/images."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page

from edge_node.publish.keys import load_or_make
from tools.c2.enrolment import Enrolment
from tools.c2.web.browser import browser
from tools.c2.web.stage import WebStage, web_stage

IMAGES = Path(__file__).parents[3] / "docs" / "images"
TRAILS_S = 25.0
SETTLE_MS = 1_200
LAPTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 720}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 1.5, "has_touch": True, "is_mobile": True}
HAPPENED = (
    ("quay-west", "confirmed", "TST0CCOURIER00002 is confirmed", 71),
    ("silo", "confirmed", "TST0CTERMINAL0003 is confirmed", 64),
    ("silo", "reclassified", "TST0CTERMINAL0003: in zone Terminal (prohibited)", 63),
    ("lighthouse", "suspected", "TST0CNOBODY000004: position jump, rssi too strong", 40),
    ("lighthouse", "health", "amber: microphones: 3 of 4 deliver data", 12),
)


def main() -> None:
    """All of them."""
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="edge-node-") as folder, web_stage(Path(folder)) as stage, browser() as opened:
        _prepare(stage, Path(folder))
        time.sleep(TRAILS_S)
        laptop = _open(opened, stage, LAPTOP)
        _choose(laptop, "TST0CTERMINAL0003", "c2-laptop.png")
        phone = _open(opened, stage, PHONE)
        _shoot(phone, "c2-phone.png")
        _choose(phone, "TST0CNOBODY000004", "c2-phone-track.png")
        phone.click("#look")
        phone.click("#tab-nodes")
        phone.click("#fit")
        _shoot(phone, "c2-phone-sun.png")


def _prepare(stage: WebStage, folder: Path) -> None:
    """A node that was revoked, one that keeps rows back, and a log as the nodes' events would fill it."""
    enrolment = Enrolment(stage.state_dir)
    enrolment.enrol("breakwater", load_or_make(folder / "breakwater").public)
    enrolment.revoke("breakwater")
    stage.nodes[0].counters = {"spool_rows": 132}
    now_ms = time.time_ns() // 1_000_000
    for node, event, words, ago_s in HAPPENED:
        stage.page.take({"kind": "event", "node": node, "node8": "", "event": event, "words": words, "t_utc_ms": now_ms - 1000 * ago_s})


def _open(opened: Browser, stage: WebStage, device: dict[str, Any]) -> Page:
    page = opened.new_context(**device).new_page()
    page.goto(stage.page.url)
    page.wait_for_url(f"http://{stage.page.address}/")
    page.wait_for_timeout(2 * SETTLE_MS)
    page.click("#fit")
    return page


def _choose(page: Page, track: str, name: str) -> None:
    page.locator("#track-rows .row", has_text=track).click()
    page.click("#fit")
    _shoot(page, name)


def _shoot(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / name)
    print(IMAGES / name)


if __name__ == "__main__":
    main()
