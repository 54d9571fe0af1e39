"""The page of a trial: what it says, that it carries nothing in, and that a browser shows it under a policy that allows nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser

from tests.tools.score.sabotages import askew
from tests.tools.score.trials import made
from tools.report import FIGURES, PAGE, write
from tools.report.page import POLICY
from tools.score import Scores
from tools.trial.outcome import HEARD, TRUTH, Head, Heard, NodeStood, Outcome, Spent, Struck, TruthRow, write_head, write_lines

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e"
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """All elements and attributes, and whether every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(page: Path) -> tuple[str, Reader]:
    said, reader = page.read_text(encoding="utf-8"), Reader()
    reader.feed(said)
    assert not reader.open
    return said, reader


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A trial that went wrong with faults, and a clean one."""
    folder = tmp_path_factory.mktemp("trials")
    faults = Struck("stall", "camera", 15.0, 22.0), Struck("disk_full", "hub", 24.0, 25.0, "it is not root")
    made(folder / "clean", 1, seconds=30.0)
    made(folder / "askew", 2, askew, faults=faults, deaf=(15.0, 22.0), seconds=30.0)
    yield folder / "askew", folder / "clean"
    shutil.rmtree(folder)


def test_it_says_the_verdict_first_and_all_parts_of_it(folders: tuple[Path, Path]) -> None:
    said, reader = _read(write(*folders))
    words = re.sub(r"<[^>]+>", " ", said[said.index("<body") :])
    parts = ("Trial of made", "red", "Scene", "Seed", "Detection", "Tracking", "Identification", "By sensor", "By range", "Map", "Sky")
    more = ("Azimuth over time", "Range over time", "When", "Faults", "What it was taken for")
    found = [words.index(part) for part in (*parts, *more)]
    assert found == sorted(found)
    assert "could not strike: it is not root" in words
    assert "▼ worse" in words
    bias = words[words.index("Azimuth bias", words.index("By sensor")) :]
    assert bias.index("MISSED") < bias.index("Elevation bias")
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(reader.tags)
    assert not {name for name in reader.attributes if name.startswith("on") or name in ("src", "href", "action")}


def test_the_json_beside_it_is_the_scores(folders: tuple[Path, Path]) -> None:
    folder, _ = folders
    write(folder)
    told = msgspec.json.decode((folder / FIGURES).read_bytes())
    assert told["verdict"] == "red"
    scores = msgspec.convert(told["scores"], Scores)
    assert scores.nodes[0].figure("sensor_azimuth_bias_deg", "camera").value == pytest.approx(5.0, abs=2.5)
    states = {(row["figure"]["name"], row["figure"]["of"]): row["state"] for row in told["budget"]}
    assert states["sensor_azimuth_bias_deg", "camera"] == "missed"


def test_a_run_beside_itself_differs_in_nothing(folders: tuple[Path, Path]) -> None:
    _, clean = folders
    said, _ = _read(write(clean, clean))
    assert "no difference" in said
    assert "worse</span>" not in said


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    fault = Struck(HOSTILE, HOSTILE, 1.0, 2.0, HOSTILE)
    node = NodeStood(HOSTILE.replace("/", ""), 48.0, 11.0, 500.0, 0)
    head = Head(HOSTILE, 1, 10.0, "offline", HOSTILE, 0, (node,), (), (fault,), (Spent(HOSTILE, HOSTILE, 0.1, 10.0),))
    write_head(tmp_path, head)
    rows = [TruthRow(k / 10, HOSTILE, HOSTILE, 48.001, 11.001, 550.0, 0.0, 0.0, 0.0, (HOSTILE,), HOSTILE) for k in range(100)]
    write_lines(tmp_path / TRUTH, rows)
    health = {"kind": "event", "event": "health", "node": node.name, "words": f"{HOSTILE} {HOSTILE}", "verdict": None, "sensor_state": None}
    write_lines(tmp_path / HEARD, [Heard(1.5, health)])
    said, reader = _read(write(tmp_path))
    assert {"script", "img"}.isdisjoint(reader.tags)
    assert "onerror" not in reader.attributes
    assert "\u202e" not in said
    assert "&lt;script&gt;" in said


@pytest.mark.parametrize("width", [360, 1200])
def test_a_browser_shows_it_whole_on_a_phone_and_on_a_desk_and_complains_of_nothing(
    folders: tuple[Path, Path], chrome: Browser, width: int
) -> None:
    target = write(*folders)
    page = chrome.new_context(viewport={"width": width, "height": 740}, color_scheme="dark").new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url) if request.url != target.as_uri() else None)
    page.goto(target.as_uri())
    assert complaints == []
    box = page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= width
    for picture in page.locator("svg").all():
        drawn = picture.bounding_box()
        assert drawn is not None
        assert drawn["x"] >= 0
        assert drawn["x"] + drawn["width"] <= width
        assert drawn["height"] > 150
    page.context.close()
    assert POLICY in target.read_text(encoding="utf-8").replace("&#x27;", "'")


def test_the_command_says_where_the_page_is_or_what_is_wrong(folders: tuple[Path, Path], tmp_path: Path) -> None:
    good = subprocess.run(
        [sys.executable, "-m", "tools.report", *map(str, folders)], check=False, capture_output=True, text=True, timeout=100
    )
    assert (good.returncode, good.stdout.strip()) == (0, str(folders[0] / PAGE))
    bad = subprocess.run([sys.executable, "-m", "tools.report", str(tmp_path)], check=False, capture_output=True, text=True, timeout=100)
    assert bad.returncode == 1
    assert "trial.json" in bad.stderr
    assert "Traceback" not in bad.stderr


def test_a_trial_of_an_empty_sky_has_a_page(tmp_path: Path) -> None:
    write_lines(tmp_path / TRUTH, [])
    write_lines(tmp_path / HEARD, [])
    write_head(tmp_path, Head("empty", 1, 10.0, "virtual", "0.1.0", 0, (NodeStood("mast", 48.0, 11.0, 500.0, 0),)))
    _read(write(tmp_path))
    assert Outcome(tmp_path).head.scene == "empty"
