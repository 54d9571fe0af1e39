"""All that is done to a node, by name: how it is done, how it ends, and what must be said of it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence

from edge_node.publish.keys import load_or_make
from tools.verdicts.post import FIRMWARE, MOUNTS, Post
from tools.verdicts.striking import Fault
from tools.virtual_devices.device import Ailment
from tools.virtual_devices.maker import Does

DEVICES = ("wifi", "bluetooth", "gnss", "microphones", "camera", "links")
GONE = frozenset({"sensor_absent"})
STANDS_STILL = frozenset({"no_data", "sensor_stalled", "fallen_silent"})
STEP_S = 120.0
FINE, UNDER_VOLTAGE, THROTTLED = "0", "1", "4"
"""Bits of get_throttled of a Raspberry Pi's firmware."""
MOUNT = "36 25 179:2 / {} {{}},noatime - ext4 /dev/mmcblk0p2 {{}},errors=remount-ro"
PORTS = ("bluetooth", "gnss")
GONE_WITHIN_S, LOOK_S = 10.0, 0.05
Act = Callable[[Post], object]


def faults(post: Post) -> Iterator[Fault]:
    """What can be done here to this node, in an order in which nothing is in the way of the next."""
    there = [name for name in DEVICES if name in post.devices.made]
    yield from _of_plugs(there)
    yield Fault("ports_exchanged", PORTS, GONE, _pull_ports, _plug_crosswise)
    yield from _of_signals(there)
    yield from _of_processes(there[0])
    yield from _of_disk(post)
    yield from _of_board()
    if post.can_step:
        yield Fault("clock_step", ("time",), _one("clock_stepped"), _step(STEP_S), after=_step(0.0), passes=True)
    yield from _of_link(post)
    yield from _of_configuration(post)
    if "microphones" in there and post.devices.made["microphones"].driver == "mic_array":
        yield Fault("library_missing", ("microphones",), _one("library_missing"), _lose_library, _get_library)


def _one(name: str) -> frozenset[str]:
    return frozenset({name})


def _device(what: Does, name: str, ailment: Ailment = "") -> Act:
    return lambda post: post.devices.do(what, name, ailment)


def _of_plugs(there: Sequence[str]) -> Iterator[Fault]:
    """Plugs that are pulled, and devices that stand still."""
    for name in there:
        yield Fault(f"unplug_{name}", (name,), GONE, _device("unplug", name), _device("replug", name))
    for name in there:
        yield Fault(f"stall_{name}", (name,), STANDS_STILL, _device("stall", name), _device("go_on", name))


def _pull_ports(post: Post) -> None:
    """Two serial devices vanish; done when both were let go of."""
    for name in PORTS:
        post.devices.do("unplug", name)
    until_s = time.monotonic() + GONE_WITHIN_S
    while time.monotonic() < until_s and any((part := post.part(name)) and part.state == "running" for name in PORTS):
        time.sleep(LOOK_S)


def _plug_crosswise(post: Post) -> None:
    """They come back in the other order: to the first the kernel gives the lowest number, which was the other's."""
    for name in reversed(PORTS):
        post.devices.do("replug", name)


def _of_signals(there: Sequence[str]) -> Iterator[Fault]:
    """Devices that work, and sense nothing or nonsense."""
    rows: tuple[tuple[str, str, Ailment, str], ...] = (
        ("no_fix", "gnss", "no_fix", "no_fix"),
        ("fix_at_zero", "gnss", "at_zero", "fix_refused"),
        ("microphone_silent", "microphones", "one_silent", "microphone_silent"),
        ("microphones_silent", "microphones", "covered", "microphones_silent"),
        ("camera_covered", "camera", "covered", "blind"),
    )
    for name, about, ailment, finding in rows:
        if about in there:
            yield Fault(name, (about,), _one(finding), _device("ail", about, ailment), _device("ail", about))


def _signal(name: str, number: signal.Signals) -> Act:
    return lambda post: post.signal(name, number)


def _of_processes(worker: str) -> Iterator[Fault]:
    stop, go_on = _signal(worker, signal.SIGSTOP), _signal(worker, signal.SIGCONT)
    yield Fault("worker_hangs", (worker,), _one("sensor_stalled"), stop, go_on)
    yield Fault("worker_killed", (worker,), _one("sensor_crashed"), _signal(worker, signal.SIGKILL), passes=True)
    yield Fault("hub_killed", ("hub",), _one("hub_down"), _signal("hub", signal.SIGKILL), passes=True)


def _of_disk(post: Post) -> Iterator[Fault]:
    """Full and read-only are done to a disk of the node's own; that a card fails is what the kernel would say of it."""
    if post.disk:
        yield Fault("disk_full", ("storage",), _one("disk_full"), lambda here: here.fill_disk(), lambda here: here.free_disk())
        sealed, opened = _sealed(True), _sealed(False)
        yield Fault("disk_read_only", ("storage",), _one("disk_read_only"), sealed, opened)
    yield Fault("card_fails", ("storage",), _one("disk_fell_read_only"), _mounted("ro"), _mounted("rw"))


def _sealed(sealed: bool) -> Act:
    return lambda post: post.seal_disk(sealed)


def _mounted(whole: str) -> Act:
    return lambda post: post.says(MOUNTS, MOUNT.format(post.folder / "disk").format("rw", whole))


def _firmware(bits: str) -> Act:
    return lambda post: post.says(FIRMWARE, bits)


def _of_board() -> Iterator[Fault]:
    yield Fault("under_voltage", ("power",), _one("under_voltage"), _firmware(UNDER_VOLTAGE), _firmware(FINE))
    yield Fault("cpu_throttled", ("temperature",), _one("cpu_throttled"), _firmware(THROTTLED), _firmware(FINE))


def _step(off_s: float) -> Act:
    return lambda post: post.set_clock(off_s)


def _reload(toml: str) -> Act:
    return lambda post: post.reload(toml)


def _of_link(post: Post) -> Iterator[Fault]:
    c2, unreached, link = post.c2, _one("c2_unreached"), ("link",)
    yield Fault("c2_gone", link, unreached, lambda _: c2.stop(), lambda _: c2.start())
    yield Fault("c2_black_hole", link, unreached, lambda _: c2.swallow(True), lambda _: c2.swallow(False))
    yield Fault("c2_refuses_key", link, _one("c2_refuses_key"), lambda _: c2.forget(), lambda _: c2.remember())
    strange = post.toml.replace(c2.keys.public, load_or_make(post.folder / "stranger").public)
    yield Fault("c2_wrong_key", link, _one("c2_wrong_key"), _reload(strange), _reload(post.toml), targets=("hub",))


def _of_configuration(post: Post) -> Iterator[Fault]:
    """A typo at large leaves the configuration before in force, one in a sensor's table takes that sensor alone; the latter is mended
    without a word to the node.
    """
    typo, of_sensor = post.toml.replace("system_root", "sytem_root"), post.toml.replace('driver = "gnss"', 'driver = "gnss"\nbuad = 9600')
    yield Fault("typo", ("configuration",), _one("configuration_refused"), _reload(typo), _reload(post.toml))
    yield Fault("typo_of_sensor", ("gnss",), _one("sensor_off"), _reload(of_sensor), lambda here: here.write(here.toml))


def _lose_library(post: Post) -> None:
    """A broken upgrade is noticed by whoever loads the library next."""
    post.break_library()
    post.signal("microphones", signal.SIGKILL)


def _get_library(post: Post) -> None:
    post.mend_library()
