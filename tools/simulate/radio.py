"""What a software radio hears: links by name or a scene's, as IQ with its truth, or into a recording with SigMF beside it."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from drivers.blocks import IqBlock
from tools.simulate.antenna import of_world
from tools.simulate.iq import mixer
from tools.simulate.iq.catalogue import CATALOGUE, link_of
from tools.simulate.iq.front_end import BITS, FrontEnd
from tools.simulate.iq.mixer import Air, Heard
from tools.simulate.iq.wave import Link, Spot
from tools.simulate.scene import SceneError
from tools.simulate.world import World

COLUMNS = ("link", "kind", "t_s", "duration_s", "center_hz", "bandwidth_hz", "snr_db", "aloft")
FORMATS: dict[str, tuple[str, BITS | None]] = {
    ".cu8": ("cu8", 8),
    ".cs16": ("ci16_le", 12),
    ".cf32": ("cf32_le", None),
    ".sigmf-data": ("ci16_le", 12),
}
"""SigMF's name of each and the converter's bits: of 16 bits on file, most radios fill 12."""


def heard(
    links: Sequence[str | Link | Heard],
    center_hz: float,
    rate_hz: float,
    seconds: float,
    seed: int,
    *,
    snr_db: float = 20.0,
    front: FrontEnd | None = None,
    block_samples: int | None = None,
    truth: list[Spot] | None = None,
) -> Iterator[IqBlock]:
    """Blocks in time order; links by name or plain come with `snr_db` in each burst's own bandwidth. `truth` gets each burst heard."""
    sources = [_heard(one, seed, snr_db) for one in links]
    return mixer.heard(sources, front or FrontEnd(center_hz, rate_hz), seconds, seed, block_samples=block_samples, truth=truth)


def _heard(one: str | Link | Heard, seed: int, snr_db: float) -> Heard:
    if isinstance(one, Heard):
        return one
    return Heard(link_of(one, seed) if isinstance(one, str) else one, Air(snr_db=snr_db))


def write(path: Path, blocks: Iterable[IqBlock], truth: list[Spot], front: FrontEnd) -> None:
    """Write the recording, its SigMF metadata with every burst noted, and the truth as .csv; raises OSError."""
    datatype, _ = FORMATS[path.suffix]
    with path.open("wb") as out:
        for block in blocks:
            _write_block(out, block, datatype)
    with path.with_suffix(".csv").open("w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        rows.writerows([getattr(spot, column) for column in COLUMNS] for spot in truth)
    path.with_suffix(".sigmf-meta").write_text(json.dumps(_meta(path, datatype, truth, front), indent=1))


def _write_block(out: BinaryIO, block: IqBlock, datatype: str) -> None:
    parts = block.samples.view(np.float32)
    if datatype == "cu8":
        out.write(np.rint(parts * 127.5 + 127.5).astype(np.uint8).tobytes())
    elif datatype == "ci16_le":
        out.write(np.clip(np.rint(parts * 32768), -32768, 32767).astype("<i2").tobytes())
    else:
        out.write(parts.astype("<f4").tobytes())


def _meta(path: Path, datatype: str, truth: list[Spot], front: FrontEnd) -> dict[str, object]:
    about: dict[str, object] = {"core:datatype": datatype, "core:sample_rate": front.rate_hz, "core:version": "1.2.0"}
    if path.suffix != ".sigmf-data":
        about |= {"core:dataset": path.name}
    notes = [
        {
            "core:sample_start": max(0, round(spot.t_s * front.true_rate_hz)),
            "core:sample_count": round(spot.duration_s * front.true_rate_hz),
            "core:freq_lower_edge": spot.center_hz - spot.bandwidth_hz / 2,
            "core:freq_upper_edge": spot.center_hz + spot.bandwidth_hz / 2,
            "core:label": spot.link,
        }
        for spot in truth
    ]
    captures = [{"core:sample_start": 0, "core:frequency": front.center_hz}]
    return {"global": about, "captures": captures, "annotations": notes}


def main(arguments: list[str] | None = None) -> int:
    """Write a recording and its truth; exit code 1 where the scene or the file cannot be used."""
    told = _parser().parse_args(arguments)
    try:
        links, center_hz = _links(told)
        front = FrontEnd(center_hz, told.rate, ppm=told.ppm, noise_dbfs=told.noise, bits=FORMATS[told.out.suffix][1], dc_dbfs=told.dc)
        truth: list[Spot] = []
        write(told.out, mixer.heard(links, front, told.seconds, told.seed, truth=truth), truth, front)
    except (SceneError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{told.out}: {told.seconds:g} s at {center_hz / 1e6:g} MHz, {len(truth)} bursts\n")
    return 0


def _links(told: argparse.Namespace) -> tuple[list[Heard], float]:
    """Those of the scene or of the names, and where to listen; raises SceneError."""
    if told.out.suffix not in FORMATS:
        raise SceneError(f"{told.out}: its name must end with {', '.join(FORMATS)}")
    if told.scene:
        links = of_world(World.load(told.scene, told.seed))
        if told.center is None:
            raise SceneError("a scene has links in many bands: say where to listen with --center HZ")
        return links, told.center
    if unknown := [name for name in told.link if name not in CATALOGUE]:
        raise SceneError(f"there is no link {unknown[0]!r}; there are {', '.join(CATALOGUE)}")
    links = [_heard(name, told.seed, told.snr) for name in told.link]
    return links, told.center or CATALOGUE[told.link[0]].listen_hz


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.simulate.radio", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("scene", nargs="?", type=Path, help="a scene in TOML whose drones have a [[drone.link]]")
    what.add_argument("--link", nargs="+", help="links by name; one that is not there names all that are")
    parser.add_argument("--out", type=Path, required=True, help="FILE.cu8, .cs16, .cf32 or .sigmf-data; .sigmf-meta and .csv go beside it")
    parser.add_argument("--center", type=float, help="where to listen, in Hz (where the first link can be heard)")
    parser.add_argument("--rate", type=float, default=2.4e6, help="samples a second (%(default)g)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long (%(default)g)")
    parser.add_argument("--snr", type=float, default=20.0, help="of links by name, in dB in their own bandwidth (%(default)g)")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed makes the same samples (%(default)d)")
    parser.add_argument("--ppm", type=float, default=0.0, help="the receiver's crystal error (%(default)g)")
    parser.add_argument("--noise", type=float, default=-36.0, help="the receiver's noise in dBFS (%(default)g)")
    parser.add_argument("--dc", type=float, help="the receiver's spike in its middle in dBFS (none)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
