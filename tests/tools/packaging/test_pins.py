"""What of the lock a node needs, for machines that this one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.packaging.pins import Target, needed, read

ROOT = Path(__file__).parents[3]
LOCK = """# made by a program
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   edge-node (pyproject.toml)
    #   lapx
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:{a}
    # via edge-node (pyproject.toml)
hatchling==1.0 \\
    --hash=sha256:{a}
    # via edge-node (pyproject.toml:build)
pluggy==1.0 \\
    --hash=sha256:{a}
    # via hatchling
rich==15.0 \\
    --hash=sha256:{b}
    # via edge-node (pyproject.toml)
pygments==2.0 ; platform_machine == 'aarch64' \\
    --hash=sha256:{b}
    # via rich
""".format(a="a" * 64, b="b" * 64)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("amd64", "3.11"), ["numpy==2.4.6", "rich==15.0"]),
        (Target("arm64", "3.13"), ["numpy==2.5.5", "rich==15.0", "pygments==2.0"]),
    ],
    ids=["amd64", "arm64"],
)
def test_a_node_needs_what_the_project_imports_on_that_machine(tmp_path: Path, target: Target, expected: list[str]) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)
    assert [f"{pin.name}=={pin.version}" for pin in needed(read(lock), target)] == expected


def test_a_pin_keeps_all_its_hashes(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)
    assert read(lock)[0].line() == f"numpy==2.4.6 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}"


def test_a_line_that_is_no_pin_is_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy>=2\n")
    with pytest.raises(ValueError, match="cannot read 'numpy>=2'"):
        read(lock)


def test_all_that_the_project_depends_on_is_in_the_real_lock() -> None:
    names = {pin.name for pin in needed(read(ROOT / "requirements.lock"), Target("arm64", "3.13"))}
    assert {"numpy", "msgspec", "pyzmq", "opencv-python-headless", "sounddevice", "rich", "cffi"} <= names
    assert not names & {"hatchling", "editables", "pluggy", "pytest"}
