"""Which device is meant, on a sysfs written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.sound_devices import Device, Wanted, choose
from drivers.source import SourceAbsent
from drivers.usb import sound_cards

DEVICES = [
    Device(0, "bcm2835 Headphones: - (hw:0,0)", 2, "ALSA"),
    Device(3, "micArray RAW SPK: USB Audio (hw:1,0)", 8, "ALSA"),
    Device(4, "micArray RAW SPK: USB Audio (hw:2,0)", 8, "ALSA"),
    Device(7, "UMA16 of the roof", 16, "JACK Audio Connection Kit"),
]


def plug(sys: Path, card: int, port: str, usb_id: str, serial: str | None) -> None:
    """A USB sound card as Linux shows it."""
    device = sys / "devices" / "usb1" / port
    (device / f"{port}:1.0" / "sound" / f"card{card}").mkdir(parents=True)
    vendor, product = usb_id.split(":")
    for name, text in (("idVendor", vendor), ("idProduct", product), ("serial", serial), ("product", "micArray RAW SPK")):
        if text is not None:
            (device / name).write_text(f"{text}\n")
    (device / f"{port}:1.0" / "sound" / f"card{card}" / "device").symlink_to(device / f"{port}:1.0")
    (sys / "class" / "sound").mkdir(parents=True, exist_ok=True)
    (sys / "class" / "sound" / f"card{card}").symlink_to(device / f"{port}:1.0" / "sound" / f"card{card}")


@pytest.fixture
def sys_folder(tmp_path: Path) -> Path:
    """Two arrays of one kind, one without a serial number, and a card that is no USB device."""
    plug(tmp_path, 1, "1-1.2", "2752:001d", "00016")
    plug(tmp_path, 2, "1-1.3", "2752:001d", None)
    (tmp_path / "class" / "sound" / "card0" / "device").mkdir(parents=True)
    (tmp_path / "class" / "sound" / "controlC0").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (Wanted(None, "00016", None, (), ()), 3),
        (Wanted(None, None, "1-1.3", (), ()), 4),
        (Wanted(None, "00016", "1-1.2", (), ()), 3),
        (Wanted("UMA16 of the roof", None, None, (), ()), 7),
        (Wanted("headphones", None, None, (), ()), 0),
        (Wanted(None, None, None, ("nothing",), ("2752:001d",)), 3),
        (Wanted(None, None, None, ("UMA-16", "uma16"), ("2752:0099",)), 7),
    ],
)
def test_finds_the_device_that_is_meant(sys_folder: Path, wanted: Wanted, number: int) -> None:
    assert choose(DEVICES, sound_cards(sys_folder), wanted).number == number


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(None, "77", None, ("micArray",), ()), "there is no USB sound card with serial 77; there is bcm2835"),
        (Wanted(None, "00016", "1-1.3", (), ()), "there is no USB sound card with serial 00016"),
        (Wanted(None, None, "2-1", (), ()), "card 2, 2752:001d, no serial, port 1-1.3"),
        (Wanted("roof 2", None, None, (), ()), "there is no sound device 'roof 2'; there is"),
        (Wanted(None, None, None, ("ReSpeaker", "seeed"), ()), "there is no sound device called ReSpeaker or seeed; there is"),
    ],
)
def test_says_what_there_is_instead(sys_folder: Path, wanted: Wanted, words: str) -> None:
    with pytest.raises(SourceAbsent) as error:
        choose(DEVICES, sound_cards(sys_folder), wanted)
    assert words in str(error.value)


@pytest.mark.parametrize("wanted", [Wanted(None, "00016", None, (), ()), Wanted(None, None, None, ("micArray",), ("2752:001d",))])
def test_a_card_that_the_sound_system_does_not_offer_is_named(sys_folder: Path, wanted: Wanted) -> None:
    words = r"micArray RAW SPK \(card 1, 2752:001d, serial 00016, port 1-1\.2\) is plugged in but cannot be opened: does another"
    with pytest.raises(SourceAbsent, match=words):
        choose(DEVICES[:1], sound_cards(sys_folder), wanted)


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match="there is no sound device called x; there is no input at all"):
        choose([], sound_cards(tmp_path), Wanted(None, None, None, ("x",), ()))
