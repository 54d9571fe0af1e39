"""A receiver's fix on its way to the hub: what cannot be is not believed, said, counted, and over when it is over."""

from __future__ import annotations

import os
import tty
from pathlib import Path

import pytest

from drivers.blocks import GnssFix
from edge_node.config import NodeTable
from edge_node.node.place import OwnPlace
from edge_node.node.position import PositionRelay
from tests.running import running_node
from tools.simulate.gnss import sentence

SECOND_NS = 1_000_000_000
HERE = 50.85, 4.35


def fix(t_s: float, place: tuple[float, float] = HERE, sigma_m: float | None = 2.0) -> GnssFix:
    return GnssFix(
        round(t_s * SECOND_NS),
        round(t_s),
        0,
        "nmea",
        has_fix=True,
        t_utc_ns=round(t_s * SECOND_NS),
        latitude_deg=place[0],
        longitude_deg=place[1],
        sigma_horizontal_m=sigma_m,
    )


def settled(*, seconds: int = 10) -> tuple[PositionRelay, OwnPlace]:
    """A receiver that has said the right place for so long, and the place that the node made of it."""
    relay, place = PositionRelay(), OwnPlace(NodeTable())
    for t_s in range(seconds):
        take(relay, place, fix(t_s))
    return relay, place


def take(relay: PositionRelay, place: OwnPlace, said: GnssFix) -> str | None:
    (told,) = relay.step(said)
    place.hear(told)
    return told.trouble


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (fix(10, (0.0, 0.0)), "says that it is at 0, 0"),
        (fix(10, (0.0005, -0.0005)), "says that it is at 0, 0"),
        (fix(10, (95.0, 4.35)), "says a place that is not on Earth"),
        (fix(10, (float("nan"), 4.35)), "says a place that is not on Earth"),
        (fix(10, sigma_m=25_000.0), "says a place to 25 km"),
        (fix(10, sigma_m=float("nan")), "says an error that is none"),
        (fix(10, (50.9, 4.49)), "says that it is 11 km from where it was 1 s before"),
    ],
    ids=["null island", "beside it", "off the globe", "no number", "no accuracy", "no error", "leap"],
)
def test_what_cannot_be_is_said_and_the_last_place_kept(said: GnssFix, trouble: str) -> None:
    relay, place = settled()
    before = place.now(said.t_mono_ns)
    (told,) = relay.step(said)
    assert (told.has_fix, told.latitude_deg, told.t_utc_ns, told.trouble) == (False, None, None, trouble)
    place.hear(told)
    assert place.now(said.t_mono_ns) == before
    assert relay.problem == f"{trouble}: not believed, the last place is kept"
    assert relay.words() == f"{relay.problem}; fixes not believed: 1"
    assert take(relay, place, fix(11)) is None
    assert (relay.problem, relay.words()) == ("", "fixes not believed: 1")


def test_a_receiver_that_says_0_0_from_its_first_fix_on_is_never_believed() -> None:
    relay, place = PositionRelay(), OwnPlace(NodeTable())
    assert all(take(relay, place, fix(t_s, (0.0, 0.0))) for t_s in range(100))
    assert place.now(99 * SECOND_NS) is None
    assert take(relay, place, fix(100)) is None
    assert place.now(100 * SECOND_NS) is not None


def test_who_goes_as_fast_as_a_train_is_believed_all_along() -> None:
    relay = PositionRelay()
    assert not any(relay.step(fix(t_s, (50.85 + t_s * 80 / 111_195, 4.35)))[0].trouble for t_s in range(300))


def test_a_first_place_that_was_wrong_gives_way_at_once() -> None:
    relay, place = settled(seconds=2)
    assert take(relay, place, fix(2, (50.9, 4.49))) is None


def test_a_place_far_off_that_stays_is_believed_once_one_could_have_driven_there() -> None:
    relay, place = settled()
    believed = [t_s for t_s in range(10, 100) if take(relay, place, fix(t_s, (50.9, 4.35))) is None]
    assert believed == list(range(55, 100))
    assert take(relay, place, fix(100)) == "says that it is 6 km from where it was 1 s before"


def test_far_off_after_a_minute_without_a_fix_is_no_leap() -> None:
    relay, place = settled()
    assert take(relay, place, fix(80, (10.0, 20.0))) is None


def _epoch(time_of_day: str, latitude: str, longitude: str) -> bytes:
    return sentence(f"GNGGA,{time_of_day},{latitude},{longitude},1,11,0.90,20.0,M,45.0,M,,")


def test_a_running_node_says_it_and_is_well_again_by_itself(tmp_path: Path) -> None:
    near, far = os.openpty()
    tty.setraw(far)
    try:
        with running_node(tmp_path, f'[[sensor]]\nname = "gnss"\ndriver = "gnss"\nport = "{os.ttyname(far)}"\n') as node:
            node.wait_running("hub", "gnss")
            os.write(near, _epoch("101112.00", "0000.00000,N", "00000.00000,E"))
            said = "says that it is at 0, 0: not believed, the last place is kept"
            told = node.wait_for("gnss", lambda part: said in part.sentence, 10, "the sensor says it")
            assert told.state == "running"
            refused = node.wait_found("gnss", "fix_refused", 10)
            assert refused.words == "says that it is at 0, 0, and is not believed"
            assert refused.words in node.status().sentence
            os.write(near, _epoch("101113.00", "5051.00000,N", "00421.00000,E"))
            node.wait_well("gnss", "fix_refused")
            node.wait_for("gnss", lambda part: "fixes not believed: 1" in part.sentence, 10, "it is counted")
    finally:
        os.close(near)
        os.close(far)
