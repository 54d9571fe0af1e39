"""In a flood the known get through, newcomers as many as the hub can take; without one everybody does."""

from __future__ import annotations

from itertools import count
from typing import Any

from edge_node.messages import (
    AcousticDetection,
    CameraDetection,
    Coverage,
    LinkDetection,
    PositionDetection,
    PositionFix,
    RemoteIdDetection,
    TargetDetection,
    TargetId,
)
from edge_node.node.gate.admission import MOST_CANDIDATES, MOST_KNOWN, MOST_NEWCOMERS, MOST_SOUNDS, Admission
from edge_node.node.gate.crowd import MOST_OBJECTS
from edge_node.node.gate.emitters import HELD_NS, MOST_LINKS, MOST_OTHERS
from edge_node.node.gate.targets import MOST_TARGETS

SECOND_NS = 1_000_000_000


def heard(transmitter: str, t_s: float) -> RemoteIdDetection:
    return RemoteIdDetection(t_mono_ns=int(t_s * SECOND_NS), transport="wifi_beacon", transmitter=transmitter)


def lets_in(door: Admission, transmitter: str, t_s: float) -> bool:
    return bool(door.admit([heard(transmitter, t_s)]))


def test_a_busy_site_gets_through_whole() -> None:
    door = Admission()
    assert all(lets_in(door, f"m{number}", second + number / 1e3) for second in range(10) for number in range(MOST_NEWCOMERS))
    assert door.left_out == 0
    assert door.words() == ""


def test_one_transmitter_may_say_as_much_as_it_likes() -> None:
    door = Admission()
    assert len(door.admit([heard("a", 1.0)] * 10_000)) == 10_000


def test_in_a_flood_the_known_get_through_and_so_many_others() -> None:
    door, names = Admission(), count()
    for second in range(4):
        assert lets_in(door, "genuine", second)
    for second in range(4, 30):
        invented = sum(lets_in(door, f"m{next(names) % 10_000}", second + k / 5_000) for k in range(5_000))
        assert invented == MOST_NEWCOMERS
        assert lets_in(door, "genuine", second + 0.9999)
    assert door.left_out == 26 * (5_000 - MOST_NEWCOMERS)
    assert door.words() == f"spoof flood: {door.left_out} frames of newcomers left out"
    assert door.words() == ""


def test_tables_are_bounded_and_the_silent_make_room() -> None:
    door = Admission()
    for second in range(5):
        for number in range(MOST_KNOWN + 50):
            door.admit([heard(f"m{number}", second)])
    assert len(door._known) == MOST_KNOWN
    for number in range(3 * MOST_CANDIDATES):
        door.admit([heard(f"n{number}", 6.0)])
    assert len(door._candidates) == MOST_CANDIDATES
    for second in (60, 61, 62, 63):
        door.admit([heard("later", second)])
    assert "later" in door._known


def test_what_is_no_remote_id_is_none_of_its_business() -> None:
    fix = PositionFix(t_mono_ns=0, has_fix=False)
    assert list(Admission().admit([fix])) == [fix]


def test_of_sounds_so_many_a_second_get_through() -> None:
    door = Admission()
    for second in range(3):
        said = [
            AcousticDetection(
                t_mono_ns=second * SECOND_NS + k, track=k, label="multirotor", probability=0.9, level_db=-40.0, snr_db=6.0, lag_s=0.5
            )
            for k in range(MOST_SOUNDS + 7)
        ]
        assert list(door.admit(said)) == said[:MOST_SOUNDS]
    assert door.words() == "too many sounds at once: 21 left out"
    assert door.words() == ""
    assert lets_in(door, "a", 2.0)


def seen(track: int, t_s: float, probability: float = 0.1) -> CameraDetection:
    return CameraDetection(
        t_mono_ns=round(t_s * SECOND_NS), frame=0, track=track, box=(0, 0, 4, 4), label="bird", probability=probability, snr=6.0
    )


def test_what_is_seen_in_every_picture_gets_through_whole() -> None:
    door = Admission()
    said = [seen(track, frame / 30) for frame in range(300) for track in range(MOST_OBJECTS)]
    assert list(door.admit(said)) == said
    assert door.words() == ""


def test_of_sixty_pictures_a_second_every_other_gets_through() -> None:
    door = Admission()
    assert len(door.admit([seen(1, frame / 60) for frame in range(600)])) == 300
    assert door.words() == ""


def test_a_flock_leaves_room_for_the_likelier_drone() -> None:
    door = Admission()
    for frame in range(60):
        door.admit([seen(track, frame / 30) for track in range(200)])
    assert len(door._crowd._passed) == MOST_OBJECTS
    assert door.words() == f"too many objects in the picture: {60 * (200 - MOST_OBJECTS)} sightings left out"
    drone = [seen(900, 2 + frame / 30, 0.8) for frame in range(30)]
    assert [found for one in drone for found in door.admit([one, *(seen(track, one.t_mono_ns / SECOND_NS) for track in range(200))])][
        ::MOST_OBJECTS
    ] == drone


def test_those_that_are_gone_make_room() -> None:
    door = Admission()
    door.admit([seen(track, 0.5) for track in range(MOST_OBJECTS)])
    assert not door.admit([seen(900, 0.6)])
    assert door.admit([seen(900, 2.1)])


def received(track: int, t_s: float, *, alarm: bool = True) -> LinkDetection:
    said: dict[str, Any] = {"probability": 0.9, "center_hz": 868e6, "bandwidth_hz": 5e5, "snr_db": 10.0, "level_dbfs": -40.0}
    kind: Any = "elrs_900" if alarm else "lora"
    return LinkDetection(t_mono_ns=int(t_s * SECOND_NS), track=track, link=kind, alarm=alarm, first_mono_ns=0, bursts=5, **said)


def test_invented_links_do_not_push_out_one_that_is_heard() -> None:
    door = Admission()
    for half in range(200):
        genuine = received(1, half / 2)
        invented = [received(2 + half * 64 + k, half / 2) for k in range(64)]
        through = list(door.admit([genuine, *invented]))
        assert through[0] is genuine
        assert len(through) <= MOST_LINKS
    assert len(door._emitters._held) <= MOST_LINKS
    assert door.words().startswith("too many drones' links at once: ")
    assert door.words() == ""


def test_links_that_ended_make_room_and_what_is_no_drones_any_more_is_told() -> None:
    door = Admission()
    door.admit([received(track, 1.0) for track in range(MOST_LINKS)])
    ended = received(0, 2.0, alarm=False)
    assert list(door.admit([ended])) == [ended]
    assert not door.admit([received(900, 2.0)])
    assert door.admit([received(900, 1.0 + HELD_NS / SECOND_NS)])


def test_of_known_others_so_many_words_a_second_get_through() -> None:
    door = Admission()
    for second in range(3):
        said = [received(track, second, alarm=False) for track in range(MOST_OTHERS + 9)]
        assert list(door.admit(said)) == said[:MOST_OTHERS]
    assert door.words() == ""


def target(name: int | str, t_s: float) -> TargetDetection:
    said: dict[str, Any] = {"track": name} if isinstance(name, int) else {"ids": (TargetId("icao_address", name),)}
    return PositionDetection(t_mono_ns=round(t_s * SECOND_NS), latitude_deg=48.0, longitude_deg=11.0, sigma_horizontal_m=10.0, **said)


def test_invented_targets_do_not_push_out_one_that_is_followed() -> None:
    door = Admission()
    for second in range(60):
        genuine = target("3C6444", second)
        through = list(door.admit([genuine, *(target(second * 1_000 + k, second) for k in range(1_000))]))
        assert through[0] is genuine
        assert len(through) <= MOST_TARGETS
    assert len(door._targets._held) <= MOST_TARGETS
    assert door.words().startswith("too many targets at once: ")
    assert door.words() == ""


def test_of_a_target_twenty_words_a_second_get_through() -> None:
    door = Admission()
    assert len(door.admit([target(1, k / 20) for k in range(100)])) == 100
    assert len(door.admit([target(2, k / 100) for k in range(100)])) == 20


def test_what_is_covered_gets_through_once_a_second_and_not_a_thousand_times() -> None:
    door = Admission()
    said = [
        Coverage(t_mono_ns=round(k * SECOND_NS / 1_000), sense="other", reach_m=1.0, probability=0.5, latency_s=1.0) for k in range(4_000)
    ]
    assert len(door.admit(said[::1_000])) == 4
    assert len(Admission().admit(said)) <= 16
