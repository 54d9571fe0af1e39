"""Remote ID: whole captures to typed messages, and agreement with a reference library's vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from scapy.layers.dot11 import Dot11Elt
from scapy.utils import PcapReader

from drivers.recording import Recording
from edge_node.remote_id.astm_f3411 import decode_message, decode_pack
from edge_node.remote_id.detector import RemoteIdDetector
from tools.bench import captures
from tools.bench.figure import Figure

REAL = Path("remote_id", "parrot_anafi4_real.pcap")
AT_LEAST_S = 2.0
VENDOR_SPECIFIC, ASD_STAN_ODID = 221, b"\xfa\x0b\xbc\x0d"

FLIGHT_S = 30.0

Walk = Callable[[Path], tuple[int, int]]
"""A capture to how many frames it has, and how many of them hold Remote ID."""


def figures() -> Iterator[Figure]:
    """All figures of this bench; those that need real recordings only where these are."""
    with TemporaryDirectory() as folder:
        yield from _walks(captures.busy_site(Path(folder, "site.pcap"), FLIGHT_S), "")
        yield from _walks(captures.aircraft_only(Path(folder, "dense.pcap"), FLIGHT_S), "_dense")
    data = _data()
    if data:
        yield from _walks(data / REAL, "_recorded")
        yield from agreement(data)


def _walks(capture: Path, suffix: str) -> Iterator[Figure]:
    node_rate, node_found = _measure(walk_with_node, capture)
    scapy_rate, scapy_found = _measure(walk_with_scapy, capture)
    scapy = f"scapy {version('scapy')}"
    yield Figure(f"remote_id.frames{suffix}", node_rate, "frames/s", scapy_rate, f"{scapy}, finds only")
    yield Figure(f"remote_id.found{suffix}", node_found, "frames", scapy_found, scapy)


def _measure(walk: Walk, capture: Path) -> tuple[float, int]:
    """Frames per second of one core's time, over whole walks of the file, and how many were found."""
    begun_s, total = process_time(), 0
    while (spent_s := process_time() - begun_s) < AT_LEAST_S:
        frames, found = walk(capture)
        total += frames
    return total / spent_s, found


def walk_with_node(capture: Path) -> tuple[int, int]:
    """File to detections: what a node does with each frame."""
    detector, frames, found = RemoteIdDetector(), 0, 0
    with Recording(capture, pace="fast") as recording:
        for block in recording.blocks():
            if block is not None:
                frames += 1
                found += len(detector.step(block))
    return frames, found


def walk_with_scapy(capture: Path) -> tuple[int, int]:
    """File to the vendor elements with Remote ID, not decoded any further: less than a node does."""
    frames = found = 0
    with PcapReader(str(capture)) as packets:
        for packet in packets:
            frames += 1
            element = packet.getlayer(Dot11Elt)
            while isinstance(element, Dot11Elt) and not _is_remote_id(element):
                element = element.payload
            found += isinstance(element, Dot11Elt)
    return frames, found


def _is_remote_id(element: Any) -> bool:
    return bool(element.ID == VENDOR_SPECIFIC and element.info.startswith(ASD_STAN_ODID))


def agreement(data: Path) -> Iterator[Figure]:
    """How many of the reference library's vectors are read as it reads them; the tests' documented differences aside."""
    reference = import_module("tests.edge_node.remote_id.reference")
    messages = list(reference.vectors(data, "message"))
    packs = [vector for vector in reference.vectors(data, "pack") if vector["ok"]]
    agree = sum(_message_agrees(reference, vector) for vector in messages)
    yield Figure("remote_id.messages_agree", agree, "messages", len(messages), "reference library")
    agree = sum(_pack_agrees(reference, vector) for vector in packs)
    yield Figure("remote_id.packs_agree", agree, "packs", len(packs), "reference library")


def _message_agrees(reference: Any, vector: dict[str, Any]) -> bool:
    message = decode_message(bytes.fromhex(vector["hex"]))
    if message is None or vector["decoded"] is None:
        return message is vector["decoded"]
    return isinstance(message, reference.NAMES[vector["type"]]) and not reference.disagreements(message, vector["decoded"])


def _pack_agrees(reference: Any, vector: dict[str, Any]) -> bool:
    pack = decode_pack(bytes.fromhex(vector["hex"]))
    return not pack.bad and not reference.unlike(pack.messages, vector["decoded"], basic_ids=not vector["basic_collapsed"])


def _data() -> Path | None:
    """The folder of real recordings that the tests use, if it is there."""
    folder: Path = import_module("tests.conftest").DATA
    return folder if folder.is_dir() else None
