"""The Sniffle driver on pseudo-terminals, against an emulator of its firmware."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import sniffle
from drivers.ble_sniffle import BleSniffle
from drivers.blocks import RadioFrame
from drivers.recording import Recording
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.far_end import DEADLINE_S, FarEnd, far_end, frames, take, until
from tests.drivers.test_sniffle import PDU, POINTER, heard, line

ADVERTISING_MHZ = {2402: 37, 2426: 38, 2480: 39}


class Firmware:
    """Takes commands as the firmware does, echoes markers, and says what is on the air once it follows to the auxiliary channels."""

    def __init__(self, air: bytes = b"", most_markers: int = 1_000) -> None:
        self.commands: list[bytes] = []
        self.told = 0
        self._air = air
        self._markers = most_markers
        self._rest = b""

    def __call__(self, chunk: bytes) -> bytes:
        """What is said to these commands."""
        *lines, self._rest = (self._rest + chunk).split(b"\r\n")
        return b"".join(map(self._answer, lines))

    def _answer(self, text: bytes) -> bytes:
        if text.startswith(b"@"):
            return b""
        command = b64decode(text, validate=True)
        assert command[0] * 4 == len(text)
        self.commands.append(command[1:])
        if command[1] == 0x18:
            self._markers -= 1
            return line(0x12, bytes(4) + command[2:]) if self._markers >= 0 else b""
        if command[1] == 0x16:
            self.told += 1
            return self._air
        return b""


def channel(center_hz: int) -> int:
    """The index of a channel by its centre."""
    mhz = center_hz // 1_000_000
    return ADVERTISING_MHZ.get(mhz) or (mhz - 2404) // 2 - (mhz > 2426)


def replayed(recorded: list[RadioFrame]) -> bytes:
    """A recording as the firmware would say it."""
    return b"".join(
        heard(
            frame.data,
            rssi=frame.rssi_dbm or -128,
            channel=channel(frame.center_hz or 0),
            phy=2 if frame.coded_phy else 0,
            crc_bad=not frame.intact,
        )
        for frame in recorded
    )


def test_a_real_capture_comes_through_whole(shared_data: Path) -> None:
    with Recording(shared_data / "remote_id" / "odid_bt5_lr_sample.pcapng", "fast") as recording:
        recorded = [block for block in recording.blocks() if isinstance(block, RadioFrame)]
    with far_end(Firmware()) as device, BleSniffle(device.port) as source:
        device.say_later(replayed(recorded))
        found = frames(source, len(recorded))
    assert len(found) == 274
    assert sum(frame.intact for frame in found) == 244
    for field in ("medium", "data", "rssi_dbm", "center_hz", "intact", "coded_phy", "extended", "sequence", "lost"):
        assert [getattr(frame, field) for frame in found] == [getattr(frame, field) for frame in recorded]


@pytest.mark.parametrize(("phy", "number", "words"), [("coded", 2, "Bluetooth 5 long range"), ("1m", 0, "Bluetooth 4 and 5")])
def test_tells_the_dongle_what_to_hear(phy: str, number: int, words: str) -> None:
    firmware = Firmware(heard())
    with far_end(firmware) as device, BleSniffle(device.port, phy=phy) as source:
        assert frames(source, 1)[0].data == PDU
        assert source.words().startswith(words)
    by_code = {command[0]: command[1:] for command in firmware.commands}
    assert by_code[0x10] == bytes([37]) + bytes.fromhex("d6be898e") + bytes([number]) + bytes.fromhex("55555500")
    assert (by_code[0x11], by_code[0x12], by_code[0x13], by_code[0x15], by_code[0x16]) == (b"\0", b"\x80", b"", b"\0", b"\1")
    assert firmware.commands[-1][0] == 0x18


def test_a_port_without_sniffle_is_absent() -> None:
    for play in (lambda _: b"", lambda chunk: chunk):
        with far_end(play) as device, pytest.raises(SourceAbsent, match="no Sniffle answers"):
            BleSniffle(device.port, answer_within_s=0.1).open()


def test_garbage_is_skipped_and_counted() -> None:
    air = heard() + b"\xff\x00 garbage\r\n" + heard()[:9] + b"\r\n" + heard()
    with far_end(Firmware(air)) as device, BleSniffle(device.port) as source:
        found = frames(source, 2)
        assert source.words().endswith("2 lines garbled")
    assert [frame.data for frame in found] == [PDU, PDU]
    assert sum(frame.lost for frame in found) == 2


def test_silence_yields_none_within_a_second_and_is_told_anew() -> None:
    firmware = Firmware()
    with far_end(firmware) as device, BleSniffle(device.port, rearm_after_s=0.3) as source:
        blocks = source.blocks()
        begun_s = time.monotonic()
        assert next(blocks) is None
        assert time.monotonic() - begun_s < 1.0
        until(blocks, lambda: firmware.told >= 3)
        device.say(heard())
        assert take(blocks, 1)[0].data == PDU
        assert "told anew" in source.words()


def say_for(device: FarEnd, blocks: Iterator[RadioFrame | None], seconds: float, *said: bytes) -> None:
    """Have the device say this over and over, and the source hear it."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        device.say(b"".join(said))
        take(blocks, len(said))


def test_pointers_that_lead_nowhere_are_told_anew_and_then_a_stall() -> None:
    firmware = Firmware()
    with (
        far_end(firmware) as device,
        BleSniffle(device.port, rearm_after_s=0.1) as source,
        pytest.raises(SourceStalled, match="no auxiliary PDU"),
    ):
        say_for(device, source.blocks(), DEADLINE_S, *[heard(POINTER)] * 10)
    assert firmware.told == 1 + 3


def test_an_auxiliary_pdu_ends_the_worry() -> None:
    firmware = Firmware()
    with far_end(firmware) as device, BleSniffle(device.port, rearm_after_s=0.2) as source:
        say_for(device, source.blocks(), 0.6, *[heard(POINTER)] * 10, heard(channel=7))
    assert firmware.told == 1


def test_a_dongle_that_answers_no_more_is_stalled() -> None:
    with (
        far_end(Firmware(most_markers=1)) as device,
        BleSniffle(device.port, rearm_after_s=0.1, answer_within_s=0.1) as source,
        pytest.raises(SourceStalled, match="does not answer any more"),
    ):
        frames(source, 1)


def test_an_unplugged_dongle_is_lost() -> None:
    with far_end(Firmware(heard())) as device, BleSniffle(device.port) as source:
        blocks = source.blocks()
        take(blocks, 1)
        device.unplug()
        with pytest.raises(SourceLost, match="is gone"):
            take(blocks, 1)


def test_ports_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match="is it plugged in"):
        BleSniffle(str(tmp_path / "ttyUSB7")).open()
    with pytest.raises(SourceMisconfigured, match="is no serial port"):
        BleSniffle(str(tmp_path)).open()


def test_reopens_and_closes_twice() -> None:
    with far_end(Firmware(heard())) as device:
        source = BleSniffle(device.port, baud=921_600)
        for _ in range(2):
            with source:
                assert frames(source, 1)[0].sequence == 0
            source.close()
        assert list(source.blocks()) == []


def test_the_firmwares_lines_are_read_by_what_wrote_the_commands() -> None:
    assert sniffle.marker(sniffle.message(line(0x12, bytes(4) + b"token").removesuffix(b"\r\n")) or b"") == b"token"
