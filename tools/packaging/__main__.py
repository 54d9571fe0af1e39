"""`python -m tools.packaging ARCHITECTURE FOLDER`: the .deb and its bill of materials into FOLDER; tools/build_deb.sh calls it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from edge_node import __version__
from tools.packaging.control import control
from tools.packaging.tree import CONFIGURATION, DEBIAN, EXAMPLES, PACKAGE, ROOT, lay_out, set_times

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


def main() -> int:
    """Build; exit code 0, or 1 with a word on what failed."""
    parser = argparse.ArgumentParser(prog="tools/build_deb.sh", description=__doc__)
    parser.add_argument("architecture", choices=["amd64", "arm64"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fast", action="store_true", help="pack it a fifth larger in a fraction of the time: for tests")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="edge-node-deb-") as work:
        try:
            made = _build(Path(work), told.architecture, told.folder, "3" if told.fast else "19")
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"build_deb: {' '.join(map(str, error.cmd[:6]))} ... failed with {error.returncode}\n")
            return 1
    print(made)
    return 0


def _build(work: Path, architecture: str, folder: Path, level: str) -> Path:
    wheels, root = work / "wheels", work / "root"
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "-q", "--no-deps", "--no-build-isolation", "-w", str(wheels)]
    subprocess.run([*pip, str(ROOT)], check=True)
    lay_out(root, architecture, __version__, wheels)
    debian = root / "DEBIAN"
    debian.mkdir()
    (debian / "control").write_text(control(__version__, architecture, _kib(root)), encoding="utf-8")
    (debian / "conffiles").write_text("".join(f"/{CONFIGURATION}/{name}\n" for name in EXAMPLES), encoding="utf-8")
    for script in SCRIPTS:
        shutil.copyfile(DEBIAN / script, debian / script)
        (debian / script).chmod(0o755)
    set_times(root)
    name = f"edge-node_{__version__}_{architecture}"
    made = folder / f"{name}.deb"
    shutil.copyfile(root / PACKAGE / "sbom.cdx.json", folder / f"{name}.cdx.json")
    pack = ["dpkg-deb", "-Zzstd", f"-z{level}", "--root-owner-group", "--build"]
    subprocess.run([*pack, str(root), str(made)], check=True, stdout=sys.stderr)
    return made


def _kib(root: Path) -> int:
    """Disk space, where files with hard links count once."""
    sizes = {stat.st_ino: stat.st_size for stat in (os.lstat(path) for path in root.rglob("*"))}
    return sum(sizes.values()) // 1024


if __name__ == "__main__":
    sys.exit(main())
