"""Frames in noise, as a receiver of any rate hears them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_node.messages import RemoteIdDetection
from edge_node.radio.droneid.receiver import DroneIdReceiver
from edge_node.radio.droneid.waveform import RATE_HZ
from tools.simulate.iq import droneid as sender

FORMATS = {".cf32": ("<f4", 0.0, 1.0), ".cs16": ("<i2", 0.0, 32_768.0), ".cs8": ("i1", 0.0, 128.0), ".cu8": ("u1", 127.5, 128.0)}


def recording(path: Path) -> np.ndarray:
    """Samples of a raw recording, full scale 1.0."""
    kind, zero, scale = FORMATS[path.suffix]
    return ((np.fromfile(path, kind).astype(np.float32) - np.float32(zero)) / np.float32(scale)).view(np.complex64)


def block(sequence: int = 1) -> bytes:
    return sender.block(sender.telemetry(sender.Telemetry(sequence=sequence)))


def noise_power(snr_db: float, rate_hz: float) -> float:
    """Beside a frame of power 1, whose SNR is in 15.36 MHz."""
    return float(10 ** (-snr_db / 10) * rate_hz / RATE_HZ)


def air(
    rng: np.random.Generator, sequence: int, snr_db: float, rate_hz: float = RATE_HZ, *, offset_hz: float = 0.0, legacy: bool = False
) -> tuple[np.ndarray, float]:
    """Four milliseconds with one frame that may be anywhere in them and up to 20 kHz astray; and when it begins."""
    start_s, astray_hz = rng.uniform(0.2e-3, 3e-3), rng.uniform(-20e3, 20e3)
    sent = sender.frame(block(sequence), legacy=legacy)
    heard = sender.at_rate(sent, rate_hz, offset_hz=offset_hz + astray_hz, start_s=start_s, length_s=0.004, phase=rng.uniform(0, 6.28))
    return heard + sender.noise(len(heard), noise_power(snr_db, rate_hz), rng), start_s


def heard(receiver: DroneIdReceiver, samples: np.ndarray, rate_hz: float, cuts: list[int] | None = None) -> list[RemoteIdDetection]:
    """What is told of samples in blocks that end at these places, and at the end."""
    found, at = [], 0
    for part in np.split(samples, cuts or []):
        found += receiver.step(part, rate_hz, None, round(at * 1e9 / rate_hz))
        at += len(part)
    return found + receiver.finish()
