"""`edge-node detect` on IQ: what the command line says of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.blocks import IqBlock
from edge_node.cli import hertz, parser
from edge_node.commands.detect import detect
from edge_node.commands.recordings import opened_by


@pytest.mark.parametrize(("text", "value"), [("2400000", 2.4e6), ("2.4e6", 2.4e6), ("868.95M", 868.95e6), ("250k", 250e3), ("5.8G", 5.8e9)])
def test_frequencies_are_written_as_people_do(text: str, value: float) -> None:
    assert hertz(text) == value


@pytest.mark.parametrize("text", ["", "M", "2.4m", "nan", "infM", "fast"])
def test_what_is_no_frequency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        hertz(text)


def test_format_rate_and_centre_are_taken_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "bare.bin"
    path.write_bytes(bytes(400))
    arguments = parser().parse_args(["detect", str(path), "--rate", "1M", "--center", "868.3M", "--format", "cs16"])
    with opened_by(path, arguments) as recording:
        (block,) = recording.blocks()
    assert isinstance(block, IqBlock)
    assert (block.sample_rate_hz, block.center_hz, len(block.samples)) == (1e6, 868.3e6, 100)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("urh_fsk.cf32", [], "urh_fsk.cf32 was sampled: say rate_hz (on the command line --rate, such as --rate 2.4M)"),
        ("x_2MSps.cu8", ["--rate", "1"], "rate_hz = 1.0: must be a sample rate from 1e3 to 200e6 Hz"),
        ("x_2MSps.cu8", ["--format", "cu4"], "format = 'cu4'"),
        ("x_2MSps.cu8", ["--array", "uma_16"], "is IQ: it was recorded neither with an array nor with a camera"),
    ],
)
def test_says_what_nobody_says_or_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, options: list[str], words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(bytes(400))
    assert detect(parser().parse_args(["detect", str(path), *options])) == os.EX_DATAERR
    assert words in capsys.readouterr().err
