"""Every file of hw/ is read; what is plugged in is known by its USB ids, and by its name where these are shared."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from drivers import catalog, device_files
from drivers.cameras import RESERVED_MBPS
from drivers.device_kinds import BluetoothFile, GnssFile, ImuFile, WifiFile
from drivers.known_devices import Known, all_known, by_usb, named
from drivers.source import SourceMisconfigured
from edge_node.sensor_options import OPTIONS

ROOT = Path(__file__).parents[2]
READ_ELSEWHERE = {"boards", "kits"}
DEVICES = all_known()
FILES = {"wifi": WifiFile, "gnss": GnssFile, "bluetooth": BluetoothFile, "imu": ImuFile}


def test_every_file_about_a_device_is_read() -> None:
    files = {path.stem for path in (ROOT / "hw").rglob("*.toml") if path.parent.name not in READ_ELSEWHERE}
    assert {known.name for known in DEVICES} == files
    assert len(DEVICES) == len(files), "two devices have one name"


@pytest.mark.parametrize("known", DEVICES, ids=lambda known: known.name)
def test_a_device_says_what_takes_it(known: Known) -> None:
    assert known.words
    assert (known.driver is None) == (known.kind in {"wifi", "bluetooth"} and ": " in known.words)
    if known.driver is not None:
        assert known.driver in catalog.BUILT_IN
        assert known.options.keys() <= {field.name for field in msgspec.structs.fields(OPTIONS[known.driver])}
        assert known.options.keys() <= inspect.signature(catalog.load(known.driver)).parameters.keys()
    assert known.amps is None or 0 < known.amps <= 1
    assert (known.usb_mbps is None) or known.bus == "usb"


def test_options_fit_the_bounds_of_the_configuration() -> None:
    given = {"wifi_monitor": {"interface": "mon0"}, "gnss": {"port": "/dev/ttyACM0"}}
    needs_port = {"gnss", "imu", "ble_hci", "ble_sniffle"}
    for known in DEVICES:
        if known.driver is not None and known.driver not in {"mic_array", "camera", "rtl_sdr", "soapy_sdr"}:
            port = {"port": "/dev/ttyUSB0"} if known.driver in needs_port else {}
            msgspec.convert(port | given.get(known.driver, {}) | known.options, OPTIONS[known.driver])


def test_usb_ids_are_one_devices_or_somebody_says_how_to_tell() -> None:
    owners: dict[str, list[Known]] = defaultdict(list)
    for known in DEVICES:
        for usb_id in known.usb_ids:
            owners[usb_id].append(known)
    assert [known.name for shared in owners.values() if len(shared) > 1 for known in shared if not known.usb_alike] == []


def test_one_that_is_alone_with_its_ids_is_known_by_them() -> None:
    assert [known.name for known in by_usb("2752:001d")] == ["uma_8"]
    assert by_usb("1234:5678") == ()


def test_a_name_tells_those_apart_whose_ids_are_alike() -> None:
    assert {known.kind for known in by_usb("10c4:ea60")} == {"gnss", "bluetooth", "imu"}
    assert [known.name for known in by_usb("10c4:ea60", "Sonoff Zigbee 3.0 USB Dongle Plus")] == ["sonoff_cc2652p"]
    assert [known.name for known in by_usb("0bda:2838", "Blog V4")] == ["rtl_sdr_v4"]
    assert {known.name for known in by_usb("10c4:ea60", "CP2102N USB to UART Bridge Controller")} == {
        "cp210x_puck",
        "sonoff_cc2652p",
        "bno08x_cp210x",
    }


@pytest.mark.parametrize(
    ("name", "mbps"),
    [
        ("uma_16", 16 * 48_000 * 24 / 1e6),
        ("respeaker_usb_4", 6 * 16_000 * 16 / 1e6),
        ("lepton_3_5", 160 * 122 * 16 * 9 / 1e6),
        ("boson_640_14mm", 640 * 512 * 16 * 60 / 1e6),
        ("infiray_256", 256 * 384 * 16 * 25 / 1e6),
        ("uvc_720p", RESERVED_MBPS),
        ("rtl_sdr", 2 * 8 * 2.4),
        ("airspy_mini", 2 * 16 * 6.0),
    ],
)
def test_bandwidth_follows_from_geometry_and_rates(name: str, mbps: float) -> None:
    assert named(name).usb_mbps == pytest.approx(mbps)


@pytest.mark.parametrize("name", ["respeaker_6", "rpi_module_3", "network_camera", "uputronics_hat"])
def test_what_is_on_no_usb_takes_none(name: str) -> None:
    assert (named(name).usb_mbps, named(name).bus == "usb") == (None, False)


@pytest.mark.parametrize("folder", sorted(FILES))
def test_files_are_read_strictly(folder: str, tmp_path: Path) -> None:
    text = next(iter(device_files.known(folder).values())).read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace("maker =", "makr ="))
    with pytest.raises(SourceMisconfigured, match="unknown key 'makr': did you mean 'maker'"):
        device_files.read(mine, FILES[folder])
    mine.write_text(re.sub(r"^sources = \[.*", "sources = []", text, flags=re.DOTALL | re.MULTILINE))
    with pytest.raises(SourceMisconfigured, match="sources"):
        device_files.read(mine, FILES[folder])


@pytest.mark.parametrize("folder", sorted(FILES))
def test_a_file_is_named_as_its_device(folder: str) -> None:
    assert [path.stem for path in device_files.known(folder).values()] == [
        device_files.read(path, FILES[folder]).name for path in device_files.known(folder).values()
    ]


def test_an_adapter_without_monitor_mode_says_why() -> None:
    found = [device_files.read(path, WifiFile) for path in device_files.known("wifi").values()]
    assert [file.name for file in found if file.monitor == bool(file.why_not)] == []


def test_all_of_it_is_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    code = "from drivers import known_boards, known_devices as d; print(*(k.name for k in d.all_known()), *known_boards.known())"
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "site", check=True, capture_output=True, text=True, env={})
    assert {known.name for known in DEVICES} | device_files.known("boards").keys() == set(told.stdout.split())
