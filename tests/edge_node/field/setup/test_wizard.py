"""Whatever somebody types, the wizard ends in a file that the node reads, or in no file at all."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config_file import load
from edge_node.field.setup import takes
from edge_node.field.setup.choices import former, write
from edge_node.field.setup.drafts import FILE, Draft
from edge_node.field.setup.terminal import StoppedError, Terminal, WrongAnswerError
from edge_node.field.setup.wizard import Wizard
from tests.edge_node.field.setup.computer import mast

LINES = st.one_of(
    st.sampled_from(["", "", "", "y", "n", "?", "1", "2", "3", "4", "9", "later", "-17.5", "370", "nan", "56.9, 24.1, 30", "56.9N 24.1W"]),
    st.text(max_size=50),
)  # fmt: skip


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        mast(Path(folder))
        yield Path(folder)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINES, max_size=80))
def test_any_answers_end_in_a_file_that_the_node_reads_or_in_none(root: Path, lines: list[str]) -> None:
    typed, said = io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO()
    with TemporaryDirectory() as folder:
        config = Path(folder, "node.toml")
        draft = Draft(config)
        try:
            decided = Wizard(Terminal(typed, said, 40, {}, draft.keep), former(config), config, root).run()
        except StoppedError:
            decided = None
        if decided is not None:
            write(config, former(config), decided[0])
            assert load(config).problems == ()
            assert load(config).node.name == decided[0].name
        assert "\x1b" not in said.getvalue()
        assert draft.read() or not (config.parent / FILE).exists()


@pytest.mark.parametrize(("typed", "place"), [
    ("56.9496, 24.1052", (56.9496, 24.1052, None)),
    ("56.9496,24.1052,31", (56.9496, 24.1052, 31)),
    ("56,9496 24,1052", (56.9496, 24.1052, None)),
    ("56,9496, 24,1052, 31,5 m", (56.9496, 24.1052, 31.5)),
    ("56.9496N 24.1052W", (56.9496, -24.1052, None)),
    ("33.5\N{DEGREE SIGN}S, 151.25\N{DEGREE SIGN}E", (-33.5, 151.25, None)),
    ("-33 151", (-33, 151, None)),
])  # fmt: skip
def test_places_as_people_type_them(typed: str, place: tuple[float, float, float | None]) -> None:
    assert takes.coordinates(typed) == place


@pytest.mark.parametrize("typed", ["", "56.9", "24.1E 56.9N", "91 0", "0 181", "nan nan", "here", "1 2 3 4", "1 2 high", "1 2 inf"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(WrongAnswerError):
        takes.coordinates(typed)


def test_who_may_not_write_is_told_before_anybody_answers(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "edge_node", "setup", "-c", str(tmp_path / "file" / "node.toml"), "--root", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 77
    assert "sudo edge-node setup" in done.stderr
    assert done.stdout == ""
