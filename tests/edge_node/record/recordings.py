"""Blocks of every kind, and a recording of them made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from drivers.blocks import AnyBlock, Attitude, AudioBlock, Camera, Frame, GnssFix, IqBlock, Medium, MicrophoneArray, RadioFrame
from drivers.iq_formats import IqFormat, unpack
from drivers.pcm import full_scale
from edge_node.record import head as heads
from edge_node.record import kept, spine
from edge_node.record.part import PartFile, SensorPart, SpinePart, Target
from edge_node.record.spine import Spoken
from edge_node.timebase import Timebase

ARRAY = MicrophoneArray("square", ((0.0, 0.1, 0.0), (0.1, 0.0, 0.0)), azimuth_deg=30.0, gains=(1.0, 1.1))
CAMERA = Camera("thermal", "thermal", 40, 30, (50.0, 50.0), (19.5, 14.5), azimuth_deg=10.0, kelvin_per_count=0.01)
CLOCK = Timebase(1_764_350_000_000_000_000, "system", 0.001)
STEP_NS = 50_000_000


def sound(count: int = 20, bits: int = 16, channels: int = 2) -> list[AudioBlock]:
    """Of a device of so many bits."""
    rng = np.random.default_rng(bits)
    most = 2 ** (bits - 1)
    raw = [rng.integers(-most, most, (480, channels)).astype(np.int16 if bits == 16 else np.int32) for _ in range(count)]
    return [
        AudioBlock(n * STEP_NS, n * 480 + (7 if n > 3 else 0), 7 if n == 4 else 0, 9_600, full_scale(one), ARRAY, 12.5)
        for n, one in enumerate(raw)
    ]


def pictures(count: int = 10, bits: int = 16) -> list[Frame]:
    """Of a camera of so many bits, which turns on the way."""
    rng = np.random.default_rng(bits)
    raw: list[Any] = [rng.integers(0, 2**bits, (30, 40)).astype(np.uint16 if bits == 16 else np.uint8) for _ in range(count)]
    turned = msgspec.structs.replace(CAMERA, azimuth_deg=11.0)
    return [Frame(n * STEP_NS, n, 0, one, CAMERA if n < 5 else turned, repeated=n == 3, shutter=n == 4) for n, one in enumerate(raw)]


def iq(form: IqFormat, count: int = 10) -> list[IqBlock]:
    """Of a receiver that writes so, tuned anew on the way, and which loses something."""
    rng = np.random.default_rng(len(form))
    each = 1_000 * {"cu8": 2, "cs8": 2, "cs16": 4, "cf32": 8}[form]
    blocks, sequence = [], 0
    for number in range(count):
        raw = rng.standard_normal(2_000).astype("<f4").tobytes() if form == "cf32" else rng.bytes(each)
        lost = 13 if number == 6 else 0
        center_hz = 868e6 if number < 4 else 869e6
        got = unpack(raw, form)
        blocks.append(
            IqBlock(number * STEP_NS, sequence + lost, lost, 20_000.0, center_hz, got.samples, 20.7, got.clipped, number in (0, 4))
        )
        sequence += 1_000 + lost
    return blocks


def radio(count: int = 12) -> list[RadioFrame]:
    """Of every medium."""
    rng = np.random.default_rng(3)
    media: tuple[Medium, ...] = ("wifi", "ble", "ble_report", "mavlink")
    return [
        RadioFrame(
            n * STEP_NS, n, 0, media[n % 4], rng.bytes(30), None if n == 4 else -50 - n, 2_437_000_000 if n % 4 == 0 else None, n != 8,
            n == 5, n == 6,
        )
        for n in range(count)
    ]  # fmt: skip


def fixes(count: int = 5) -> list[GnssFix]:
    """Of a receiver that has lost its fix in the end."""
    return [
        GnssFix(n * STEP_NS, n, 0, "nmea", n < 4, latitude_deg=52.1 + n / 7, longitude_deg=4.3, hdop=None if n else 0.9)
        for n in range(count)
    ]


def attitudes(count: int = 5) -> list[Attitude]:
    """Of a vehicle that turns."""
    return [Attitude(n * STEP_NS, n, 0, "imu", 10.0 * n, "gyro", 1.5, pitch_deg=-0.1 / 3) for n in range(count)]


def same(one: AnyBlock, other: AnyBlock) -> bool:
    """Whether two blocks are the same bit by bit."""
    if type(one) is not type(other):
        return False
    for name in type(one).__struct_fields__:  # type: ignore[attr-defined]
        mine, yours = getattr(one, name), getattr(other, name)
        if isinstance(mine, np.ndarray):
            if mine.dtype != yours.dtype or mine.shape != yours.shape or mine.tobytes() != yours.tobytes():
                return False
        elif mine != yours:
            return False
    return True


def head(sensors: Iterable[str], *, finished: bool = True, sealed_to: str | None = None) -> heads.Head:
    """Of a recording of 10 s."""
    return heads.Head(
        id="0000abcd",
        node="here",
        triggers=(heads.Trigger(cause="track", t_mono_ns=5_000_000_000, track=3),),
        from_mono_ns=0,
        until_mono_ns=10_000_000_000,
        clock=CLOCK,
        sensors=tuple(heads.SensorHead(name=name, driver="recording") for name in sensors),
        finished=finished,
        sealed_to=sealed_to,
    )


def head_text(sensors: Iterable[str]) -> bytes:
    """As it stands in its file."""
    return msgspec.json.encode(head(sensors), enc_hook=str)


def record(
    folder: Path, blocks: Mapping[str, Sequence[AnyBlock]], told: Sequence[tuple[int, Spoken]] = (), key: str | None = None
) -> Target:
    """A recording of these blocks, its parts as the processes of a node leave them."""
    folder.mkdir()
    target = Target(folder, "0000abcd", CLOCK.offset_ns, key)
    for number, (name, some) in enumerate(blocks.items(), start=1):
        part = SensorPart(target, name, number)
        for block in some:
            part.write(kept.kept(block))
            part.flush()
        part.close()
    hub = SpinePart(target, "hub", 0)
    for t_mono_ns, message in told:
        topic = spine.topic_of(message)
        hub.say(topic, t_mono_ns, spine.encode({"t_mono_ns": t_mono_ns, "message": message}))
    hub.close()
    whole = head(blocks, sealed_to=key)
    if key:
        sealed = PartFile(target, heads.FILE)
        sealed.write(msgspec.json.encode(whole, enc_hook=str))
        sealed.close()
        whole = msgspec.structs.replace(head((), sealed_to=key), triggers=(), node="")
    (folder / heads.FILE).write_bytes(msgspec.json.encode(whole, enc_hook=str))
    return target
