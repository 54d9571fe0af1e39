"""The real driver on a device that is Wi-Fi in monitor mode, in a running node, with a real flight at full speed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flight import frames, is_heard
from tests.running import running_node, wait_for
from tools.stage import Stage, stage
from tools.virtual_devices.tap import tap

pytestmark = [pytest.mark.root, pytest.mark.usefixtures("as_root")]


def _sensor(interface: str) -> str:
    return f'\n[[sensor]]\nname = "wifi"\ndriver = "wifi_monitor"\ninterface = "{interface}"\nplan = "none"\n'


@pytest.fixture
def here() -> Iterator[Stage]:
    with stage() as here:
        yield here


def test_every_frame_of_a_real_flight_arrives_or_is_counted_as_lost(here: Stage, shared_data: Path) -> None:
    flight = frames(shared_data)
    expected = sum(map(is_heard, flight))
    with tap() as device, here.node(_sensor(device.name)):
        wait_for(lambda: _all_run(here), 20, "sensor and hub run")
        for frame in flight:
            device.write(frame)
        read, lost = wait_for(lambda: _counted(here, expected), 20, f"{expected} frames are read or counted as lost")
        assert read + lost == expected
        status = wait_for(lambda: _last_status(here, 1140 - lost), 20, "the hub has every Remote ID")
        assert lost or status["counters"]["detections"] == 1140
        assert status["counters"]["tracks_confirmed"] == 1


def _all_run(here: Stage) -> bool:
    status = here.status()
    return status is not None and all(part.state == "running" for part in (*status.sensors, status.hub))


def _counted(here: Stage, expected: int) -> tuple[int, int] | None:
    status = here.status()
    said = re.search(r"(\d+) blocks, \d+/s, (\d+) lost", status.sensors[0].sentence) if status else None
    read, lost = (int(said[1]), int(said[2])) if said else (0, 0)
    return (read, lost) if read + lost >= expected else None


def _last_status(here: Stage, detections: int) -> dict[str, dict[str, int]] | None:
    told = [event for event in here.c2.events(0.1) if event["kind"] == "status"]
    return told[-1] if told and told[-1]["counters"].get("detections", 0) >= detections else None


def test_a_missing_interface_is_named_found_when_plugged_in_and_named_again_when_pulled(tmp_path: Path) -> None:
    with running_node(tmp_path, _sensor("wlxtest0")) as node:
        absent = node.wait_for("wifi", lambda part: part.state == "absent", 10, "the missing interface is named")
        assert "wlxtest0" in absent.sentence
        with tap("wlxtest0"):
            node.wait_for("wifi", lambda part: part.state == "running", 10, "it is found")
        node.wait_for("wifi", lambda part: part.state != "running" and "wlxtest0" in part.sentence, 5, "the pulled interface is named")
        with tap("wlxtest0"):
            node.wait_for("wifi", lambda part: part.state == "running", 10, "it is found again")
