"""In a flood the known get through, newcomers as many as the hub can take; without one everybody does."""

from __future__ import annotations

from itertools import count

from edge_node.messages import AcousticDetection, PositionFix, RemoteIdDetection
from edge_node.node.admission import MOST_CANDIDATES, MOST_KNOWN, MOST_NEWCOMERS, MOST_SOUNDS, Admission

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
