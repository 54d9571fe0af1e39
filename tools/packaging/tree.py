"""The files that the package installs, laid out for any processor on this one: nothing of them is run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.packaging import pins, sbom
from tools.packaging.pins import Target

ROOT = Path(__file__).parents[2]
DEBIAN = Path(__file__).parent / "debian"
PYTHONS = ("3.11", "3.12", "3.13")
"""Of Debian 12, Ubuntu 24.04 and Debian 13, and what Raspberry Pi OS and Jetsons make of these."""
GLIBCS = range(35, 16, -1)
"""What wheels may ask for, newest first: Ubuntu 22.04 has 2.35."""
CONFIGURATION = "etc/edge-node"
PACKAGE = "opt/edge-node/package"
UNITS = (
    "edge-node.service",
    "edge-node-monitor@.service",
    "edge-node-gateway.service",
    "edge-node-gate.service",
    "edge-node-first-boot.service",
)
EXAMPLES = ("node.example.toml", "gateway.example.toml")
DROP_INS = ("credentials.conf", "lamp.conf", "rtsp-udp.conf")
DOCS = ("docs", "LICENSE", "README.md", "SECURITY.md", "CHANGELOG.md")
MODULES = {"edge-node": "-P -m edge_node", "edge-node-tuner": "-I -m drivers.tuner"}


def lay_out(root: Path, architecture: str, version: str, wheels: Path) -> None:
    """Fill `root` with what the package installs; `wheels` holds or gets the wheels, the project's own among them."""
    package = root / PACKAGE
    _put(package / "version", f"{version}\n")
    bill = sbom.Bill(version, architecture)
    for python in PYTHONS:
        target = Target(architecture, python)
        _venv(package / f"python{python}", target, wheels / python)
        bill.add(python, package / f"python{python}/lib/python{python}/site-packages", wheels / python)
    _put(package / "sbom.cdx.json", bill.json())
    for name, how in MODULES.items():
        _put(package / "bin" / name, (DEBIAN / "launch.sh").read_text(encoding="utf-8").replace("@HOW@", how), 0o755)
    for name in DOCS:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, package / name)
    for name in (*UNITS, *DROP_INS):
        _copy(ROOT / "systemd" / name, package / "systemd" / name)
    _system(root)
    _share(package)


def _system(root: Path) -> None:
    """What lies outside of /opt; the command is a link into the version that runs."""
    for unit in UNITS:
        _copy(ROOT / "systemd" / unit, root / "usr/lib/systemd/system" / unit)
    _link(root / "usr/bin/edge-node", "/opt/edge-node/current/bin/edge-node")
    _copy(DEBIAN / "edge-node-version", root / "usr/sbin/edge-node-version", 0o755)
    _copy(DEBIAN / "health_gate.py", root / "usr/lib/edge-node/health_gate.py")
    _copy(ROOT / "systemd/edge-node.sysusers", root / "usr/lib/sysusers.d/edge-node.conf")
    _copy(ROOT / "systemd/edge-node.tmpfiles", root / "usr/lib/tmpfiles.d/edge-node.conf")
    for rules in sorted((ROOT / "hw/udev").glob("*.rules")):
        _copy(rules, root / "usr/lib/udev/rules.d" / rules.name)
    for name in EXAMPLES:
        _copy(DEBIAN / name, root / CONFIGURATION / name)
    _copy(DEBIAN / "copyright", root / "usr/share/doc/edge-node/copyright")


def _venv(folder: Path, target: Target, wheels: Path) -> None:
    """A virtual environment of the machine's own Python, with the locked wheels, each checked by its hash."""
    site = folder / f"lib/python{target.python}/site-packages"
    asked = folder / "requirements.lock"
    needed = pins.needed(pins.read(ROOT / "requirements.lock"), target)
    _put(asked, "".join(f"{pin.line()}\n" for pin in needed))
    wheels.mkdir(parents=True, exist_ok=True)
    _pip("download", *_tags(target), "--require-hashes", "-r", str(asked), "-d", str(wheels))
    # pip knows which wheels fit the target, but compares what they ask of Python with its own.
    lay = [*_tags(target), "--no-index", "--no-compile", "--ignore-requires-python", "-f", str(wheels), "-t", str(site)]
    _pip("install", *lay, "--require-hashes", "-r", str(asked))
    (own,) = wheels.parent.glob("edge_node-*.whl")
    shutil.copy(own, wheels)
    _pip("install", *lay, "edge-node")
    shutil.rmtree(site / "bin", ignore_errors=True)
    _put(folder / "pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {target.python}\n")
    _link(folder / "bin/python", f"/usr/bin/python{target.python}")


def _tags(target: Target) -> list[str]:
    """Wheels for the target alone, in pip's words."""
    machine = target.machine
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in GLIBCS] + [f"manylinux2014_{machine}"]
    told = ["--only-binary=:all:", "--no-deps", "--implementation=cp", f"--python-version={target.python}"]
    abis = [f"--abi=cp{target.python.replace('.', '')}", "--abi=abi3", "--abi=none"]
    return told + abis + [f"--platform={platform}" for platform in platforms]


def _pip(*arguments: str) -> None:
    quiet = ["-q", "-q", "--no-input", "--disable-pip-version-check", "--no-warn-conflicts"]
    taken = quiet if arguments[0] == "install" else quiet[:-1]
    subprocess.run([sys.executable, "-m", "pip", arguments[0], *taken, *arguments[1:]], check=True)


def _share(folder: Path) -> None:
    """Files of the same content become one file by hard links: most of OpenCV is the same for every Python."""
    first: dict[tuple[int, int, bytes], Path] = {}
    for path in _files(folder):
        stat = path.stat()
        with path.open("rb") as data:
            key = stat.st_size, stat.st_mode, hashlib.file_digest(data, "sha256").digest()
        if (same := first.setdefault(key, path)) is not path:
            path.unlink()
            path.hardlink_to(same)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _copy(source: Path, path: Path, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    path.chmod(mode)


def _link(path: Path, to: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to)


def set_times(root: Path) -> None:
    """One time for all files, that of the last commit, so that the same source makes the same package."""
    moment_s = float(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for path in (root, *root.rglob("*")):
        os.utime(path, (moment_s, moment_s), follow_symlinks=False)
