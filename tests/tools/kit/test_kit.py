"""Bills of kits: read strictly, added up right, and docs/kits.md is what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers.known_devices import all_known
from drivers.source import SourceMisconfigured
from tools.kit.bill import Kit, faults, known, parts_with, read_kit, totals, usb
from tools.kit.doc import PAGE, document
from tools.kit.words import text

KITS = [read_kit(name) for name in sorted(known())]
OWN = """
name = "mine"
title = "Mine"
words = "two parts"
board = "raspberry_pi_4"
full_supply = true
[[supply]]
name = "battery"
words = "a small one"
efficiency = 0.8
battery_wh = 100
usable = 0.5
[[supply]]
name = "sun"
words = "a small panel"
efficiency = 0.5
most_watts = 15
panel_wp = 100
sun_hours = 2
[[part]]
group = "computer"
part = "board"
why = "runs"
watts = 5
grams = 50
eur = [50, 60]
[[part]]
group = "hearing"
part = "adapter"
quantity = 2
device = "rtl8812au"
why = "hears"
watts = 1.5
grams = 40
eur = [10, 15.5]
[[part]]
group = "power"
part = "controller"
why = "charges"
grams = 1000
eur = [100, 100]
supply = "sun"
"""


def mine(tmp_path: Path, old: str = "", new: str = "") -> Kit:
    """That kit, with something else in it."""
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    return read_kit(str(path))


def test_the_document_is_that_of_the_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run python -m tools.kit.doc"


def test_all_kits_are_there() -> None:
    assert {kit.name for kit in KITS} == known().keys() >= {"mast", "mobile", "bench"}


@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.name)
def test_a_kit_can_be_fed_and_its_board_carries_it(kit: Kit) -> None:
    assert [fault for supply in kit.supply for fault in faults(totals(kit, supply))] == []
    assert [note for note in usb(kit).notes if note.grade == "fail"] == []
    assert {part.device for part in kit.part if part.device} <= {device.name for device in all_known()}
    assert {name for part in kit.part for name in part.feeds} <= {part.device for part in kit.part}


def test_sums(tmp_path: Path) -> None:
    kit = mine(tmp_path)
    battery, sun = (totals(kit, supply) for supply in kit.supply)
    assert (battery.watts, battery.watts_in, battery.wh_a_day) == (8, 10, 240)
    assert (battery.grams, battery.eur, battery.hours, battery.panel_wh_a_day) == (130, (70, 91), 5, None)
    assert (sun.watts_in, sun.grams, sun.eur, sun.hours, sun.panel_wh_a_day) == (16, 1130, (170, 191), None, 150)
    assert [part.part for part in parts_with(kit, kit.supply[0])] == ["board", "adapter"]
    assert faults(battery) == []
    assert faults(sun) == [
        "sun gives 15 W, and the kit takes 16.0 W",
        "in the darkest month the panel gives 150 Wh a day, and the kit takes 384",
    ]


def test_what_it_prints(tmp_path: Path) -> None:
    said = text(mine(tmp_path))
    assert "battery  100 Wh, 50% of it used: 5 hours" in said
    assert "price    70 to 90 EUR" in said
    assert "FAIL all USB devices draw up to 1.60 A, and the ports of Raspberry Pi 4 give 1.2 A" in said


def test_a_hub_with_its_own_supply_feeds_what_it_says(tmp_path: Path) -> None:
    kit = mine(tmp_path, 'part = "board"', 'part = "board"\nfeeds = ["rtl8812au"]')
    assert usb(kit).amps == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('board = "r', 'bord = "r', "unknown key 'bord': did you mean 'board'"),
        ("grams = 50", "grammes = 50", "grammes"),
        ('supply = "sun"', 'supply = "moon"', "there is no supply 'moon'"),
        ("[50, 60]", "[60, 50]", "from the lower to the higher price"),
        ("efficiency = 0.8", "efficiency = 1.2", "efficiency"),
        ("quantity = 2", "quantity = 0", "quantity"),
    ],
)
def test_a_kit_of_ones_own_is_read_strictly(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(SourceMisconfigured, match=words):
        mine(tmp_path, old, new)


def test_the_command() -> None:
    told = subprocess.run([sys.executable, "-m", "tools.kit", "mobile"], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == text(read_kit("mobile"))
    wrong = subprocess.run([sys.executable, "-m", "tools.kit", "mobil"], capture_output=True, text=True, check=False, timeout=60)
    assert (wrong.returncode, "did you mean 'mobile'?" in wrong.stderr) == (2, True)
