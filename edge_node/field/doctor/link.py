"""The link to C2 as a whole: keys, way, and who is met at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edge_node.config import Config
from edge_node.field.doctor import handshake, keys, way
from edge_node.field.doctor.grades import finding
from edge_node.messages import Finding, SensorStatus
from edge_node.publish.keys import KeyPair

HANDSHAKE_WITHIN_S = 6.0
CONNECTED = "connected to C2 at"
CLOCKS = re.compile(r"this node's clock is (\d+\.\d) s (ahead of|behind) C2's")
LIVE_TROUBLES = {
    "C2 refuses this node's key": ("c2_refuses_key", "enrol it at C2: edge-node enrol TOKEN"),
    "no handshake with": ("c2_wrong_key", "compare server_key with what C2's 'key' command shows"),
}


def of_stopped(config: Config) -> tuple[KeyPair | None, tuple[Finding, ...]]:
    """Of a node that does not run: go the whole way to C2."""
    pair, found = keys.look(config.node.state_dir, config.c2.live is not None)
    if config.c2.live is None:
        return pair, (*found, alone())
    walked, reached = _walked(config)
    if pair is None or not reached:
        return pair, (*found, *walked)
    met = handshake.meet(config.c2, pair, config.node.name, HANDSHAKE_WITHIN_S)
    return pair, (*found, *walked, *met)


def of_running(config: Config, hub: SensorStatus) -> tuple[KeyPair | None, tuple[Finding, ...]]:
    """Of one that runs: the way, and what its hub says of C2; a second line with the same key would disturb it."""
    pair, found = keys.look(config.node.state_dir, config.c2.live is not None)
    if config.c2.live is None:
        return pair, (*found, alone())
    walked, _ = _walked(config)
    return pair, (*found, *walked, *_said(hub))


def alone() -> Finding:
    """Of a node without C2, which is as it should be where nobody named one."""
    return finding("link", "c2_none", "ok", "no C2 is named ([c2], edge-node enrol): tracks stay on the node")


def _walked(config: Config) -> tuple[tuple[Finding, ...], bool]:
    """The way to each plane, and whether it is open; an ipc path has none."""
    found: list[Finding] = []
    reached = True
    addresses = {one for where in (config.c2.live, config.c2.reliable) if where and (one := way.address_of(where))}
    for address in sorted(addresses):
        walked = way.walk(address)
        found += walked.findings or (finding("link", "c2_reachable", "ok", f"C2's port answers: {walked.words}"),)
        reached &= walked.open
    return tuple(dict.fromkeys(found)), reached


def _said(hub: SensorStatus) -> Iterator[Finding]:
    """What the hub's sentence has of the live plane."""
    if (apart := CLOCKS.search(hub.sentence)) is not None:
        yield handshake.clocks(float(apart[1]) * (1 if apart[2] == "ahead of" else -1))
    parts = hub.sentence.split("; ")
    for part in parts:
        for beginning, (name, touch) in LIVE_TROUBLES.items():
            if part.startswith(beginning):
                yield finding("link", name, "fail", part, touch)
                return
    connected = next((part for part in parts if part.startswith(CONNECTED)), None)
    if connected is not None:
        yield finding("link", "c2_ok", "ok", connected.partition(",")[0])
    else:
        said = next((part for part in parts if "C2" in part), hub.sentence)
        yield finding("link", "c2_unreached", "fail", f"the node does not reach C2: {said}", "look at the network and at [c2]")
