"""`edge-node calibrate-array RECORDING`: places, gains and delays of an array's microphones, by a source of noise carried around it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers import microphone_arrays
from drivers.blocks import AudioBlock, MicrophoneArray
from drivers.source import SourceError, SourceMisconfigured
from edge_node.acoustic.health.calibration import Calibration, calibrate
from edge_node.commands.recordings import opened_by

MOST_S = 600


def calibrate_array(arguments: argparse.Namespace) -> int:
    """Say what was found and write it down; exit code 1 when the walk was not good enough, and nothing is written then."""
    try:
        array, samples, rate_hz = _recorded(arguments)
        found = calibrate(
            array,
            samples,
            rate_hz,
            arguments.temperature_c,
            ahead_s=arguments.ahead,
            clockwise=arguments.clockwise,
            with_delays=arguments.delays,
        )
    except (SourceError, ValueError) as error:
        sys.stderr.write(f"edge-node: {error}\n")
        return os.EX_DATAERR
    sys.stdout.writelines(f"{line}\n" for line in report(array, found, rate_hz))
    for problem in found.problems:
        sys.stderr.write(f"edge-node: {problem}\n")
    if found.problems:
        sys.stderr.write(f"edge-node: {arguments.out} is not written\n")
        return 1
    return _written(arguments.out, array, found)


def report(array: MicrophoneArray, found: Calibration, rate_hz: int) -> Iterator[str]:
    """One line a microphone, counted from 1, and one of the walk."""
    rows = zip(array.positions_m, found.positions_m, found.gains, found.delays_s, found.sigma_m, strict=True)
    for number, (was, now, gain, delay_s, sigma_m) in enumerate(rows, 1):
        x_mm, y_mm, z_mm = (1000 * (b - a) for a, b in zip(was, now, strict=True))
        moved = f"moved {x_mm:+.1f} {y_mm:+.1f} {z_mm:+.1f} mm (sure to {1000 * sigma_m:.1f})"
        yield f"microphone {number}: {moved}, {-20 * np.log10(gain):+.1f} dB, {delay_s * rate_hz:+.2f} samples late"
    way = "clockwise" if found.turned_deg > 0 else "counter-clockwise"
    yield (
        f"the source was carried {abs(found.turned_deg):.0f} degrees {way}, stood out {found.loud_share:.0%} of the time, "
        f"and {1000 * found.residual_m:.2f} mm are left unexplained"
    )


def _recorded(arguments: argparse.Namespace) -> tuple[MicrophoneArray, NDArray[np.float32], int]:
    """All of a recording; raises SourceError."""
    pieces: list[NDArray[np.float32]] = []
    array, rate_hz, frames = None, 0, 0
    with opened_by(arguments.recording, arguments) as recording:
        for block in recording.blocks():
            if isinstance(block, AudioBlock):
                array, rate_hz, frames = block.array, block.sample_rate_hz, frames + len(block.samples)
                pieces.append(block.samples)
            if rate_hz and frames > MOST_S * rate_hz:
                raise SourceMisconfigured(f"{arguments.recording} is longer than {MOST_S // 60} minutes: cut out the walk")
    if array is None:
        raise SourceMisconfigured(f"{arguments.recording} holds no sound of an array")
    return array, np.concatenate(pieces), rate_hz


def _written(out: Path, array: MicrophoneArray, found: Calibration) -> int:
    measured = microphone_arrays.Calibration(
        array=array.name,
        date=datetime.now(UTC).date(),
        positions_m=found.positions_m,
        gains=found.gains,
        delays_s=found.delays_s,
    )
    try:
        microphone_arrays.write_calibration(out, measured)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"edge-node: {out} cannot be written: {error}\n")
        return os.EX_CANTCREAT
    sys.stdout.write(f'wrote {out}: name it in the sensor\'s table, calibration = "{out}"\n')
    return os.EX_OK
