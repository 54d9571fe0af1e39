"""Tables of docs/wiring.md and hw/README.md are what the files of hw/ say, its pins are theirs, and drawings are plain black on white."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from drivers import device_files
from drivers.cameras import read_camera
from drivers.device_kinds import BluetoothFile, GnssFile, ImuFile, WifiFile
from drivers.known_boards import known as known_boards
from drivers.known_boards import read_board
from drivers.known_devices import all_known, named
from drivers.usb_budget import ISOCHRONOUS_MBPS, MOST_MBPS, TIGHT_MBPS
from tools.kit.bill import known as known_kits
from tools.kit.bill import read_kit

ROOT = Path(__file__).parents[2]
WIRING = (ROOT / "docs" / "wiring.md").read_text(encoding="utf-8")
README = (ROOT / "hw" / "README.md").read_text(encoding="utf-8")
DRAWINGS = ("mast", "tripod", "power", "pps", "usb-tree")
PINS = {4: 7, 17: 11, 18: 12, 23: 16}
"""GPIO -> pin of the header of every Raspberry Pi since the B+."""


def table(text: str, before: str) -> list[list[str]]:
    """Rows of the first table after these words, without its head."""
    lines = re.split(r"^\|---.*\n", text.split(before)[1], maxsplit=1, flags=re.MULTILINE)[1].splitlines()
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def names(cell: str) -> list[str]:
    """The files that a cell of hw/README.md links to."""
    return re.findall(r"\((?:\w+)/(\w+)\.toml\)", cell)


def test_rates_are_what_files_come_to() -> None:
    rows = table(WIRING, "test_wiring_doc.py: rates")
    assert [float(told) for _, told in rows] == sorted(float(told) for _, told in rows)
    for name, told in rows:
        mbps = named(re.findall(r"`(\w+)`", name)[0]).usb_mbps
        assert mbps is not None
        assert told == (f"{mbps:.1f}" if mbps < 10 else f"{mbps:.0f}"), name


def test_the_rates_of_pictures_are_the_usual_ones() -> None:
    told = dict(re.findall(r"`(boson_\w+)` at (\d+) Hz", WIRING))
    assert told == {name: f"{read_camera(name).rates_hz[0]:g}" for name in told} != {}


def test_what_buses_carry_is_what_the_budget_reckons_with() -> None:
    assert f"small computers carry {TIGHT_MBPS:.0f} to {MOST_MBPS:.0f}" in WIRING
    assert f"may reserve {ISOCHRONOUS_MBPS:.0f} at most" in WIRING


def test_boards_give_what_their_files_say() -> None:
    boards = {read_board(name).maker: read_board(name) for name in known_boards()}
    for maker, ports, buses, current in table(WIRING, "test_wiring_doc.py: boards"):
        board = boards[maker]
        ethernet = ", with Ethernet on it" if board.ethernet_on_usb else ""
        lesser = "" if board.usb_amps_else is None else f" with {board.supply}, else {board.usb_amps_else:g} A"
        assert (ports, buses, current) == (str(board.ports), f"{board.usb2_buses}{ethernet}", f"{board.usb_amps:g} A{lesser}")


@pytest.mark.parametrize("name", sorted(known_boards()))
def test_every_board_of_that_header_is_wired_as_the_page_says(name: str) -> None:
    pins = read_board(name).pins
    if pins is None:
        return
    assert f"dtoverlay=pps-gpio,gpiopin={pins.pps}\n" in WIRING
    assert f"dtoverlay=w1-gpio,gpiopin={pins.one_wire}\n" in WIRING
    assert f"dtoverlay=gpio-led,gpio={pins.lamp},label=lamp\n" in WIRING
    assert f"dtoverlay=gpio-led,gpio={pins.buzzer},label=buzzer\n" in WIRING
    drawn = (ROOT / "docs" / "images" / "pps.svg").read_text(encoding="utf-8")
    assert all(f"GPIO {line} (pin {PINS[line]})" in drawn for line in (pins.pps, pins.one_wire, pins.lamp, pins.buzzer))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_plain_and_whole(name: str) -> None:
    path = ROOT / "docs" / "images" / f"{name}.svg"
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 -- the project's own file
    colours = {value for node in root.iter() for key, value in node.attrib.items() if key in {"fill", "stroke"}}
    assert colours <= {"#000", "#fff", "#ddd", "none"}
    assert {node.tag.rpartition("}")[2] for node in root.iter()}.isdisjoint({"image", "script", "style", "use", "foreignObject"})
    assert root.find("{*}title") is not None
    assert any(f"images/{name}.svg" in page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("folder", ["arrays", "cameras", "sdrs", "wifi", "gnss", "bluetooth", "imu", "boards", "kits"])
def test_the_readme_lists_every_file(folder: str) -> None:
    listed = re.findall(rf"\({folder}/(\w+)\.toml\)", README)
    assert sorted(listed) == sorted(device_files.known(folder))


def test_the_readmes_adapters_are_as_their_files_say() -> None:
    for cell, chip, driver, bands, *_ in table(README, "## Wi-Fi adapters"):
        for name in names(cell):
            found = device_files.read(device_files.known("wifi")[name], WifiFile)
            assert chip == found.chip
            assert driver == (found.kernel_driver if found.kernel is None else f"{found.kernel_driver}, {found.kernel}")
            assert bands == ", ".join(band.removesuffix(" GHz") for band in found.bands)


def test_the_readmes_receivers_are_as_their_files_say() -> None:
    for cell, told_ids, baud, pulse in table(README, "## GNSS receivers"):
        for name in names(cell):
            found = device_files.read(device_files.known("gnss")[name], GnssFile)
            assert told_ids == (", ".join(found.usb) or "-")
            assert baud == str(found.baud)
            assert pulse == (f"GPIO {found.pps_gpio}" if found.pps_gpio else found.pps)


def test_the_readmes_bluetooth_is_as_its_files_say() -> None:
    for cell, driver, extended, coded, _ in table(README, "## Bluetooth receivers"):
        for name in names(cell):
            found = device_files.read(device_files.known("bluetooth")[name], BluetoothFile)
            told = {None: "not sure", True: "yes", False: "no"}
            assert (driver, extended, coded) == (
                f"`{found.driver}`" if found.driver else "-",
                told[found.extended_scan],
                told[found.coded_phy],
            )


def test_the_readmes_imus_and_boards_and_kits_are_as_their_files_say() -> None:
    for cell, ids in table(README, "## IMUs"):
        for name in names(cell):
            assert ids == (", ".join(device_files.read(device_files.known("imu")[name], ImuFile).usb) or "-")
    for cell, maker, amps in table(README, "## Boards"):
        for name in names(cell):
            board = read_board(name)
            assert maker == board.maker
            assert amps == ("not said" if board.usb_amps is None and board.port_amps is None else amps_of(name))
    for cell, title in table(README, "## Kits"):
        assert [read_kit(name).title for name in names(cell)] == [title]
    assert known_kits().keys() >= {"mast", "mobile", "bench"}


def amps_of(name: str) -> str:
    """What its ports give, in the README's words."""
    board = read_board(name)
    if board.usb_amps is None:
        return f"{board.port_amps:g} A each"
    return f"{board.usb_amps:g} A" + ("" if board.usb_amps_else is None else f", or {board.usb_amps_else:g} A")


def test_usb_ids_that_the_readme_names_are_in_the_files() -> None:
    known = {usb_id for device in all_known() for usb_id in device.usb_ids}
    assert set(re.findall(r"\b[0-9a-f]{4}:[0-9a-f]{4}\b", README)) <= known
