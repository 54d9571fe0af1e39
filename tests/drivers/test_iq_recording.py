"""Recorded IQ as a source: SigMF, and bare samples whose name or user says what they are."""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.blocks import IqBlock
from drivers.recording import Recording
from drivers.sample_clock import block_samples
from drivers.source import SourceLost, SourceMisconfigured
from drivers.wav import PCM

REAL = {
    "adsb_1090_2MSps.cu8": (2e6, 1090e6, 356_868),
    "dji_droneid_mavic_air_2_50MSps.cf32": (50e6, None, 225_280),
    "neg_cv2x_5920MHz_15.36MSps.cf32": (15.36e6, 5920e6, 30_720),
    "neg_lte20_1815.3MHz_19.2MSps.cs8": (19.2e6, 1815.3e6, 1_536_000),
    "neg_wifi_dot11n_radiated_20MSps.cs16": (20e6, None, 169_040),
    "neg_wmbus_868.950M_1M6.cu8": (1.6e6, 868.95e6, 1_048_576),
}
RATE_HZ = 100e3
EACH = 4_096


def counted(count: int, start: int = 0) -> bytes:
    """cs16 samples whose I is their number."""
    return np.stack([np.arange(start, start + count), np.zeros(count)], axis=1).astype("<i2").tobytes()


def numbers(blocks: list[IqBlock]) -> list[int]:
    """The numbers of all samples in these blocks."""
    return [round(float(value)) for block in blocks for value in block.samples.real * 32_768]


def write(path: Path, data: bytes) -> Path:
    """The same path, with this in it."""
    path.write_bytes(data)
    return path


def sigmf(path: Path, captures: list[dict[str, Any]], **said: Any) -> Path:
    """The .sigmf-meta of a recording of this name."""
    whole = {"core:datatype": "ci16_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0"} | said
    meta = path.with_suffix(".sigmf-meta")
    meta.write_text(json.dumps({"global": whole, "captures": captures, "annotations": []}))
    return meta


def blocks_of(path: Path, **options: Any) -> list[IqBlock]:
    """All blocks, played without waiting."""
    with Recording(path, "fast", **options) as recording:
        return [block for block in recording.blocks() if isinstance(block, IqBlock)]


@pytest.mark.parametrize("name", REAL)
def test_real_recordings_say_what_they_are(shared_data: Path, name: str) -> None:
    rate_hz, center_hz, count = REAL[name]
    found = blocks_of(shared_data / "radio" / name)
    assert {(block.sample_rate_hz, block.center_hz, block.lost, block.tuned_anew) for block in found} == {(rate_hz, center_hz, 0, False)}
    assert sum(len(block.samples) for block in found) == count
    assert max(float(np.abs(block.samples).max()) for block in found) < 1.5


def test_blocks_follow_each_other_in_count_and_time(tmp_path: Path) -> None:
    found = blocks_of(write(tmp_path / "x_868M_100k.cs16", counted(10_000)))
    assert [len(block.samples) for block in found] == [EACH, EACH, 10_000 - 2 * EACH]
    assert [block.sequence for block in found] == [0, EACH, 2 * EACH]
    assert [block.t_mono_ns - found[0].t_mono_ns for block in found] == [0, 40_960_000, 81_920_000]
    assert numbers(found) == list(range(10_000))


@pytest.mark.parametrize("rate_hz", [250e3, 2.4e6, 15.36e6, 20e6, 50e6])
def test_blocks_last_as_long_as_those_of_other_sensors(rate_hz: float) -> None:
    assert 0.02 <= block_samples(rate_hz) / rate_hz <= 0.05


def test_what_the_user_says_counts_for_more_than_the_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x_868M_100k.cu8", counted(100))
    (block,) = blocks_of(path, format="cs16", rate_hz=50e3, center_hz=1e9)
    assert (block.sample_rate_hz, block.center_hz, numbers([block])) == (50e3, 1e9, list(range(100)))
    (block,) = blocks_of(write(tmp_path / "bare.bin", counted(100)), format="cs16", rate_hz=50e3)
    assert (block.sample_rate_hz, block.center_hz) == (50e3, None)


def test_says_what_nobody_says(tmp_path: Path) -> None:
    path = write(tmp_path / "urh_fsk.cs16", counted(10))
    with pytest.raises(SourceMisconfigured, match=r"nobody says how fast .*urh_fsk\.cs16 was sampled: say rate_hz .*--rate 2\.4M"):
        blocks_of(path)
    with pytest.raises(SourceMisconfigured, match="a sample rate of 1 Hz is not read"):
        blocks_of(path, rate_hz=1.0)
    with pytest.raises(SourceMisconfigured, match="format 'cu4' is not read; cu8, cs8, cs16, cf32 are"):
        blocks_of(path, format="cu4", rate_hz=1e6)
    with pytest.raises(SourceMisconfigured, match=r"x_1MSps\.cu8 is empty: it holds no sample"):
        blocks_of(write(tmp_path / "x_1MSps.cu8", b""))
    with pytest.raises(SourceMisconfigured, match="recorded neither with an array nor with a camera"):
        blocks_of(path, rate_hz=1e6, array="square_4")


def test_sound_has_no_centre(tmp_path: Path) -> None:
    form = PCM.to_bytes(2, "little") + b"\x01\x00" + (8_000).to_bytes(4, "little") + (16_000).to_bytes(4, "little") + b"\x02\x00\x10\x00"
    path = write(tmp_path / "x.wav", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + form + b"data\x00\x00\x00\x00")
    with pytest.raises(SourceMisconfigured, match="is wav: format, rate_hz and center_hz are of bare IQ"):
        blocks_of(path, center_hz=1e9)


@pytest.mark.parametrize("extra", [1, 2, 3])
def test_a_cut_sample_costs_itself_alone(tmp_path: Path, extra: int) -> None:
    path = write(tmp_path / "x_100k.cs16", counted(5_000) + bytes(extra))
    with Recording(path, "fast") as recording:
        found = [block for block in recording.blocks() if isinstance(block, IqBlock)]
        assert numbers(found) == list(range(5_000))
        assert recording.words() == "x_100k.cs16: cut short in the midst of a sample, after 5000 samples"


def test_a_loop_counts_on_and_says_that_nothing_goes_on_across_its_seam(tmp_path: Path) -> None:
    with Recording(write(tmp_path / "x_100k.cs16", counted(EACH + 100)), "fast", loop=True) as recording:
        found = [block for block in islice(recording.blocks(), 4) if isinstance(block, IqBlock)]
    assert [block.tuned_anew for block in found] == [False, False, True, False]
    assert [block.sequence for block in found] == [0, EACH, EACH + 100, 2 * EACH + 100]


def test_a_pipe_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x_868M_100k.cs16"
    os.mkfifo(path)
    with Recording(path, "live") as recording:
        blocks = recording.blocks()
        assert next(blocks) is None
        with path.open("wb", buffering=0) as writer:
            writer.write(counted(EACH + 50)[:-1])
            first = next(block for block in blocks if block is not None)
        assert isinstance(first, IqBlock)
        assert numbers([first]) == list(range(EACH))
        rest = next(block for block in blocks if block is not None)
        assert isinstance(rest, IqBlock)
        assert numbers([rest]) == list(range(EACH, EACH + 49))
        with pytest.raises(SourceLost):
            next(blocks)


@pytest.mark.parametrize("suffix", [".sigmf-meta", ".sigmf-data"])
def test_sigmf_is_read_by_either_name(tmp_path: Path, suffix: str) -> None:
    data = write(tmp_path / "x.y.sigmf-data", counted(100))
    sigmf(data, [{"core:sample_start": 0, "core:frequency": 868.95e6, "core:datetime": "2026-01-02T03:04:05.25Z"}])
    with Recording(data.with_suffix(suffix), "fast") as recording:
        (block,) = recording.blocks()
        assert isinstance(block, IqBlock)
        assert (block.center_hz, block.sample_rate_hz, numbers([block])) == (868.95e6, RATE_HZ, list(range(100)))
        assert recording.t_utc_start_ns == 1_767_323_045_250_000_000


def test_each_capture_of_sigmf_has_its_centre_and_its_header(tmp_path: Path) -> None:
    data = write(tmp_path / "x.sigmf-data", b"head" + counted(1_000) + b"more head" + counted(500, 1_000))
    captures = [
        {"core:sample_start": 1_000, "core:frequency": 915e6, "core:header_bytes": 9},
        {"core:sample_start": 0, "core:frequency": 868e6, "core:header_bytes": 4},
    ]
    found = blocks_of(sigmf(data, captures))
    assert [(block.center_hz, len(block.samples), block.sequence, block.tuned_anew) for block in found] == [
        (868e6, 1_000, 0, False),
        (915e6, 500, 1_000, True),
    ]
    assert numbers(found) == list(range(1_500))
    with pytest.raises(SourceMisconfigured, match="2 captures, each with its own centre"):
        blocks_of(data, center_hz=1e9)


def test_samples_that_the_receiver_counted_as_lost_are_lost(tmp_path: Path) -> None:
    data = write(tmp_path / "x.sigmf-data", counted(300))
    starts = [(0, 5_000), (100, 5_100), (200, 5_250)]
    captures = [{"core:sample_start": start, "core:frequency": 868e6, "core:global_index": index} for start, index in starts]
    found = blocks_of(sigmf(data, captures))
    assert [(block.sequence, block.lost, block.tuned_anew) for block in found] == [(0, 0, False), (100, 0, False), (250, 50, False)]


def test_sigmf_without_centre_or_captures_is_read_and_its_user_may_say_it(tmp_path: Path) -> None:
    data = write(tmp_path / "x.sigmf-data", counted(10))
    assert blocks_of(sigmf(data, []))[0].center_hz is None
    assert blocks_of(sigmf(data, [{"core:sample_start": 5, "core:frequency": 1e9}]))[1].center_hz == 1e9
    assert blocks_of(sigmf(data, [{"core:sample_start": 0}]), center_hz=2e9)[0].center_hz == 2e9


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"core:datatype": "cf64_le"}, "core:datatype 'cf64_le' are not read; cu8, ci8, ci16_le, cf32_le are"),
        ({"core:num_channels": 2}, "2 channels, and one is read"),
        ({"core:metadata_only": True}, "without samples"),
        ({"core:dataset": "../x"}, "not in the same folder"),
        ({"core:sample_rate": None}, "nobody says how fast"),
        ({"core:sample_rate": "fast"}, "is no SigMF: Expected `float | null`, got `str`"),
    ],
)
def test_sigmf_that_is_not_read_is_refused_with_the_reason(tmp_path: Path, said: dict[str, Any], words: str) -> None:
    data = write(tmp_path / "x.sigmf-data", counted(10))
    with pytest.raises(SourceMisconfigured) as error:
        blocks_of(sigmf(data, [], **said))
    assert words in str(error.value)


def test_sigmf_whose_other_part_is_missing_is_named(tmp_path: Path) -> None:
    data = write(tmp_path / "x.sigmf-data", counted(10))
    with pytest.raises(SourceMisconfigured, match=r"there is no .*x\.sigmf-meta, .* say format and rate_hz instead"):
        blocks_of(data)
    assert len(blocks_of(data, format="cs16", rate_hz=1e5)) == 1
    with pytest.raises(SourceMisconfigured, match="is an archive: unpack it"):
        blocks_of(write(tmp_path / "x.sigmf", b"tar"))
    write(tmp_path / "y.sigmf-meta", b"[" * 100_000)
    with pytest.raises(SourceMisconfigured, match="is no SigMF"):
        blocks_of(tmp_path / "y.sigmf-meta")
