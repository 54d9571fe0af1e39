from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice, takewhile, zip_longest
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from edge_node.messages import Sight, Track
from edge_node.publish import wire
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track, link_track
from tests.tools.c2.helpers import new_keys
from tests.tools.c2.web.helpers import Visitor, open_page, wait_for
from tools.c2.enrolment import Enrolment
from tools.c2.reports import pointed
from tools.c2.web import feed as feeds
from tools.c2.web.fields import FIELDS
from tools.c2.web.rows import MOST_SENTENCE, MOST_TEXT, moving_row, plain
from tools.c2.web.server import Page
from tools.wire_example import judged_track, target_track

NODE = new_keys()
Message = dict[str, Any]


def tracks(*said: Track, seq: int = 1) -> Message:
    """As the station hands it on."""
    return {"node": "roof", "node8": NODE.node8} | wire.decode(b"t/", wire.encode_tracks(said, CLOCK, 7, seq, NOW_NS)) | {"kind": "tracks"}


def named(table: str, message: Message) -> list[Message]:
    """As the page reads rows; what one ends without is None."""
    assert all(len(row) <= len(FIELDS[table]) for row in message.get(table, ()))
    return [dict(zip_longest(FIELDS[table], row)) for row in message.get(table, ())]


def first_with(table: str, messages: Iterator[Message]) -> list[Message]:
    return named(table, next(message for message in islice(messages, 50) if message.get(table)))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    with open_page(tmp_path) as opened:
        yield opened


@pytest.fixture
def visitor(page: Page) -> Visitor:
    known = Visitor(page)
    known.log_in()
    return known


def test_a_newcomer_gets_the_whole_picture_and_then_what_changed(page: Page, visitor: Visitor) -> None:
    page.take(tracks(full_track(1, Random(1)), bearing_track(2, Random(2))))
    with visitor.listening() as messages:
        first = next(messages)
        assert first["whole"]
        assert first["fields"]["log"] == list(FIELDS["log"])
        assert {row["number"] for row in named("about", first)} == {1, 2}
        moving = {row["key"]: row for row in named("moving", first)}
        assert len(moving) == len(first["trails"]) + 1 == 2
        page.take(tracks(bearing_track(2, Random(3)), seq=2))
        (row,) = first_with("moving", messages)
        assert row["azimuth_deg"] != moving[row["key"]]["azimuth_deg"]
    with visitor.listening() as messages:
        assert len(named("moving", next(messages))) == 2


def test_what_a_camera_sees_is_told_with_its_range_and_where_it_points(page: Page, visitor: Visitor) -> None:
    sight = Sight(label="drone", probability=0.93, label_probability=0.93, snr=10.0, size_deg=0.2, range_m=200.0, sigma_range_m=70.0)
    track = bearing_track(2, Random(2))
    assert track.bearing is not None
    page.take(tracks(replace(track, sight=sight, bearing=replace(track.bearing, sigma_pose_deg=1.0)), bearing_track(3, Random(3))))
    with visitor.listening() as messages:
        first = next(messages)
    about = {row["number"]: row for row in named("about", first)}
    (moving,) = [row for row in named("moving", first) if row["key"] == about[2]["key"]]
    assert [(about[number]["sight"], about[number]["extrapolated"]) for number in (2, 3)] == [("drone", False), (None, None)]
    told = ("drone_percent", "label_percent", "size_deg", "range_m", "sigma_range_m", "contrast_db", "sigma_pose_deg")
    assert [moving[name] for name in told] == [93, 93, 0.2, 200, 70, 20, 1.0]


def test_a_radio_link_is_told_with_where_how_loud_and_how_often(page: Page, visitor: Visitor) -> None:
    page.take(tracks(link_track(2), bearing_track(3, Random(3))))
    with visitor.listening() as messages:
        first = next(messages)
    about = {row["number"]: row for row in named("about", first)}
    (moving,) = [row for row in named("moving", first) if row["key"] == about[2]["key"]]
    told = ("link", "withdrawn", "bandwidth_hz", "channels", "span_hz", "grid")
    assert [about[2][name] for name in told] == ["elrs_900", False, 500e3, 13, 6.3e6, "eu868"]
    assert [about[3][name] for name in told] == [None] * 6
    told = ("link_percent", "center_hz", "link_snr_db", "link_level_dbfs", "level_rate_dbps", "packet_rate_hz", "link_heard_s")
    assert [moving[name] for name in told] == [97, 866.425e6, 18, -41, 0.62, 50, 40]


def test_a_target_of_another_sensor_is_told_with_names_and_what_it_is(page: Page, visitor: Visitor) -> None:
    page.take(tracks(target_track(), bearing_track(3, Random(3))))
    with visitor.listening() as messages:
        first = next(messages)
    about = {row["number"]: row for row in named("about", first)}
    (moving,) = [row for row in named("moving", first) if row["key"] == about[1021]["key"]]
    told = ("target", "target_ids", "category", "surveillance")
    names = [["icao_address", "3C6444"], ["callsign", "DLH4AB"]]
    assert [about[1021][name] for name in told] == ["aeroplane", names, "A3", "cooperative"]
    assert [about[3][name] for name in told] == [None, [], None, None]
    assert [moving[name] for name in ("target_percent", "target_drone_percent", "altitude_baro_m")] == [95, 0, 1211.6]


def test_what_all_sensors_make_of_a_track_and_what_it_does_is_told(page: Page, visitor: Visitor) -> None:
    judged = judged_track()
    facts = (judged.behaviour[0], replace(judged.behaviour[1], reason="in 74 ± 5 s"))
    page.take(tracks(replace(judged, behaviour=facts, claim_probability=0.4), bearing_track(3, Random(3))))
    with visitor.listening() as messages:
        first = next(messages)
    about = {row["number"]: row for row in named("about", first)}
    moving = {number: next(one for one in named("moving", first) if one["key"] == about[number]["key"]) for number in (1022, 3)}
    assert [about[number]["judged"] for number in (1022, 3)] == ["multirotor", None]
    assert about[1022]["reasons"] == [["approaches", "in 74 ± 5 s"]]
    told = ("existence_percent", "judged_percent", "judged_drone_percent", "claim_percent", "behaviour")
    assert [moving[1022][name] for name in told] == [99, 93, 96, 40, [["climbs", 2.1, None], ["approaches", 74.0, "reactor"]]]
    assert [moving[3][name] for name in told] == [None] * 5


def test_a_bearing_of_a_vehicle_crosses_nothing_and_is_drawn_nowhere() -> None:
    track = bearing_track(1, Random(1))
    assert track.bearing is not None
    carried = replace(track, bearing=replace(track.bearing, reference="vehicle"))
    said = [one | {"heard_s": 1.0} for one in tracks(track, carried)["tracks"]]
    assert [pointed(one["bearing"]) for one in said] == [True, False]
    shown = named("moving", {"moving": [moving_row(1, one) for one in said]})
    assert [one["azimuth_deg"] is None for one in shown] == [False, True]
    assert [one["front_deg"] is None for one in shown] == [True, False]


def test_that_nothing_is_new_is_said_now_and_then(page: Page, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "SPOKEN_EVERY_S", 0.4)
    with visitor.listening() as messages:
        next(messages)
        begun_s = time.monotonic()
        beats = list(islice(messages, 3))
    assert all(message.keys() == {"now"} for message in beats)
    assert time.monotonic() - begun_s > 0.8


def test_a_node_that_never_spoke_is_there_and_its_revocation_is_seen(page: Page, visitor: Visitor, tmp_path: Path) -> None:
    with visitor.listening() as messages:
        (node,) = named("nodes", next(messages))
        assert (node["name"], node["heard_ms"], node["revoked"]) == ("roof", None, False)
        Enrolment(tmp_path).revoke("roof")
        (node,) = first_with("nodes", messages)
        assert node["revoked"]


def test_an_enrolment_that_cannot_be_read_is_told(page: Page, visitor: Visitor, tmp_path: Path) -> None:
    with visitor.listening() as messages:
        next(messages)
        (tmp_path / "nodes.txt").write_text("what is this\n")
        told = next(message for message in islice(messages, 50) if "fault" in message)
    assert "nobody is let in" in told["fault"]


def test_tracks_that_are_forgotten_are_gone(page: Page, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.c2.picture.FORGET_LOST_S", 0.3)
    lost = msgspec.structs.replace(full_track(1, Random(1)), state="lost")
    page.take(tracks(lost))
    with visitor.listening() as messages:
        (row,) = named("moving", next(messages))
        page.take(tracks(full_track(2, Random(1)), seq=2))
        wait_for(lambda: next(messages).get("gone", {}).get("moving") == [row["key"]] or page.take(tracks(seq=3)), "the lost one goes")


def test_events_are_logged_whatever_they_lack(page: Page, visitor: Visitor) -> None:
    page.take(tracks(full_track(5, Random(1))))
    trail = [{"latitude_deg": 57 + n / 1000, "longitude_deg": 24.0, "t_utc_ms": n} for n in range(300)]
    whole = {
        "kind": "event",
        "node": "roof",
        "node8": NODE.node8,
        "event": "lost",
        "t_utc_ms": 5,
        "words": "5 is lost",
        "epoch": 7,
        "number": 5,
    }
    page.take(whole | {"track": {"number": 5}, "trail": trail})
    page.take({"kind": "event", "node": "roof", "node8": NODE.node8, "event": "health"})
    page.take({"kind": "refused", "fingerprint": "0123-4567", "why": "this key is not enrolled"})
    page.take({"kind": "refused", "fingerprint": "0123-4567", "why": "this key is not enrolled"})
    with visitor.listening() as messages:
        first = next(messages)
    lost, health, refused = named("log", first)
    (about,) = named("about", first)
    assert (lost["words"], lost["t_utc_ms"], lost["track"]) == ("track 5 lost  after 300 places  5 is lost", 5, about["key"])
    assert 50 <= len(lost["trail"]) <= 60
    assert (health["event"], health["words"], health["track"], health["trail"]) == ("health", "health", None, [])
    assert (refused["times"], refused["words"]) == (2, "0123-4567: this key is not enrolled")


def test_bearings_of_two_nodes_cross_are_followed_and_end_with_a_node_that_is_revoked(page: Page, visitor: Visitor, tmp_path: Path) -> None:
    other = new_keys()
    Enrolment(tmp_path).enrol("yard", other.public)

    def speak(azimuths_deg: dict[str, float], seq: int) -> None:
        for node8, azimuth_deg in azimuths_deg.items():
            pointing = {"azimuth_deg": azimuth_deg, "azimuth_rate_dps": 0.0, "elevation_deg": None, "sigma_azimuth_deg": 1.0}
            bearing = msgspec.structs.replace(bearing_track(1, Random(1)).bearing, **pointing)
            place = {"latitude_deg": 57.0, "longitude_deg": 24.0 + (node8 == other.node8) * 0.02, "altitude_wgs84_m": None, "sigma_m": None}
            page.take({"kind": "status", "node": "roof", "node8": node8, "place": place})
            page.take(tracks(msgspec.structs.replace(bearing_track(1, Random(1)), bearing=bearing), seq=seq) | {"node8": node8})

    speak({NODE.node8: 45.0, other.node8: 315.0}, 1)
    with visitor.listening() as messages:
        (crossing,) = first_with("crossings", messages)
        assert crossing["longitude_deg"] == pytest.approx(24.01, abs=1e-4)
        assert len(crossing["tracks"]) == 2
        told = list(takewhile(lambda message: not message.get("objects"), islice(messages, 50)))
        assert len(told) < 50, "what holds is followed"
        assert all("crossings" not in message.get("gone", {}) for message in told), "and was told without a break"
        Enrolment(tmp_path).revoke("yard")
        gone = next(message for message in islice(messages, 50) if "objects" in message.get("gone", {}))
    assert len(gone["gone"]["objects"]) == 1


def test_who_reads_slowly_skips_to_the_newest(page: Page, visitor: Visitor) -> None:
    """Far more is said than the sockets hold; who wakes hears little of it, and then the last."""
    chance, said = Random(1), 0
    with visitor.listening(receive_bytes=32 * 1024) as messages:
        turn = page._feed._ledger.turn
        while page._feed._ledger.turn < turn + 20:
            said += 1
            page.take(tracks(*(full_track(number, chance) for number in range(400)), seq=said))
            time.sleep(0.05)
        page.take(tracks(full_track(999, Random(1)), seq=said + 1))
        reading = (any(row["number"] == 999 for row in named("about", message)) for message in messages)
        read = next(number for number, last in enumerate(reading) if last)
    assert read < 12, "of the 20 that were to be said"


def test_no_more_pages_are_served_than_the_most(page: Page, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.c2.web.app.MOST_CLIENTS", 1)
    with visitor.listening() as messages:
        next(messages)
        assert visitor.ask("/events")[0].status == 503
    wait_for(lambda: page._feed.clients == 0, "the page that was closed is counted no longer")
    with visitor.listening() as messages:
        assert next(messages)["whole"]


def test_a_stream_ends_with_its_session(page: Page, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    with visitor.listening() as messages:
        next(messages)
        now_s = time.time()
        monkeypatch.setattr("tools.c2.web.app.time.time", lambda: now_s + 13 * 3600)
        assert len(list(islice(messages, 50))) < 5


def test_a_station_in_a_hurry_cannot_fill_the_memory(tmp_path: Path) -> None:
    feed = feeds.Feed(Enrolment(tmp_path))
    for _ in range(feeds.MOST_WAITING + 100):
        feed.take({"kind": "gap"})
    assert len(feed._waiting) == feeds.MOST_WAITING


def test_what_a_node_says_is_cut_and_cannot_steer_the_eye() -> None:
    assert plain("x" * 500) == "x" * MOST_TEXT
    assert plain("y" * 500, MOST_SENTENCE) == "y" * MOST_SENTENCE
    assert plain("a\u202egnp.exe\x1b[2J\n") == "a·gnp.exe·[2J·"
    assert plain(None) is None
