"""docs/remote-id.md says what the code does: every flag there is, and every frame that is found."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from drivers.blocks import RadioFrame
from drivers.channels import PLANS
from edge_node.messages import Transport
from edge_node.remote_id.detector import RemoteIdDetector
from tools.bench import fuzz
from tools.simulate import beacon

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "remote-id.md").read_text(encoding="utf-8")
SUSPECTS = ("suspect", "suspect_station", "flag")
NAME = re.compile(r"[a-z]+(_[a-z]+)+")
ROW = re.compile(r"^\| (\w+) \([^|]*\) \| (\d+) \| (\d+) \|", re.MULTILINE)


def _raised(path: Path) -> Iterator[str]:
    """Names that a module gives to suspicions, one that it chooses among included."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        named = [call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in SUSPECTS and call.args]
        yield from (node.value for node in named if isinstance(node, ast.Constant))
        if any(isinstance(node, ast.Name) for node in named):
            texts = [node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
            yield from (text for text in texts if NAME.fullmatch(text))


def test_every_suspicion_is_explained() -> None:
    modules = [*(ROOT / "edge_node/remote_id/judges").glob("*.py"), ROOT / "edge_node/fusion/tracker.py"]
    raised = {name for path in modules for name in _raised(path)}
    assert len(raised) > 20
    assert {name for name in raised if f"`{name}`" not in PAGE} == set()


def test_every_flag_and_note_of_a_frame_is_explained() -> None:
    rows, random, seen = fuzz.decoders(), Random(1), set[str]()
    elements = ((b"\x6a\x5c\x35\x01", rows["french"].seeds), (b"\x26\x37\x12\x58\x62\x13", rows["dji"].seeds))
    more = [
        beacon.beacon(mac=bytes(6), sequence=1, tsf_us=1, interval_tu=100, channel=6, ssid="x", vendor=kind + load)
        for kind, loads in elements
        for load in loads
    ]
    for medium, seeds in (("wifi", rows["wifi"].seeds + more * 9), ("ble", rows["ble"].seeds), ("mavlink", rows["mavlink"].seeds)):
        detector = RemoteIdDetector()
        for number in range(8_000):
            frame = RadioFrame(number, number, 0, medium, fuzz.payload(seeds, random))
            seen |= {name for found in detector.step(frame) for name in (*found.flags, *found.notes)}
    assert len(seen) > 12
    assert {name for name in seen if f"`{name}`" not in PAGE} == set()


def test_every_transport_and_plan_is_listed() -> None:
    assert [name for name in (*Transport.__args__, *PLANS) if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize(("capture", "holds", "found"), ROW.findall(PAGE))
def test_the_table_says_what_detect_finds(capture: str, holds: str, found: str, shared_data: Path) -> None:
    if capture == "odid_vectors":
        measured = _vectors(shared_data)
    else:
        (path,) = (shared_data / "remote_id").glob(f"{capture}.pcap*")
        command = [sys.executable, "-m", "edge_node", "detect", str(path), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=ROOT)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        measured = sum("pack_empty" not in row["notes"] for row in rows)
    assert (measured, int(found)) == (int(holds), int(holds))


def _vectors(shared_data: Path) -> int:
    detector, found = RemoteIdDetector(), 0
    for line in (shared_data / "remote_id" / "odid_vectors.jsonl").read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        if vector["kind"] == "wifi_nan":
            found += len(detector.step(RadioFrame(0, 0, 0, "wifi", bytes.fromhex(vector["hex"]))))
    return found


def test_the_table_has_all_its_rows() -> None:
    assert len(ROW.findall(PAGE)) == 7
