from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from edge_node.messages import NodeStatus, SensorState, SensorStatus, Verdict
from edge_node.node.changes import MOST_PARTS, TOLD_EVERY_S, Changes
from edge_node.publish.noted import Noted

SECOND_NS = 1_000_000_000


def part(name: str, state: SensorState = "running", sentence: str = "well") -> SensorStatus:
    return SensorStatus(name=name, driver="", state=state, sentence=sentence, since_mono_ns=0, restarts=0, pid=1)


def status(*sensors: SensorStatus, verdict: Verdict = "green", configuration: str = "aaa", hub: SensorState = "running") -> NodeStatus:
    return NodeStatus(
        name="roof",
        verdict=verdict,
        sentence=f"it is {verdict}",
        sensors=sensors,
        hub=part("hub", hub),
        t_mono_ns=0,
        configuration=configuration,
    )


def told(noted: list[Noted]) -> list[tuple[str, str | None]]:
    return [(one.about or "node", one.sensor_state or one.verdict) for one in noted if one.event == "health"]


def test_the_first_look_tells_all_and_the_second_nothing() -> None:
    changes = Changes("aaa")
    now = status(part("wifi"), part("ble", "absent", "no dongle"), verdict="amber")
    noted = changes.look(now, 0)
    assert told(noted) == [("node", "amber"), ("wifi", "running"), ("ble", "absent"), ("hub", "running")]
    assert [one.words for one in noted] == ["it is amber", "well", "no dongle", "well"]
    assert changes.look(now, 60 * SECOND_NS) == []


def test_the_verdict_and_each_part_are_told_when_they_change() -> None:
    changes = Changes("aaa")
    changes.look(status(part("wifi")), 0)
    noted = changes.look(status(part("wifi", "crashed", "ended by SIGKILL"), verdict="red"), 20 * SECOND_NS)
    assert told(noted) == [("node", "red"), ("wifi", "crashed")]
    assert noted[1] == Noted(event="health", words="ended by SIGKILL", about="wifi", sensor_state="crashed", verdict="red")
    assert told(changes.look(status(part("wifi")), 40 * SECOND_NS)) == [("node", "green"), ("wifi", "running")]


def test_what_passes_by_itself_is_not_told() -> None:
    changes = Changes("aaa")
    changes.look(status(part("wifi")), 0)
    for second, state in enumerate(("stopping", "starting", "running"), 20):
        assert told(changes.look(status(part("wifi", state)), second * SECOND_NS)) == []  # type: ignore[arg-type]


def test_what_comes_and_goes_is_told_rarely_and_how_it_ends_at_last() -> None:
    changes = Changes("aaa")
    times = []
    for second in range(300):
        wifi = part("wifi", "crashed" if second % 2 else "running")
        noted = changes.look(status(wifi, verdict="amber" if second % 3 else "green"), second * SECOND_NS)
        times += [(about, second) for about, _ in told(noted)]
    for name in ("wifi", "node"):
        seconds = [second for about, second in times if about == name]
        assert 20 <= len(seconds) <= 300 / TOLD_EVERY_S + 2
        assert min(after - before for before, after in pairwise(seconds)) >= 0.7 * TOLD_EVERY_S
    last = [noted for second in range(300, 312) for noted in changes.look(status(part("wifi", "absent")), second * SECOND_NS)]
    assert ("wifi", "absent") in told(last)
    assert ("node", "green") in told(last) or changes._verdict == "green"


def test_another_configuration_is_told_with_the_one_before() -> None:
    changes = Changes(None)
    (first,) = [one for one in changes.look(status(part("wifi")), 0) if one.event == "configuration"]
    assert (first.about, first.words) == ("aaa", "configuration aaa is in force, before it none; sensors: wifi")
    noted = changes.look(status(configuration="bbb"), SECOND_NS)
    assert [one.words for one in noted] == ["configuration bbb is in force, before it aaa; sensors: none"]
    assert changes.configuration == "bbb"
    assert changes.look(status(configuration=""), 2 * SECOND_NS) == []
    assert Changes("bbb").look(status(configuration="bbb"), 0)[0].event == "health"


def test_parts_are_bounded_and_those_that_are_gone_forgotten() -> None:
    changes = Changes("aaa")
    noted = changes.look(status(*[part(f"s{number}") for number in range(500)]), 0)
    assert len(noted) == 1 + MOST_PARTS
    assert ("hub", "running") in told(noted)
    changes.look(status(part("wifi")), SECOND_NS)
    assert set(changes._parts) == {"wifi", "hub"}
    again = changes.look(replace(status(part("s1"))), 2 * SECOND_NS)
    assert told(again) == [("s1", "running")]
