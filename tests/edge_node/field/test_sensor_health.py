"""All of one sensor together: what is said by name is not said again as blindness."""

from __future__ import annotations

from drivers.blocks import RadioFrame
from edge_node.field.health_names import of_words
from edge_node.field.sensing import LONGEST_NOTE, MOST_NOTES, covered_now
from edge_node.field.sensor_health import Memory, SensorHealth
from edge_node.messages import Coverage
from tests.edge_node.field.test_health import part

NS = 1_000_000_000


def said(reach_m: float, *notes: str) -> Coverage:
    return Coverage(t_mono_ns=0, sensor="one", sense="sound", reach_m=reach_m, probability=0.8, latency_s=2.0, notes=notes)


def health(driver: str = "mic_array") -> SensorHealth:
    return SensorHealth("one", driver, None, Memory(), 0)


def test_blindness_is_said_at_the_second_word_of_it_and_over_when_it_sees_for_some_seconds() -> None:
    one = health("recording")
    dark, sees, told = said(0.0, "dark"), said(40.0), []
    for coverage in (sees, dark, dark, *[sees] * 5, dark, *[sees] * 6):
        one.covers(coverage)
        told.append([(found.name, found.words) for found in one.look((), {}, 1)])
    blind = [("blind", "it senses nothing now: dark")]
    assert told == [[], [], *[blind] * 12, []]


def test_wind_and_single_microphones_hamper_and_what_has_a_name_is_not_said_twice() -> None:
    one = health("recording")
    for _ in range(2):
        one.covers(said(0.0, "wind", "channel 3 is silent: look at its plug"))
    silent = of_words("one", "microphone_silent", "channel 3 is silent: look at its plug")
    assert [found.name for found in one.look((silent,), {}, 1)] == ["microphone_silent", "hampered"]
    assert [found.grade for found in one.look((), {}, 1)] == ["warn"]


def test_a_receiver_of_what_is_on_the_air_is_judged_by_its_silence_and_one_of_mavlink_by_its_driver() -> None:
    wifi, mavlink = health("wifi_monitor"), health("mavlink_rid")
    for second in range(60):
        wifi.took(RadioFrame(0, 0, 0, "wifi", b"\x80"), second * NS)
    assert wifi.look((), {}, 61 * NS) == ()
    assert [found.name for found in wifi.look((), {}, 700 * NS)] == ["fallen_silent"]
    assert wifi.memory.silence.longest_s == 1.0
    assert mavlink.look((), {}, 5_000 * NS) == ()


def test_a_deaf_sensor_of_yesterday_is_deaf_today() -> None:
    memory = Memory()
    first = SensorHealth("one", "rtl_sdr", None, memory, 0)
    for _ in range(1_000):
        first.look((), {"spectrum 868 MHz": -90.0}, 1)
    again = SensorHealth("one", "rtl_sdr", None, memory, 0)
    told = [found.name for _ in range(100) for found in again.look((), {"spectrum 868 MHz": -93.0}, 1)]
    assert set(told) == {"deaf"}


def test_what_is_covered_is_said_of_every_sensor_that_senses_drones() -> None:
    assert covered_now(part("gnss", "gnss"), None, (), 5) is None
    unknown = covered_now(part("eyes", "camera"), None, (), 5)
    assert unknown is not None
    assert (unknown.sensor, unknown.sense, unknown.reach_m, unknown.notes) == (
        "eyes",
        "sight",
        0.0,
        ("it has not said yet what it covers",),
    )
    gone = covered_now(part("ears", state="absent", sentence="there is no card; looks again every 4 s"), said(50.0), (), 5)
    assert gone is not None
    assert (gone.sense, gone.reach_m, gone.notes) == ("sound", 0.0, ("absent: there is no card; looks again every 4 s",))
    failed = of_words("ears", "no_data", "no new sound for 4 s")
    blind = covered_now(part("ears"), said(50.0), (failed,), 5)
    assert blind is not None
    assert (blind.reach_m, blind.notes) == (0.0, ("no new sound for 4 s",))
    assert covered_now(part("ears"), said(50.0), (), 5) == said(50.0)
    long = covered_now(part("ears"), said(0.0, *["x" * 999] * 9), (), 5)
    assert long is not None
    assert (len(long.notes), len(long.notes[0])) == (MOST_NOTES, LONGEST_NOTE)
