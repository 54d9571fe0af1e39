"""The incident page in a real browser: all is there to see, offline, on a phone and on paper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from edge_node import cli
from edge_node.commands.export import export
from tests.edge_node.node.kept_scene import OPERATOR, SERIAL, kept_folder

DESKTOP, PHONE = {"width": 1100, "height": 900}, {"width": 390, "height": 844}
SECTIONS = ["In short", "Where", "Time line", "Tracks", "Pictures", "The node", "Files of the recording"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = kept_folder(tmp_path_factory.getbasetemp())
    out = tmp_path_factory.mktemp("page") / "incident.html"
    told = cli.parser().parse_args(["export", str(folder), "--role", "investigator", "-o", str(out)])
    assert export(told) == os.EX_OK
    return out


@pytest.fixture
def page(chrome: Browser, written: Path) -> Iterator[Page]:
    """Without a network, and with all that goes wrong noted in its title's place."""
    context = chrome.new_context(viewport=DESKTOP, offline=True)  # type: ignore[arg-type]
    opened = context.new_page()
    opened.noted = []  # type: ignore[attr-defined]
    opened.on("console", lambda said: opened.noted.append(said.text))  # type: ignore[attr-defined]
    opened.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else opened.noted.append(asked.url))  # type: ignore[attr-defined]
    opened.goto(written.as_uri())
    yield opened
    context.close()


def test_all_of_it_is_there(page: Page) -> None:
    assert page.locator("h2").all_inner_texts() == SECTIONS
    table = page.locator("table.tracks")
    assert table.locator("tr").count() == 1 + 5
    assert SERIAL in table.inner_text()
    assert OPERATOR in table.inner_text()
    assert "heard: multirotor" in table.inner_text()
    assert "one radio speaks for several aircraft" in table.inner_text()
    assert page.noted == []  # type: ignore[attr-defined]


def test_every_drawing_and_picture_is_to_be_seen(page: Page) -> None:
    for drawing in page.locator("svg").all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 100
    assert page.locator("svg").count() == 3
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 100)")
    assert page.locator("img").count() == 8
    assert page.locator("svg image").count() == 2
    for words in ("N", "node", "500 m", "op. 1"):
        assert page.locator("svg text", has_text=words).first.is_visible()


def test_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_it_prints_on_a4(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert 2 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type /Page ") <= 6
