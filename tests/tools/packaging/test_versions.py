"""edge-node-version in a made folder: what is taken into use, kept, and gone back to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from edge_node.field.upgrade import HOME, findings
from tools.packaging.tree import DEBIAN

pytestmark = [pytest.mark.root, pytest.mark.usefixtures("as_root")]


class Node:
    """A machine with a package that a test replaces."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home.parents[len(HOME.parts) - 1]

    def say(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it, with this machine's systemd out of its reach."""
        script = (DEBIAN / "edge-node-version").read_text(encoding="utf-8")
        there = {"/run/systemd/system": "/nowhere", "/usr/lib/systemd/system": f"{self.home}/units", "/usr/local/lib": f"{self.home}/local"}
        for path, other in there.items():
            script = script.replace(path, other)
        environment = os.environ | {"EDGE_NODE_HOME": str(self.home)}
        return subprocess.run(
            ["sh", "-c", script, "edge-node-version", *arguments], env=environment, capture_output=True, text=True, check=False
        )

    def unpack(self, version: str) -> None:
        """As dpkg does: every file anew beside the old one, then in its place."""
        package = self.home / "package"
        for name, text in {"version": version, "bin/edge-node": "#!/bin/sh\n", "systemd/edge-node.service": f"# {version}"}.items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".dpkg-new")
            fresh.write_text(f"{text}\n")
            fresh.chmod(0o755)
            fresh.rename(path)
        (self.home / "units").mkdir(exist_ok=True)
        (self.home / "units/edge-node.service").write_text(f"# {version}\n")

    def take(self, version: str) -> None:
        """Unpack and use it."""
        self.unpack(version)
        done = self.say("take")
        assert done.returncode == 0, done.stderr

    def runs(self) -> tuple[str, str | None]:
        """The current version by what is in it, and the previous one's name."""
        previous = self.home / "previous"
        return (self.home / "current/version").read_text().strip(), previous.readlink().name if previous.is_symlink() else None


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """One on which nothing is installed yet."""
    home = tmp_path / HOME
    home.mkdir(parents=True)
    return Node(home)


def test_the_first_version_has_none_before_it(node: Node) -> None:
    node.take("1.0")
    assert node.runs() == ("1.0", None)
    assert "no previous version" in node.say("rollback").stderr


def test_unpacking_the_next_touches_nothing_that_runs(node: Node) -> None:
    node.take("1.0")
    assert (node.home / "package/version").samefile(node.home / "current/version")
    node.unpack("2.0")
    assert node.runs() == ("1.0", None)


def test_going_back_and_forward(node: Node) -> None:
    node.take("1.0")
    node.take("2.0")
    assert node.runs() == ("2.0", "1.0")
    assert node.say("rollback").returncode == 0
    assert node.runs() == ("1.0", "2.0")
    node.say("rollback")
    assert node.runs() == ("2.0", "1.0")
    assert findings(node.root) == ()


def test_only_the_version_before_is_kept(node: Node) -> None:
    for version in ("1.0", "2.0", "3.0"):
        node.take(version)
    assert sorted(path.name for path in (node.home / "versions").iterdir()) == ["2.0", "3.0"]


def test_what_the_gate_took_back_is_told_until_the_next_upgrade_and_is_not_kept_by_it(node: Node) -> None:
    node.take("1.0")
    node.take("2.0")
    (node.home / "gate.json").write_text("{}")
    node.say("rollback", "its service failed")
    (found,) = findings(node.root)
    assert found.words.startswith("rolled back from 2.0 to 1.0 at ")
    assert found.words.endswith(": its service failed")
    assert found.words in node.say().stdout
    node.take("3.0")
    assert node.runs() == ("3.0", "1.0")
    assert findings(node.root) == ()
    assert not (node.home / "versions/2.0").exists()


def test_the_same_version_again_replaces_itself(node: Node) -> None:
    node.take("1.0")
    node.take("2.0")
    node.take("2.0")
    assert node.runs() == ("2.0", "1.0")


def test_an_older_version_runs_with_its_own_unit(node: Node) -> None:
    unit = node.home / "local/systemd/system/edge-node.service"
    node.take("1.0")
    node.take("2.0")
    assert not unit.exists()
    node.say("rollback")
    assert unit.read_text() == "# 1.0\n"
    node.say("rollback")
    assert not unit.exists()


def test_a_version_replaces_itself_beside_the_one_that_runs(node: Node) -> None:
    node.take("1.0")
    node.take("2.0")
    before = (node.home / "current").readlink()
    node.unpack("2.0")
    (node.home / "package/bin/edge-node").write_text("#!/bin/sh\n# mended\n")
    node.say("take")
    assert (node.home / "current").readlink() != before
    assert "mended" in (node.home / "current/bin/edge-node").read_text()
    node.take("2.0")
    assert node.say().stdout.splitlines()[:2] == ["current   2.0", "previous  1.0"]
    assert len(list((node.home / "versions").iterdir())) == 2
    assert node.say("rollback").stderr.endswith("1.0 runs again instead of 2.0\n")


def _on_trial(node: Node, proven: str) -> None:
    (node.home / "gate.json").write_text(f'{{"verdict": 0, "running": [], "version": "{proven}", "starts": 1}}')


def test_what_is_on_trial_is_not_gone_back_to(node: Node) -> None:
    node.take("1.0")
    node.take("2.0")
    _on_trial(node, "1.0")
    node.take("3.0")
    assert node.runs() == ("3.0", "1.0")


def test_a_power_cut_between_unpacking_and_taking_is_told(node: Node) -> None:
    node.take("1.0")
    node.unpack("2.0")
    assert "unpacked  2.0, and not taken into use yet: sudo dpkg --configure -a" in node.say().stdout
    node.say("take")
    assert "unpacked" not in node.say().stdout


def test_a_power_cut_between_the_links_of_an_upgrade_is_mended_by_taking_it_again(node: Node) -> None:
    node.take("0.9")
    node.take("1.0")
    node.unpack("2.0")
    _on_trial(node, "1.0")
    (node.home / "previous").unlink()
    (node.home / "previous").symlink_to("versions/1.0")
    assert node.runs() == ("1.0", "1.0")
    assert "no previous version" in node.say("rollback").stderr
    node.say("take")
    assert node.runs() == ("2.0", "1.0")


def test_a_power_cut_between_the_link_and_its_units_is_mended(node: Node) -> None:
    unit = node.home / "local/systemd/system/edge-node.service"
    node.take("1.0")
    node.take("2.0")
    (node.home / "current").unlink()
    (node.home / "current").symlink_to("versions/1.0")
    assert node.say("units").stdout == "edge-node.service\n"
    assert unit.read_text() == "# 1.0\n"
    assert node.say("units").stdout == ""


def test_units_that_only_one_of_two_versions_has(node: Node) -> None:
    older = node.home / "local/systemd/system"
    node.take("1.0")
    (node.home / "versions/1.0/systemd/edge-node-more.service").write_text("# of 1.0 alone\n")
    node.take("2.0")
    node.say("rollback")
    assert sorted(path.name for path in older.iterdir()) == ["edge-node-more.service", "edge-node.service"]
    node.say("rollback")
    assert list(older.iterdir()) == []


def test_a_wrong_word_is_a_wrong_call(node: Node) -> None:
    assert node.say("forward").returncode == 64
    assert node.say().returncode == 1
