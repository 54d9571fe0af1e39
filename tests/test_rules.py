"""Rules of the whole project that a machine can hold."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from drivers import catalog
from edge_node.sensor_options import OPTIONS

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for room in ("edge_node", "drivers", "tools") for path in (ROOT / room).rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-peers.lock")
MOST_LINES = 400
HEAVY = {"numpy", "cv2", "zmq", "sqlite3", "scipy", "sounddevice", "rtlsdr", "usb", "rich"}
# Which registry and which folder is the machine's choice.
FOREIGN = re.compile(r"(?:pypi|pythonhosted|npmjs|piwheels)\w*\.[a-z]|(?:index-url|find-links)|(?<![\w.])/(?:work|root|home/[a-z]+)/")


def _tracked() -> list[Path]:
    """All files of the project, as git knows them."""
    try:
        told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in _tracked() if path != Path(__file__)}
    assert {path.name: found[0] for path, text in texts.items() if (found := FOREIGN.search(text))} == {}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_and_holds_one_noun(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module begins with a line that says what it is"
    assert text.count("\n") <= MOST_LINES


def test_every_folder_of_modules_is_a_package() -> None:
    assert {path.parent for path in SOURCES if not (path.parent / "__init__.py").is_file()} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    packages = re.split(r"\n(?=[a-zA-Z])", (ROOT / name).read_text(encoding="utf-8"))[1:]
    assert packages
    assert [
        package
        for package in packages
        if not re.match(r"[\w.-]+==[\w.]+( ; [^\\]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n|\s))+", package)
    ] == []


def test_a_node_runs_with_what_is_tested() -> None:
    node, tested, _ = (set(re.findall(r"^[\w.-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)) for name in LOCKS)
    assert node <= tested


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE) == [str(article) for article in range(1, 16)]
    assert "Appendix" in text


@pytest.mark.parametrize("module", ["edge_node.cli", "edge_node.config_file", "edge_node.commands.running", "edge_node.node.supervisor"])
def test_what_supervises_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
    assert HEAVY.isdisjoint(loaded)
    assert "edge_node" in loaded


def test_a_worker_that_listens_loads_nothing_that_looks_or_stores() -> None:
    code = "import sys, edge_node.node.worker, edge_node.acoustic.detector as d, drivers.mic_array; d.AcousticDetector()"
    code += "; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
    assert {"cv2", "scipy", "sqlite3", "rich", "matplotlib", "rtlsdr", "argparse"}.isdisjoint(loaded)
    assert "numpy" in loaded


@pytest.mark.parametrize("name", sorted(catalog.BUILT_IN))
def test_a_driver_takes_what_its_table_in_the_configuration_has(name: str) -> None:
    taken = inspect.signature(catalog.load(name)).parameters
    assert {field.name for field in msgspec.structs.fields(OPTIONS[name])} <= taken.keys()


def test_every_built_in_driver_has_a_table_in_the_configuration() -> None:
    assert OPTIONS.keys() == catalog.BUILT_IN.keys()


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "hw" / "README.md"], ids=lambda p: p.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
