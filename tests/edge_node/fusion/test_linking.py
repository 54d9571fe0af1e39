"""Links without a bearing and the objects that they are of: attached where that is decided, and else not."""

from __future__ import annotations

import math

from msgspec.structs import replace

from edge_node.fusion.linking import ATTACHED, ATTACHED_AFTER_S, DETACHED, Attached, Linking, LinkStanding, ObjectStanding
from tests.edge_node.fusion.linked_air import LOOK_S, SECOND, TRUE, scene

SEEDS = 60
VIDEO = LinkStanding(7, "analog_video", 20 * SECOND, 0, 0.95)
DRONE = ObjectStanding(1, 21 * SECOND, 0, 0.95)


def looked(
    linking: Linking, links: list[LinkStanding], objects: list[ObjectStanding], from_s: float, to_s: float
) -> list[dict[int, Attached]]:
    """The same for a while; whoever comes later is not there before."""
    found = []
    for step in range(round(from_s / LOOK_S), round(to_s / LOOK_S)):
        t_ns = round(step * LOOK_S * SECOND)
        here = [replace(one, last_mono_ns=t_ns) for one in links if one.first_mono_ns <= t_ns]
        there = [replace(one, last_mono_ns=t_ns) for one in objects if one.first_mono_ns <= t_ns]
        found.append(linking.look(t_ns, here, there))
    return found


def test_two_drones_and_a_link_on_the_ground() -> None:
    right = wrong = 0
    for seed in range(SEEDS):
        linking, ever = Linking(), set()
        for t_s, links, objects in scene(seed):
            ever |= {(link, one.object) for link, one in linking.look(round(t_s * SECOND), links, objects).items()}
        right += sum(TRUE.get(link) == one for link, one in ever)
        wrong += sum(TRUE.get(link) != one for link, one in ever)
    assert wrong <= 0.05 * (right + wrong)
    assert right >= 0.12 * 2 * SEEDS, "half of them come from afar, and nothing decides it"


def test_what_comes_together_belongs_together() -> None:
    found = looked(Linking(), [VIDEO], [DRONE], 0.0, 60.0)
    attached = [k for k, one in enumerate(found) if one]
    assert found[-1] == {7: Attached(1, found[-1][7].probability)}
    assert found[-1][7].probability >= ATTACHED
    assert 0.0 <= attached[0] * LOOK_S - 21.0 - ATTACHED_AFTER_S <= 5.0


def test_what_was_there_when_the_node_began_is_attached_only_after_long() -> None:
    link, drone = replace(VIDEO, first_mono_ns=0), replace(DRONE, first_mono_ns=0)
    found = looked(Linking(), [link], [drone], 0.0, 800.0)
    first_s = next(k for k, one in enumerate(found) if one) * LOOK_S
    assert 300.0 < first_s < 790.0
    two = [drone, replace(drone, number=2)]
    assert not any(looked(Linking(), [link], two, 0.0, 800.0))
    assert not any(looked(Linking(), [link, replace(link, number=8)], [drone], 0.0, 800.0))


def test_a_level_that_goes_with_the_range_tells_two_drones_apart() -> None:
    coming = replace(DRONE, first_mono_ns=0, range_m=300.0, sigma_range_m=10.0, range_rate_mps=-12.0)
    going = replace(coming, number=2, range_rate_mps=12.0)
    link = replace(VIDEO, first_mono_ns=0, level_rate_db_s=0.35)
    assert looked(Linking(), [link], [coming, going], 0.0, 200.0)[-1][7].object == 1
    assert looked(Linking(), [replace(link, level_rate_db_s=-0.35)], [coming, going], 0.0, 200.0)[-1][7].object == 2
    for unknown in (replace(link, level_rate_db_s=None), replace(link, link="elrs_2400")):
        assert not any(looked(Linking(), [unknown], [coming, going], 0.0, 200.0))


def test_a_makers_link_is_of_that_makers_drone() -> None:
    link = replace(VIDEO, link="dji_ocusync")
    dji, other = replace(DRONE, is_dji=True), replace(DRONE, number=2, is_dji=False)
    assert looked(Linking(), [link], [dji, other], 0.0, 90.0)[-1][7].object == 1
    assert not any(looked(Linking(), [link], [other], 0.0, 90.0))


def test_a_link_is_detached_where_the_evidence_turns_and_only_then() -> None:
    linking = Linking()
    drone = replace(DRONE, range_m=300.0, sigma_range_m=10.0, range_rate_mps=-12.0)
    assert looked(linking, [VIDEO], [drone], 0.0, 60.0)[-1]
    found = looked(linking, [replace(VIDEO, level_rate_db_s=-0.3)], [drone], 60.0, 400.0)
    held = [one[7].probability for one in found if one]
    assert min(held) >= DETACHED
    assert min(held) < ATTACHED
    assert not found[-1]


def test_nobody_and_nonsense() -> None:
    linking = Linking()
    assert linking.look(0, [], []) == {}
    assert linking.look(1, [VIDEO], []) == {}
    assert linking.look(2, [], [DRONE]) == {}
    odd = replace(DRONE, range_m=math.nan, range_rate_mps=math.inf, drone_probability=math.nan)
    links = [replace(VIDEO, number=k, level_rate_db_s=math.nan) for k in range(500)]
    assert looked(linking, links, [replace(odd, number=k) for k in range(100)], 20.0, 21.0) == [{}, {}]
    assert len(linking._pairs) <= 64 * 64
