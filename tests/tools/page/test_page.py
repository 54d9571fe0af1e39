"""The node's page in a real browser: over a real node on made recordings, and over whatever a test lets a node say."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from edge_node.messages import Bearing, Coverage, Identity, Suspicion, Track, UasId
from tests.edge_node.page.served import TOKEN, failing, fill, served, told
from tests.edge_node.publish.scene import full_track
from tests.running import wait_for
from tools.page_stage import PageStage, page_stage

MARKUP = "<img src=x onerror=document.title='owned'>"
TURNED = "safe\u202eelbuort\u0007"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
DRAWN = """() => [...document.querySelectorAll(".fall canvas")].map((canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(data.buffer)).size;
})"""


@contextmanager
def screen(chrome: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A tab at the page; anything that its console calls an error fails the test."""
    context = chrome.new_context(**options)
    errors: list[str] = []
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"http://{address}/")
        yield page
        assert [one for one in errors if "ERR_" not in one and "401" not in one] == []
    finally:
        context.close()


@contextmanager
def speaking(folder: Path, *tracks: Track, **node: Any) -> Iterator[None]:
    """A node that says the same twice a second."""
    stop = Event()
    fill(folder, told(**node), tracks)

    def speak() -> None:
        while not stop.wait(0.5):
            fill(folder, told(**node), tracks)

    thread = Thread(target=speak)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def at_work(stage: PageStage) -> PageStage:
    """Once its hub runs."""
    wait_for(lambda: (now := stage.here.status()) is not None and now.hub.state == "running", 30, "the node runs")
    return stage


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    with page_stage() as opened:
        yield at_work(opened)


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_real_node_is_shown_as_it_is(chrome: Browser, stage: PageStage, device: dict[str, Any]) -> None:
    with screen(chrome, stage.address, **device) as page:
        expect(page.locator("#live")).to_have_text("live", timeout=20_000)
        expect(page.locator("#name")).to_have_text("demo-mast")
        wait_for(lambda: page.locator("#tracks li").count() >= 6, 60, "tracks are listed")
        wait_for(lambda: page.locator("#sky .marks g").count() >= 5, 30, "tracks are in the sky")
        expect(page.locator("#tracks")).to_contain_text("TST0CHVER00000001")
        expect(page.locator("#sensors li", has_text="wifi")).to_contain_text("s ago")
        expect(page.locator("#link")).to_contain_text("C2 asks for the tracks", timeout=20_000)
        expect(page.locator("#log li").first).to_contain_text("edge_node")
        wait_for(lambda: [colours > 8 for colours in page.evaluate(DRAWN)] == [True, True], 30, "both waterfalls are drawn")
        expect(page.locator(".fall .high").nth(1)).to_have_text("868.15 MHz")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out at the side"
        small = "[...document.querySelectorAll('button')].filter(one => one.offsetParent && one.offsetHeight < 44).length"
        assert page.evaluate(small) == 0, "what is touched is as large as a finger"
        operators = page.evaluate("fetch('/tracks.json').then(a => a.json()).then(a => a.tracks.map(t => t.identity?.operator_id))")
        assert set(operators) == {None}


def test_pictures_are_not_shown_unless_the_configuration_says_so(chrome: Browser, stage: PageStage) -> None:
    with screen(chrome, stage.address, **PHONE) as page:
        page.locator(".view", has_text="Camera").locator("summary").click(timeout=30_000)
        expect(page.locator(".view", has_text="Camera")).to_contain_text("[page] camera = true")
        assert not (stage.run_dir / "camera.view").exists()


def test_a_page_that_hears_nothing_any_more_says_so(chrome: Browser, stage: PageStage) -> None:
    with screen(chrome, stage.address, **PHONE) as page:
        expect(page.locator("#live")).to_have_text("live", timeout=20_000)
        (pid,) = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _is_page(one, stage)]
        os.kill(pid, signal.SIGSTOP)
        try:
            expect(page.locator("#gone")).to_contain_text("this page does not hear the node", timeout=15_000)
            expect(page.locator("#live")).to_have_text("no data")
            assert "stale" in (page.locator("body").get_attribute("class") or "")
        finally:
            os.kill(pid, signal.SIGCONT)
        expect(page.locator("#gone")).to_be_hidden(timeout=20_000)


def _is_page(process: Path, stage: PageStage) -> bool:
    """Whether it is the page of this stage's node."""
    try:
        said, folder = (process / "cmdline").read_bytes().split(b"\0"), (process / "cwd").exists()
        parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
        return (
            folder
            and b"page" in said
            and b"--door" in said
            and str(stage.here.folder).encode() in Path(f"/proc/{parent}/cmdline").read_bytes()
        )
    except OSError:
        return False


def test_a_camera_that_may_be_shown_is_shown_when_somebody_opens_it(chrome: Browser) -> None:
    with page_stage("camera = true") as stage, screen(chrome, at_work(stage).address, **DESKTOP) as page:
        page.locator(".view", has_text="Camera").locator("summary").click(timeout=60_000)
        expect(page.locator(".view img")).to_be_visible(timeout=30_000)
        assert page.evaluate("document.querySelector('.view img').naturalWidth") == 160
        page.locator(".view", has_text="Camera").locator("summary").click()
        wait_for(lambda: not (stage.run_dir / "camera.view").exists(), 10, "nobody looks any more")


def test_a_node_that_says_nothing_any_more_is_red_and_greyed_out(chrome: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as visitor, screen(chrome, visitor.address) as page:
        expect(page.locator("#colour")).to_have_text("red")
        expect(page.locator("#gone")).to_contain_text("No node runs here")
        expect(page.locator("#live")).to_have_text("node silent")
        expect(page.locator("#no-tracks")).to_have_text("Nobody knows what is in the sky now.")
        with speaking(tmp_path):
            expect(page.locator("#colour")).to_have_text("green", timeout=10_000)
            expect(page.locator("#gone")).to_be_hidden()
            expect(page.locator("#no-tracks")).to_have_text("No tracks.")
        expect(page.locator("#gone")).to_contain_text("has said nothing for", timeout=15_000)
        expect(page.locator("#colour")).to_have_text("red")


def test_an_empty_sky_over_blind_sensors_does_not_read_as_clear(chrome: Browser, tmp_path: Path) -> None:
    blind = Coverage(t_mono_ns=0, sensor="mic", sense="sound", reach_m=0.0, probability=0.0, latency_s=0.0, notes=("covered by snow",))
    said: dict[str, Any] = {"coverage": (blind,), "findings": (failing(),), "verdict": "red"}
    with served(tmp_path) as visitor, speaking(tmp_path, **said), screen(chrome, visitor.address) as page:
        expect(page.locator("#no-tracks")).to_have_text("No tracks, and no sensor senses anything now.")
        expect(page.locator("#sensors")).to_contain_text("BLIND: covered by snow")
        expect(page.locator("#findings")).to_contain_text("→ look at its plug")
        assert page.locator("#sky .cover path").count() == 0
        assert page.locator("#sky .bands .blind").count() == 1


def test_what_an_aircraft_says_is_text_and_its_kind_has_a_shape_and_a_word(chrome: Browser, tmp_path: Path) -> None:
    hostile = replace(full_track(1, Random(1)), identity=Identity(ids=(UasId("serial_number", MARKUP),)), cooperation=None)
    doubted = replace(full_track(2, Random(2)), suspicions=(Suspicion("position_jump", 0.9, TURNED),))
    silent = replace(full_track(3, Random(3)), identity=None, suspicions=(Suspicion("body_without_claim", 0.9, "no Remote ID"),))
    known = replace(full_track(4, Random(4)), cooperation="authorised")
    with served(tmp_path) as visitor, speaking(tmp_path, hostile, doubted, silent, known), screen(chrome, visitor.address) as page:
        expect(page.locator("#tracks li")).to_have_count(4)
        page.locator("#tracks summary").nth(1).click()
        expect(page.locator("#tracks")).to_contain_text(MARKUP[:24])
        expect(page.locator("#tracks .doubt").nth(1)).to_contain_text("safe·elbuort·")
        assert page.title() == "test: green"
        assert page.locator("main img").count() == 0
        assert [page.locator("#tracks .glyph").nth(k).get_attribute("class") for k in range(4)] == [
            "glyph silent", "glyph spoof", "glyph unknown", "glyph known",
        ]  # fmt: skip
        assert len({page.locator("#tracks .glyph path").nth(k).get_attribute("d") for k in range(4)}) == 4
        chips = page.locator("#tracks .chips").all_inner_texts()
        assert ["no Remote ID" in chips[0], "spoof suspected" in chips[1], "known" in chips[3]] == [True] * 3


def test_bearings_are_drawn_with_their_errors_and_a_vehicles_in_its_own_frame(chrome: Browser, tmp_path: Path) -> None:
    bearing = Bearing(azimuth_deg=90.0, elevation_deg=0.0, sigma_azimuth_deg=5.0, sigma_elevation_deg=2.0)
    north = replace(full_track(1, Random(1)), kinematics=None, bearing=bearing)
    with served(tmp_path) as visitor:
        with speaking(tmp_path, north), screen(chrome, visitor.address) as page:
            expect(page.locator("#sky .marks g")).to_have_attribute("transform", re.compile(r"translate\(150\.0 -?0\.0\)"))
            box = page.locator("#sky .spread path").evaluate("one => one.getBBox().height")
            assert box == pytest.approx(2 * 150 * 0.173, rel=0.05), "two sigmas of five degrees to either side"
            expect(page.locator("#sky .north")).to_have_text("N")
        front = replace(north, bearing=replace(bearing, reference="vehicle", elevation_deg=None, sigma_elevation_deg=None))
        with speaking(tmp_path, front), screen(chrome, visitor.address) as page:
            expect(page.locator("#sky .north")).to_have_text("front")
            expect(page.locator("#tracks")).to_contain_text("height unknown")


def test_the_token_is_asked_for_and_a_wrong_one_refused(chrome: Browser, tmp_path: Path) -> None:
    with served(tmp_path, TOKEN) as visitor, speaking(tmp_path), screen(chrome, visitor.address) as page:
        expect(page).to_have_url(f"http://{visitor.address}/login")
        page.fill("#token", "wrong")
        page.click("text=Log in")
        expect(page.locator("#wrong")).to_be_visible()
        assert page.evaluate("document.cookie") == ""
        page.fill("#token", TOKEN)
        page.click("text=Log in")
        expect(page.locator("#colour")).to_have_text("green")
        page.click("text=Log out")
        expect(page).to_have_url(f"http://{visitor.address}/login")
        page.goto(f"http://{visitor.address}/login#{TOKEN}")
        page.reload()
        expect(page.locator("#colour")).to_have_text("green")


def test_the_page_is_walked_by_keys_and_keeps_its_look(chrome: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as visitor, speaking(tmp_path, full_track(1, Random(1))), screen(chrome, visitor.address) as page:
        expect(page.locator("#tracks li")).to_have_count(1)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Tab")
        before = page.evaluate("document.documentElement.dataset.look")
        page.keyboard.press("Enter")
        after = page.evaluate("document.documentElement.dataset.look")
        assert {before, after} == {"night", "sun"}
        page.reload()
        assert page.evaluate("document.documentElement.dataset.look") == after
        assert page.evaluate(CONTRASTS) == []


CONTRASTS = """() => {
  const light = (rgb) => rgb.match(/[0-9.]+/g).slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, k) => sum + one * [0.2126, 0.7152, 0.0722][k], 0);
  const probe = document.body.appendChild(document.createElement("i"));
  const of = (name) => { probe.style.color = `var(--${name})`; return light(getComputedStyle(probe).color); };
  const low = [];
  for (const look of ["night", "sun"]) {
    document.documentElement.dataset.look = look;
    const pairs = [...["ink", "dim", "bad", "warn", "good", "known", "zone", "silent", "spoof", "accent"].map((one) => [one, "panel"]),
      ...["good", "warn", "bad"].map((one) => ["on-verdict", one])];
    for (const [one, other] of pairs) {
      const [a, b] = [of(one), of(other)].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${look}: ${one} on ${other}`);
    }
  }
  probe.remove();
  return low;
}"""
