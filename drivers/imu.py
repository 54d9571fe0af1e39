"""A BNO080, BNO085 or BNO086 in UART-RVC mode on a serial port: how a vehicle turns and tilts, without a north of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

from drivers.blocks import Attitude
from drivers.bno08x import Telegram, Telegrams
from drivers.serial_port import SerialPort
from drivers.source import Source, SourceStalled

BAUD = 115_200
QUIET_S = 0.2
PERIOD_NS = 10_000_000
EVERY = 5
"""Of a hundred telegrams a second twenty are told: a vehicle does not turn faster than that shows."""
FROZEN_AFTER = 200
"""Telegrams in a row that are the same to the last bit: even at rest accelerations differ within 2 s."""
HEADING_SIGMA_DEG, TILT_SIGMA_DEG, SIGMA_T_S = 0.3, 1.5, 0.01
"""Within a turn, and against the vertical while the vehicle speeds up and brakes."""


class Imu(Source):
    """The chip lies with x ahead, y to the left and z up; `pitch_deg` and `roll_deg` are what it shows of a level vehicle.

    `turns` says which way its yaw grows: "anticlockwise", as seen from above, by the data sheet's axes.
    """

    def __init__(
        self,
        port: str,
        turns: Literal["anticlockwise", "clockwise"] = "anticlockwise",
        pitch_deg: float = 0.0,
        roll_deg: float = 0.0,
        silent_after_s: float = 3.0,
    ) -> None:
        self._path, self._sign = port, 1.0 if turns == "clockwise" else -1.0
        self._level_deg = pitch_deg, roll_deg
        self._silent_after_ns = round(silent_after_s * 1e9)
        self._port: SerialPort | None = None
        self._start()

    def _start(self) -> None:
        self._telegrams = Telegrams()
        self._last: Telegram | None = None
        self._same = self._sequence = self._lost = 0
        self._told: Attitude | None = None

    def open(self) -> None:
        """Take the port."""
        self._start()
        self._port = SerialPort(self._path, BAUD)

    def blocks(self) -> Iterator[Attitude | None]:
        """Twenty attitudes a second, and None while none came."""
        heard_ns = time.monotonic_ns()
        while (port := self._port) is not None:
            chunk = port.read(QUIET_S)
            now_ns = time.monotonic_ns()
            telegrams = self._telegrams.feed(chunk)
            if telegrams:
                heard_ns = now_ns
            elif now_ns - heard_ns > self._silent_after_ns:
                raise SourceStalled(self._silence())
            told = [
                self._attitude(one, now_ns - PERIOD_NS * age) for age, one in zip(range(len(telegrams) - 1, -1, -1), telegrams, strict=True)
            ]
            yield from [one for one in told if one] or (None,)

    def close(self) -> None:
        """Give the port back; may be called twice."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def words(self) -> str:
        """Say how the vehicle tilts, and what is wrong."""
        damaged = f", {self._telegrams.bad} damaged telegrams" if self._telegrams.bad else ""
        told = self._told
        if told is None:
            return f"waiting for {self._path} to speak{damaged}"
        if told.trouble or told.pitch_deg is None or told.roll_deg is None:
            return f"{told.trouble}{damaged}"
        return f"nose {told.pitch_deg:+.0f}°, right side {-told.roll_deg:+.0f}°{damaged}"

    def _attitude(self, telegram: Telegram, t_mono_ns: int) -> Attitude | None:
        """What one telegram tells, of every fifth."""
        last, self._last = self._last, telegram
        self._lost += 0 if last is None else (telegram.index - last.index - 1) % 256
        self._same = self._same + 1 if last is not None and _alike(last, telegram) else 0
        self._sequence += 1
        if self._sequence % EVERY:
            return None
        lost, self._lost = self._lost, 0
        frozen = self._same >= FROZEN_AFTER
        count = self._sequence // EVERY - 1
        self._told = Attitude(t_mono_ns, count, lost, "imu", trouble="the IMU is frozen: power it off and on") if frozen else None
        self._told = self._told or Attitude(
            t_mono_ns,
            count,
            lost,
            "imu",
            heading_deg=self._sign * telegram.yaw_deg % 360,
            heading_kind="gyro",
            sigma_heading_deg=HEADING_SIGMA_DEG,
            pitch_deg=-telegram.pitch_deg - self._level_deg[0],
            roll_deg=telegram.roll_deg - self._level_deg[1],
            sigma_tilt_deg=TILT_SIGMA_DEG,
            sigma_t_s=SIGMA_T_S,
        )
        return self._told

    def _silence(self) -> str:
        seconds = self._silent_after_ns / 1e9
        if self._telegrams.bad:
            return f"{self._path} sends bytes but no UART-RVC telegrams: is the chip's PS0 pulled high and PS1 low?"
        return f"{self._path} said nothing for {seconds:.0f} s: is the IMU powered and its TX wired to this port's RX?"


def _alike(one: Telegram, other: Telegram) -> bool:
    return (one.yaw_deg, one.pitch_deg, one.roll_deg, one.accelerations_mg) == (
        other.yaw_deg,
        other.pitch_deg,
        other.roll_deg,
        other.accelerations_mg,
    )
