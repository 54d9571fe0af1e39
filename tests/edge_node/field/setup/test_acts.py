"""Adapters, users and commands, with stand-ins for what only a node's own computer has."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from edge_node.field.setup import acts
from edge_node.field.setup.suggestion import Adapter


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `ip` and `systemctl` are told, a line each; `ip` refuses an interface called wlan9."""
    note = tmp_path / "told"
    for name in ("ip", "systemctl"):
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\necho {name} "$@" >> {note}\ncase "$*" in *wlan9*) echo no such device >&2; exit 1;; esac\n')
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return note


def test_an_adapter_is_called_by_its_address_and_listens(tmp_path: Path, told: Path) -> None:
    did = acts.listen("mon0", Adapter("wlan1", "00:c0:ca:00:00:01"), tmp_path / "network")
    assert did.well
    assert told.read_text().splitlines() == [
        "ip link set dev wlan1 down",
        "ip link set dev wlan1 name mon0",
        "systemctl enable --now edge-node-monitor@mon0.service",
    ]
    (link,) = (tmp_path / "network").iterdir()
    assert link.read_text().splitlines()[1:] == ["[Match]", "PermanentMACAddress=00:c0:ca:00:00:01", "", "[Link]", "Name=mon0"]


def test_an_adapter_that_is_gone_is_named(tmp_path: Path, told: Path) -> None:
    did = acts.listen("mon0", Adapter("wlan9", "00:c0:ca:00:00:01"), tmp_path / "network")
    assert (did.well, did.words) == (False, "ip link set dev wlan9 down: no such device")


def test_an_address_that_is_none_is_written_nowhere(tmp_path: Path, told: Path) -> None:
    assert not acts.listen("mon0", Adapter("wlan1", "x\n[Link]"), tmp_path / "network").well
    assert not (tmp_path / "network").exists()


def test_a_command_that_is_not_there_is_named() -> None:
    did = acts.run(("edge-node-no-such-command",))
    assert not did.well
    assert "edge-node-no-such-command" in did.words


def test_root_does_as_who_owns_the_state(tmp_path: Path, as_root: None) -> None:
    """Else root would leave files that the node cannot read."""
    assert acts.owner(tmp_path) is None
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    assert acts.owner(tmp_path) == "nobody"
    assert acts.run(("id", "-un"), "nobody").words == "nobody"
    assert acts.run(("id", "-G"), "nobody").words == str(nobody.pw_gid)
