"""What buses and ports of known boards carry, against what is reckoned by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import astuple, replace

from drivers.known_boards import known, of_model, read_board
from drivers.known_devices import Known, named
from drivers.source import SourceMisconfigured
from drivers.usb_budget import ISOCHRONOUS_MBPS, MOST_MBPS, Budget, budget


def of(board: str, *devices: str | Known) -> Budget:
    """The budget of devices by their names."""
    return budget(read_board(board), [named(device) if isinstance(device, str) else device for device in devices])


def grades(found: Budget) -> dict[str, str]:
    """Name -> grade."""
    return {note.name: note.grade for note in found.notes}


@pytest.mark.parametrize("name", sorted(known()))
def test_every_board_is_read_and_sourced(name: str) -> None:
    board = read_board(name)
    assert (board.name, bool(board.sources), board.ports > 0) == (name, True, True)
    assert board.usb_amps_else is None or (board.supply and board.usb_amps is not None)
    lines = () if board.pins is None else astuple(board.pins)
    assert len(set(lines)) == len(lines), "two things on one line"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0", "raspberry_pi_5"),
        ("Raspberry Pi 4 Model B Rev 1.4", "raspberry_pi_4"),
        ("Raspberry Pi 3 Model B Plus Rev 1.3", "raspberry_pi_3b_plus"),
        ("Raspberry Pi Compute Module 4 Rev 1.1", "raspberry_pi_cm4"),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", "jetson_orin_nano"),
        ("Raspberry Pi Zero 2 W Rev 1.0", None),
    ],
)
def test_a_board_is_known_by_its_device_tree(model: str, name: str | None) -> None:
    found = of_model(model)
    assert (found and found.name) == name


def test_a_board_of_ones_own_is_read_strictly(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    text = known()["raspberry_pi_4"].read_text(encoding="utf-8")
    mine.write_text(text.replace("usb_amps =", "usb_amp ="))
    with pytest.raises(SourceMisconfigured, match="unknown key 'usb_amp': did you mean 'usb_amps'"):
        read_board(str(mine))
    mine.write_text(text.replace("buzzer =", "bell ="))
    with pytest.raises(SourceMisconfigured, match="bell"):
        read_board(str(mine))


def test_sound_remote_id_and_a_lepton_fit_a_raspberry_pi_4() -> None:
    found = of("raspberry_pi_4", "respeaker_usb_4", "lepton_3_5", "mt7612u", "ublox_8")
    assert grades(found) == {"usb_bandwidth": "ok", "usb_current": "ok"}
    assert found.amps == pytest.approx(0.18 + 0.15 + 0.42 + 0.1)
    assert found.guessed == ("ublox_8",)


def test_a_bus_that_is_too_full_is_named() -> None:
    found = of("raspberry_pi_4", "hackrf_one", "mt7612u")
    assert found.loads[0].mbps == pytest.approx(320 + 65)
    assert grades(found)["usb_bandwidth"] == "fail"
    assert "hackrf_one, mt7612u take 385 Mbit/s" in found.notes[0].words


def test_one_that_nearly_fills_a_bus_is_warned_of() -> None:
    found = of("raspberry_pi_4", "hackrf_one")
    assert (grades(found)["usb_bandwidth"], found.loads[0].mbps < MOST_MBPS) == ("warn", True)


def test_two_webcams_reserve_more_than_a_bus_has_for_pictures() -> None:
    found = of("raspberry_pi_4", "uvc_720p", "uvc_1080p")
    assert found.loads[0].isochronous_mbps > ISOCHRONOUS_MBPS
    assert grades(found)["usb_bandwidth"] == "fail"
    assert grades(of("raspberry_pi_5", "uvc_720p", "uvc_1080p"))["usb_bandwidth"] == "ok"


def test_devices_are_spread_over_the_buses_that_a_board_has() -> None:
    found = of("raspberry_pi_5", "mt7612u", "rtl_sdr", "uma_16")
    assert [load.devices for load in found.loads] == [("mt7612u",), ("rtl_sdr", "uma_16")]


def test_what_usb_2_cannot_carry_has_a_port_of_usb_3_or_is_named() -> None:
    found = of("raspberry_pi_5", "usrp_b200", "uma_16")
    assert (found.super_speed, grades(found)["usb_bandwidth"]) == (("usrp_b200",), "ok")
    assert grades(of("raspberry_pi_3b_plus", "usrp_b200"))["usb_bandwidth"] == "fail"


def test_ethernet_shares_the_only_bus_of_a_raspberry_pi_3() -> None:
    assert of("raspberry_pi_3b_plus", "uma_16").loads[0].devices == ("Ethernet", "uma_16")


def test_too_much_current_fails_where_it_is_known_and_warns_where_it_is_guessed() -> None:
    surely = of("raspberry_pi_4", "rtl8812au", "mt7612u")
    assert grades(surely)["usb_current"] == "fail"
    assert surely.notes[-1].touch == "put rtl8812au on a hub with a supply of its own"
    assert "1.22 A, and the ports of Raspberry Pi 4 give 1.2 A" in surely.notes[-1].words
    assert grades(of("raspberry_pi_4", "uma_16", "mt7612u", "rtl_sdr"))["usb_current"] == "warn"


def test_a_guess_alone_never_fails() -> None:
    found = of("raspberry_pi_4", "uma_16", "boson_320_18mm", "uvc_720p")
    assert (grades(found)["usb_current"], len(found.guessed)) == ("warn", 3)


def test_a_raspberry_pi_5_wants_its_own_supply() -> None:
    found = of("raspberry_pi_5", "mt7612u", "rtl_sdr")
    assert [(note.grade, note.touch) for note in found.notes if note.name == "usb_current"] == [
        ("warn", "give it a supply of 5 V and 5 A (27 W)")
    ]


def test_with_its_own_supply_a_raspberry_pi_5_gives_all_of_it() -> None:
    found = budget(read_board("raspberry_pi_5"), [named("mt7612u"), named("rtl_sdr")], full_supply=True)
    assert grades(found)["usb_current"] == "ok"


def test_what_a_device_says_of_itself_takes_the_place_of_a_guess() -> None:
    told = replace(named("uma_16"), amps=0.2)
    assert of("raspberry_pi_4", told).guessed == ()


def test_a_hungry_device_is_held_against_one_port_where_each_has_a_limit() -> None:
    assert grades(of("x86_mini_pc", "rtl8812au"))["usb_current"] == "ok"
    assert grades(of("x86_mini_pc", replace(named("rtl8812au"), amps=1.0)))["usb_current"] == "warn"


def test_a_board_of_which_nobody_knows_it_says_so() -> None:
    (note,) = (note for note in of("jetson_orin_nano", "mt7612u").notes if note.name == "usb_current")
    assert (note.grade, "nobody says" in note.words) == ("ok", True)


def test_more_devices_than_ports_want_a_hub() -> None:
    found = of("raspberry_pi_4", "uma_8", "lepton_3_5", "mt7610u", "ublox_7", "sonoff_cc2652p")
    assert grades(found)["usb_ports"] == "warn"


def test_nothing_on_usb_is_no_load() -> None:
    found = of("raspberry_pi_4", "rpi_module_3", "uputronics_hat")
    assert (found.amps, [load.devices for load in found.loads], grades(found)) == (0, [()], {"usb_bandwidth": "ok"})
