"""The page in a real browser, with real nodes behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from edge_node.geometry import distance_m
from edge_node.messages import Fact, Identity, Sight, Track, UasId
from tests.edge_node.publish.scene import link_track
from tests.tools.c2.web.helpers import wait_for
from tools.bench.web import TRACKS
from tools.c2.enrolment import Enrolment
from tools.c2.web.server import Page as ServedPage
from tools.c2.web.server import Settings
from tools.c2.web.stage import WebStage, web_stage
from tools.simulate.crowd import Crowd
from tools.simulate.nodes import POSTS, Post, place_of
from tools.wire_example import target_track

MARKUP = "<img src=x onerror=document.title='owned'>"
MOST_ROWS = 60
EMISSION = link_track(1).emission
TARGET = target_track().target
NOTHING_CLAIMED: dict[str, Any] = {"heard": (), "flags": (), "suspicions": (), "cooperation": None, "sensors": ("adsb",)}


class Screen:
    """One tab; anything that its console calls an error fails the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def open(self, stage: WebStage) -> None:
        self.page.goto(stage.page.url)
        self.page.wait_for_url(f"http://{stage.page.address}/")
        wait_for(lambda: self.page.evaluate("!!window.edgeNode && edgeNode.connected"), "the page is live")

    def counts(self) -> dict[str, int]:
        return dict(self.page.evaluate("edgeNode.counts"))

    def rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.page.evaluate("table => edgeNode.state[table]", table))

    def row(self, table: str, **has: object) -> dict[str, Any] | None:
        return next((row for row in self.rows(table) if has.items() <= row.items()), None)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()


@contextmanager
def screen(chrome: Browser, **options: Any) -> Iterator[Screen]:
    context = chrome.new_context(**options)
    try:
        shown = Screen(context.new_page())
        yield shown
        assert shown.errors == []
    finally:
        context.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[WebStage]:
    with web_stage(tmp_path) as opened:
        yield opened


def test_a_wrong_token_is_refused_and_the_right_one_let_in(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        page = shown.page
        page.goto(f"http://{stage.page.address}/")
        expect(page).to_have_url(f"http://{stage.page.address}/login")
        page.fill("#token", "wrong")
        page.click("text=Log in")
        expect(page.locator("#wrong")).to_be_visible()
        assert page.evaluate("document.cookie") == ""
        page.fill("#token", stage.page.url.rpartition("#")[2])
        page.click("text=Log in")
        expect(page).to_have_url(f"http://{stage.page.address}/")
        wait_for(lambda: page.evaluate("!!window.edgeNode && edgeNode.connected"), "the page is live")
        page.click("[aria-label='Log out']")
        expect(page).to_have_url(f"http://{stage.page.address}/login")
        shown.errors = [error for error in shown.errors if "401" not in error]


def test_nodes_tracks_and_what_they_follow_together_are_shown(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        wait_for(lambda: shown.counts()["nodes"] == 3 and shown.counts()["tracks"] == 9, "all nodes and tracks")
        followed = wait_for(lambda: next((one for one in shown.rows("objects") if len(one["tracks"]) == 3), None), "three nodes follow it")
        dark = next(truth for truth in stage.world.truth(stage.t_s) if truth.name == "dark one")
        away_m = distance_m(followed["latitude_deg"], followed["longitude_deg"], dark.latitude_deg, dark.longitude_deg)
        assert away_m < 4 * followed["sigma_major_m"] + 10, "within its ellipse, and what it flies in a second"
        assert followed["sigma_major_m"] < 60
        marks = {(mark["kind"], mark["key"]) for mark in shown.page.evaluate("edgeNode.marks")}
        assert {("node", node.publisher.node8) for node in stage.nodes} | {("object", followed["key"])} <= marks
        expect(shown.page.locator("#track-rows .row", has_text="TST0CTERMINAL0003")).to_contain_text("in restricted zone")
        expect(shown.page.locator("#track-rows .row", has_text="TST0CNOBODY000004")).to_contain_text("suspected 80 %")
        row = shown.page.locator("#track-rows .row", has_text="followed by")
        expect(row).to_contain_text("lighthouse")
        row.click()
        expect(shown.page.locator("#details")).to_contain_text("lighthouse no.")
        expect(shown.page.locator("#details")).to_contain_text("m/s ±")
        assert "friend" not in shown.text("body").lower()
        heard = shown.page.locator("#track-rows .row", has_text="from lighthouse").first
        expect(heard).to_contain_text("multirotor heard, 87 %")
        heard.click()
        expect(shown.page.locator("#details")).to_contain_text(
            "multirotor heard, 87 % · blade pass 142 Hz · 54 dB SPL · 9 dB above the noise"
        )


def test_what_cameras_see_is_shown_with_its_label_range_and_direction(chrome: Browser, tmp_path: Path) -> None:
    drone = Sight(
        label="drone",
        probability=0.93,
        label_probability=0.93,
        snr=10.0,
        size_deg=0.2,
        range_m=310.0,
        sigma_range_m=70.0,
        temperature_k=298.2,
    )
    bird = Sight(label="bird", probability=0.04, label_probability=0.9, snr=10.0, predicted=True)
    with web_stage(tmp_path) as stage, screen(chrome) as shown:
        heard = stage.tracks

        def seen(post: Post, t_s: float) -> list[Track]:
            pointing = [replace(track, sound=None, sensors=("camera",)) for track in heard(post, t_s) if track.bearing]
            return [replace(track, sight=drone, bearing=replace(track.bearing, sigma_pose_deg=1.0)) for track in pointing] + [
                replace(track, number=900 + track.number, sight=bird) for track in pointing
            ]

        stage.tracks = seen
        shown.open(stage)
        rows = shown.page.locator("#track-rows .row")
        row = rows.filter(has_text="drone seen").first
        expect(row).to_contain_text("drone seen, 93 %, about 310 m ±140 m")
        expect(row).to_contain_text("mounting ±2.0°")
        row.click()
        expect(shown.page.locator("#details")).to_contain_text("0.20° wide · 20 dB of contrast · 25 °C")
        shown.page.locator("#details >> text=Close").click()
        expect(rows.filter(has_text="bird seen, 90 %").first.locator(".glyph")).to_have_class("glyph bearing dim")
        labels = [text for text in rows.all_inner_texts() if "seen" in text]
        assert "bird" not in labels[0]
        assert "bird" in labels[-1]


def test_radio_links_are_shown_with_where_how_often_and_whether_they_come_nearer(chrome: Browser, tmp_path: Path) -> None:
    with web_stage(tmp_path) as stage, screen(chrome) as shown:
        heard = stage.tracks

        def received(post: Post, t_s: float) -> list[Track]:
            return [
                replace(track, bearing=None, sound=None, sensors=("links",), emission=EMISSION)
                for track in heard(post, t_s)
                if track.bearing
            ]

        stage.tracks = received
        shown.open(stage)
        row = shown.page.locator("#track-rows .row", has_text="ELRS 900 link from").first
        expect(row).to_contain_text("ELRS 900 link 866.4 MHz, 50 packets/s, getting stronger")
        expect(row.locator(".glyph")).to_have_class("glyph radio unknown")
        row.click()
        details = shown.page.locator("#details")
        expect(details).to_contain_text("97 % sure · 13 channels over 6.3 MHz of eu868 · 500 kHz wide")
        expect(details).to_contain_text("18 dB above the noise · -41 dBFS · +0.6 dB/s · carrier off by -2.31 kHz")


def test_manned_aircraft_are_named_and_set_apart(chrome: Browser, tmp_path: Path) -> None:
    with web_stage(tmp_path) as stage, screen(chrome) as shown:
        heard = stage.tracks

        def reported(post: Post, t_s: float) -> list[Track]:
            placed = [track for track in heard(post, t_s) if track.kinematics]
            return [replace(track, identity=None, target=TARGET, **NOTHING_CLAIMED) for track in placed]

        stage.tracks = reported
        shown.open(stage)
        row = shown.page.locator("#track-rows .row", has_text="DLH4AB").first
        expect(row).to_contain_text("says itself: aeroplane, 95 %")
        expect(row.locator(".glyph")).to_have_class("glyph place dim")
        row.click()
        expect(shown.page.locator("#details")).to_contain_text(
            "icao address 3C6444 · callsign DLH4AB · category A3 · 1212 m above 1013 hPa"
        )


def test_what_all_sensors_make_of_it_is_shown_and_who_comes_near_stands_first(chrome: Browser, tmp_path: Path) -> None:
    near = Fact("approaches", 74.0, "s", "in 74 ± 5 s 30 ± 20 m from reactor", "reactor")
    with web_stage(tmp_path) as stage, screen(chrome) as shown:
        heard = stage.tracks

        def judged(post: Post, t_s: float) -> list[Track]:
            pointing = [replace(track, existence=0.62) for track in heard(post, t_s) if track.bearing]
            birds = [replace(track, number=900 + track.number, label="bird", label_probability=0.91) for track in pointing]
            placed = [track for track in heard(post, t_s) if track.kinematics]
            coming = [replace(track, label="multirotor", label_probability=0.93, behaviour=(near,)) for track in placed[:1]]
            return [*pointing, *birds, *coming]

        stage.tracks = judged
        shown.open(stage)
        rows = shown.page.locator("#track-rows .row:not([data-kind=crossing]):not([data-kind=object])")
        first = rows.filter(has_text="comes near").first
        expect(first).to_contain_text("taken for multirotor, 93 % · approaches reactor in 74 s")
        expect(rows.first).to_contain_text("comes near")
        bird = rows.filter(has_text="taken for bird, 91 %").first
        expect(bird.locator(".glyph")).to_have_class("glyph bearing dim")
        expect(rows.filter(has_text="there 62 %").first).to_be_visible()
        first.click()
        details = shown.page.locator("#details")
        expect(details).to_contain_text("approaches: in 74 ± 5 s 30 ± 20 m from reactor")
        expect(details).to_contain_text("Taken formultirotor, 93 %")


def test_a_track_that_is_tapped_shows_all_that_is_known(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        shown.page.locator("#track-rows .row", has_text="TST0CTERMINAL0003").click()
        details = shown.page.locator("#details")
        for words in ("in zone Terminal (prohibited)", "helicopter or multirotor", "above take-off", "silo", "of the aircraft", "dBm"):
            expect(details).to_contain_text(words)
        key = shown.page.evaluate("edgeNode.chosen.key")
        box = shown.page.locator("#map").bounding_box()
        (mark,) = [mark for mark in shown.page.evaluate("edgeNode.marks") if (mark["kind"], mark["key"]) == ("track", key)]
        assert box is not None
        assert abs(mark["x"] - box["width"] / 2) < 40, "it is in the middle of the map"
        shown.page.locator("#details >> text=Close").click()
        expect(details).to_be_hidden()
        shown.page.mouse.click(box["x"] + mark["x"], box["y"] + mark["y"])
        expect(details).to_be_visible()


def test_a_node_says_how_it_is_and_turns_red_when_it_is_revoked(chrome: Browser, stage: WebStage) -> None:
    stage.nodes[0].counters = {"spool_rows": 132}
    with screen(chrome) as shown:
        shown.open(stage)
        shown.page.click("#tab-nodes")
        rows = shown.page.locator("#node-rows")
        lighthouse = rows.locator(".row", has_text="lighthouse")
        expect(lighthouse).to_contain_text("microphones: 3 of 4 deliver data")
        expect(lighthouse).to_contain_text("amber")
        quay = rows.locator(".row", has_text="quay-west")
        expect(quay).to_contain_text("backlog of 132")
        expect(quay).to_contain_text("heard")
        expect(quay).to_contain_text("clock ±2 ms (gnss)")
        Enrolment(stage.state_dir).revoke("quay-west")
        expect(quay).to_contain_text("revoked")
        assert quay.locator(".title").evaluate("e => getComputedStyle(e).color") == "rgb(255, 95, 86)"
        wait_for(lambda: shown.row("nodes", name="quay-west", revoked=True), "the state knows it too")


def test_what_a_node_says_never_becomes_markup(chrome: Browser, tmp_path: Path) -> None:
    posts = [replace(POSTS[0], sentence=MARKUP), *POSTS[1:]]
    with web_stage(tmp_path, posts) as stage, screen(chrome) as shown:
        honest = stage.tracks
        claim = Identity(ids=(UasId("serial_number", MARKUP),), operator_id="<b>bold</b>")

        def hostile(post: Post, t_s: float) -> list[Track]:
            return [replace(track, identity=claim, flags=(MARKUP,), cooperation_reason=MARKUP) for track in honest(post, t_s)]

        stage.tracks = hostile
        shown.open(stage)
        stage.page.take({"kind": "event", "node": MARKUP, "node8": "", "event": MARKUP, "words": MARKUP})
        shown.page.locator("#track-rows .row", has_text=MARKUP).first.click()
        expect(shown.page.locator("#details")).to_contain_text("<b>bold</b>")
        for tab, rows in (("#tab-nodes", "#node-rows"), ("#tab-log", "#log-rows")):
            shown.page.click(tab)
            expect(shown.page.locator(rows)).to_contain_text(MARKUP)
        assert shown.page.locator("aside img, aside b:not(.tabs b), main script").count() == 0
        assert shown.page.title() == "edge_node"


def test_the_log_tells_what_happened_the_newest_first(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        track = wait_for(lambda: shown.row("tracks", number=3), "a track")
        node = next(node for node in stage.nodes if node.publisher.node8 == track["node"])
        about = {"node": node.post.name, "node8": track["node"], "epoch": node.publisher.epoch, "number": 3}
        stage.page.take({"kind": "event", "event": "confirmed", "words": "it is confirmed"} | about)
        stage.page.take({"kind": "event", "event": "suspected", "words": "it is suspected", "t_utc_ms": 1_790_000_000_000} | about)
        shown.page.click("#tab-log")
        expect(shown.page.locator("#log-rows .row")).to_have_count(2)
        expect(shown.page.locator("#log-rows .row").first).to_contain_text("it is suspected")
        shown.page.locator("#log-rows .row").first.click()
        wait_for(lambda: shown.page.evaluate("edgeNode.chosen.key") == track["key"], "its track is chosen")


def test_a_stream_that_stops_is_seen_and_taken_up_again(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        banner = shown.page.locator("#banner")
        expect(banner).to_be_hidden()
        stage.page.close()
        expect(banner).to_contain_text("Connection to C2 lost", timeout=15_000)
        assert not shown.page.evaluate("edgeNode.connected")
        before = shown.counts()["updates"]
        stage.page = ServedPage(Settings(stage.page.address), stage.state_dir)
        expect(banner).to_be_hidden(timeout=15_000)
        wait_for(lambda: shown.counts()["updates"] > before + 3, "updates come again, without a new login")
        assert shown.counts()["tracks"] == 9
        shown.errors = [error for error in shown.errors if "ERR_" not in error]


def test_a_page_that_is_no_longer_let_in_asks_for_the_token(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        address = stage.page.address
        stage.page.close()
        (stage.state_dir / "web-token").unlink()
        stage.page = ServedPage(Settings(address), stage.state_dir)
        expect(shown.page).to_have_url(f"http://{address}/login", timeout=15_000)
        shown.errors = [error for error in shown.errors if "ERR_" not in error and "401" not in error]


def test_it_stands_a_crowd(chrome: Browser, stage: WebStage) -> None:
    crowds = {post.name: Crowd(place_of(stage.world, post), -(-TRACKS // len(POSTS)), number) for number, post in enumerate(POSTS)}
    stage.tracks = lambda post, t_s: crowds[post.name].tracks(t_s)
    with screen(chrome) as shown:
        shown.open(stage)
        wait_for(lambda: shown.counts()["tracks"] >= TRACKS, "all of the crowd")
        expect(shown.page.locator("#track-rows .row")).to_have_count(MOST_ROWS)
        begun, elements = shown.counts(), shown.page.evaluate("document.querySelectorAll('*').length")
        wait_for(lambda: shown.counts()["updates"] >= begun["updates"] + 10, "ten more updates")
        wait_for(lambda: shown.counts()["painted"] >= begun["painted"] + 5, "the picture moves")
        assert shown.page.evaluate("document.querySelectorAll('*').length") < elements + 100 < 1200, (
            "whatever is heard, the page stays small"
        )
        assert "more on the map" in shown.text("#more-tracks")
        shown.page.fill("#find", "CROWD00000042")
        expect(shown.page.locator("#track-rows .row")).to_have_count(len(POSTS))


def test_a_phone_has_the_map_above_and_the_lists_below(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True) as shown:
        shown.open(stage)
        assert shown.page.evaluate("document.documentElement.scrollWidth") == 360
        chart, lists = shown.page.locator("#map").bounding_box(), shown.page.locator("aside").bounding_box()
        assert chart is not None
        assert lists is not None
        assert chart["width"] == lists["width"] == 360
        assert chart["height"] > 200 < lists["height"]
        assert lists["y"] >= chart["y"] + chart["height"]
        shown.page.tap("#track-rows .row >> text=TST0CHOBBY0000005")
        expect(shown.page.locator("#details")).to_contain_text("35 m above take-off")
        shown.page.tap("#tab-nodes")
        expect(shown.page.locator("#details")).to_be_hidden()
        shown.page.tap("#fold")
        expect(shown.page.locator("#nodes")).to_be_hidden()
        assert shown.page.locator("#map").bounding_box()["height"] > chart["height"] + 150  # type: ignore[index]  # it is shown


def test_the_look_and_the_range_are_remembered(chrome: Browser, stage: WebStage) -> None:
    with screen(chrome) as shown:
        shown.open(stage)
        shown.page.click("#look")
        shown.page.select_option("#range", "5000")
        shown.page.reload()
        wait_for(lambda: shown.page.evaluate("window.edgeNode?.connected"), "the page is live again")
        assert shown.page.evaluate("document.documentElement.dataset.look") == "sun"
        assert shown.page.locator("#range").input_value() == "5000"


def test_a_base_map_is_drawn_from_its_archive(chrome: Browser, tmp_path: Path) -> None:
    archive = tmp_path / "squares.pmtiles"
    raster_archive(archive)
    with web_stage(tmp_path, settings=Settings("127.0.0.1:0", map_file=archive)) as stage, screen(chrome) as shown:
        shown.open(stage)
        tile = shown.page.locator(".leaflet-tile-pane img").first
        wait_for(lambda: tile.count() and tile.evaluate("img => img.complete && img.naturalWidth") == 256, "a tile of the archive is shown")


def raster_archive(path: Path) -> None:
    """A world of grey squares, one PNG for all tiles of three zooms."""
    png = cv2.imencode(".png", np.full((256, 256), 90, np.uint8))[1].tobytes()
    with path.open("wb") as file:
        writer = Writer(file)
        for zoom in range(3):
            for x, y in np.ndindex(2**zoom, 2**zoom):
                writer.write_tile(zxy_to_tileid(zoom, x, y), png)
        bounds = {"min_lon_e7": -1_800_000_000, "min_lat_e7": -850_000_000, "max_lon_e7": 1_800_000_000, "max_lat_e7": 850_000_000}
        centre = {"center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0}
        header = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE, "min_zoom": 0, "max_zoom": 2, "version": 3}
        writer.finalize(header | bounds | centre, {})
