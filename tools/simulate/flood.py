"""A Wi-Fi flood: beacons of access points that there are not, as many as the air carries, and no Remote ID in them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from random import Random

from tools.simulate.beacon import beacon, radiotap
from tools.simulate.faults import Fault
from tools.simulate.free_space import Frame
from tools.simulate.world import World

CHANNEL, LOUD_DBM, FADING_DB = 6, -45.0, 2.0
INTERVAL_TU = 100
VENDOR = b"\x00\x50\xf2\x02\x01\x01"
"""Microsoft's WMM, as every access point has it."""


def frames(world: World, fault: Fault, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
    """What of a flood reaches the node in [from, to), in time order: `much` frames a second, each of an address of its own."""
    begin_s, end_s = max(t_from_s, fault.from_s), min(t_to_s, fault.to_s)
    first = max(0, floor((begin_s - fault.from_s) * fault.much) - 1)
    for number in range(first, max(first, ceil((end_s - fault.from_s) * fault.much))):
        random = Random(f"{world.own}{world.seed}/flood/{fault.from_s}/{number}")
        t_s = fault.from_s + (number + 0.5 * random.random()) / fault.much
        if begin_s <= t_s < end_s:
            yield t_s, radiotap(CHANNEL, round(random.gauss(LOUD_DBM, FADING_DB))) + _beacon(random)


def _beacon(random: Random) -> bytes:
    mac = bytes((0x02, *random.randbytes(5)))
    return beacon(
        mac=mac,
        sequence=random.randrange(4096),
        tsf_us=random.getrandbits(48),
        interval_tu=INTERVAL_TU,
        channel=CHANNEL,
        ssid=f"free-wifi-{mac.hex()}",
        vendor=VENDOR,
    )
