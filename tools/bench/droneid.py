"""DroneID in IQ: a recording, simulated frames at the edge of what can be read, noise and other links, and what it costs.

EDGE_NODE_DRONEID_FRAMES says how many frames at each SNR, EDGE_NODE_DRONEID_NOISE_S how many seconds of noise at 15.36 MS/s.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from edge_node.messages import RemoteIdDetection
from edge_node.radio.droneid.gate import BATCH, Gate
from edge_node.radio.droneid.receiver import DroneIdReceiver
from edge_node.radio.droneid.waveform import RATE_HZ
from tools.bench.figure import Figure
from tools.simulate.iq import droneid as sender
from tools.simulate.iq.ofdm import Lte
from tools.simulate.iq.wave import Link
from tools.simulate.iq.wifi import Wifi
from tools.simulate.radio import heard

Complexes = NDArray[np.complex64]

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "radio"
FRAMES = int(os.environ.get("EDGE_NODE_DRONEID_FRAMES", "200"))
NOISE_S = float(os.environ.get("EDGE_NODE_DRONEID_NOISE_S", "30"))
SEED, ROUNDS = 2026, 7
RECORDED, RECORDED_RATE_HZ, RECORDED_FRAMES = "dji_droneid_mavic_air_2_50MSps.cf32", 50e6, 4
# Those whose rate holds a frame, as recorded.
NEGATIVES = {
    "neg_cv2x_5920MHz_15.36MSps.cf32": ("<f4", 15.36e6),
    "neg_lte20_1815.3MHz_19.2MSps.cs8": ("i1", 19.2e6),
    "neg_wifi_dot11n_radiated_20MSps.cs16": ("<i2", 20e6),
}
SEARCHED = 1 << 22
SPAN_S, ASTRAY_HZ = 0.004, 20e3
BUSY_HZ, BUSY_RATE_HZ, BUSY_S, BLOCK = 2_437e6, 20e6, 0.2, 131_072
BUSY: dict[str, tuple[str, list[Link]]] = {
    "wifi": ("Wi-Fi on the air for 90 % of the time", [Wifi(load=0.9)]),
    "lte": ("a cell of LTE over the whole band", [Lte(BUSY_HZ, 100, 3)]),
    "both": ("two Wi-Fi channels that overlap", [Wifi(2_432e6, load=0.9), Wifi(2_442e6, seed=2, load=0.5)]),
}


def figures() -> Iterator[Figure]:
    """The recording and the negatives only where they are."""
    with threadpool_limits(1):
        yield from _figures()


def _figures() -> Iterator[Figure]:
    if DATA.is_dir():
        yield from _recorded()
        yield Figure("droneid.false_recorded", sum(_false(name) for name in NEGATIVES), "frames", against=f"{len(NEGATIVES)} recordings")
    for snr_db in (-5, -4, -3):
        yield Figure(f"droneid.read_{-snr_db}_db_below", read(snr_db, FRAMES), "%", against=f"{FRAMES} frames")
    yield Figure("droneid.read_legacy", read(-3, FRAMES, legacy=True), "%", against=f"{FRAMES} frames")
    yield Figure("droneid.false_noise", false_in_noise(NOISE_S), "frames", against=f"{NOISE_S:.0f} s of noise")
    for name, rate_hz in (("15", 15.36e6), ("20", 20e6), ("50", 50e6)):
        searched, bound = search_rates(rate_hz)
        yield Figure(f"droneid.search_{name}", searched, "MS/s", bound, "bare FFT")
    for name, (words, links) in BUSY.items():
        yield Figure(f"droneid.search_20_{name}", busy_rate(links), "MS/s", against=words)


def _recorded() -> Iterator[Figure]:
    samples = np.fromfile(DATA / RECORDED, np.complex64)
    found, spent_s = [], []
    for _ in range(ROUNDS):
        begun_s = time.process_time()
        found = _all(samples, RECORDED_RATE_HZ)
        spent_s.append(time.process_time() - begun_s)
    both = sum(bool(one.crc24_ok and one.crc16_ok) for one in found)
    yield Figure("droneid.recorded", both, "frames", RECORDED_FRAMES, "in it")
    yield Figure("droneid.recorded_ms", min(spent_s) / RECORDED_FRAMES * 1e3, "ms a frame")


def _all(samples: Complexes, rate_hz: float) -> list[RemoteIdDetection]:
    receiver = DroneIdReceiver()
    return receiver.step(samples, rate_hz, None, 0) + receiver.finish()


def _false(name: str) -> int:
    kind, rate_hz = NEGATIVES[name]
    samples = np.fromfile(DATA / name, kind).astype(np.float32).view(np.complex64)
    return len(_all(samples, rate_hz))


def read(snr_db: float, frames: int, *, legacy: bool = False) -> float:
    """Per cent of frames that are told, each anywhere in 4 ms of a stream of noise; SNR is in 15.36 MHz."""
    rng, receiver, found = np.random.default_rng([SEED, round(-snr_db), legacy]), DroneIdReceiver(), []
    for k in range(frames):
        sent = sender.frame(sender.block(sender.telemetry(sender.Telemetry(sequence=k))), legacy=legacy)
        start_s, offset_hz, phase = rng.uniform(0.1e-3, 3.2e-3), rng.uniform(-ASTRAY_HZ, ASTRAY_HZ), rng.uniform(0, 2 * np.pi)
        heard = sender.at_rate(sent, RATE_HZ, offset_hz=offset_hz, start_s=start_s, length_s=SPAN_S, phase=phase)
        heard += sender.noise(len(heard), 10 ** (-snr_db / 10), rng)
        found += receiver.step(heard, RATE_HZ, None, round(k * SPAN_S * 1e9))
    found += receiver.finish()
    return 100 * len({one.sequence for one in found}) / frames


def false_in_noise(seconds: float) -> int:
    """Frames told in noise that is drawn anew all the time."""
    rng, receiver, told = np.random.Generator(np.random.SFC64(SEED)), DroneIdReceiver(), 0
    for _ in range(round(seconds * RATE_HZ / SEARCHED)):
        told += len(receiver.step(sender.noise(SEARCHED, 1e-2, rng), RATE_HZ, None, 0))
    return told + receiver.failed


def search_rates(rate_hz: float) -> tuple[float, float]:
    """MS/s of the receiver in noise and of nothing but the transforms of all these samples, turn and turn about, each at its best."""
    samples, receiver, size = sender.noise(SEARCHED, 1e-2, np.random.default_rng(SEED)), DroneIdReceiver(), Gate(rate_hz).row
    rows, out = samples.reshape(-1, size), np.empty((BATCH, size), np.complex64)

    def search() -> None:
        receiver.step(samples, rate_hz, None, 0)

    def transform() -> None:
        for k in range(0, len(rows), BATCH):
            np.fft.fft(rows[k : k + BATCH], axis=1, out=out)  # type: ignore[arg-type]  # the stub knows complex128 alone

    spent = [(_spent_s(search), _spent_s(transform)) for _ in range(ROUNDS)]
    ours, theirs = (SEARCHED / min(column) / 1e6 for column in zip(*spent, strict=True))
    return ours, theirs


def busy_rate(links: list[Link]) -> float:
    """MS/s of the receiver where others fill the band, in blocks as a driver hands them over; at its best."""
    stream = list(heard(links, BUSY_HZ, BUSY_RATE_HZ, BUSY_S, SEED, block_samples=BLOCK))
    receiver = DroneIdReceiver()

    def search() -> None:
        for block in stream:
            receiver.step(block.samples, BUSY_RATE_HZ, None, block.t_mono_ns)

    return BUSY_S * BUSY_RATE_HZ / min(_spent_s(search) for _ in range(ROUNDS)) / 1e6


def _spent_s(work: Callable[[], None]) -> float:
    begun_s = time.process_time()
    work()
    return time.process_time() - begun_s
