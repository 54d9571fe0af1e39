"""Which /dev/video node is meant, in a made-up sysfs."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.source import SourceAbsent
from drivers.usb import video_nodes
from drivers.video_devices import WantedCamera, choose

LEPTON = ("1e4e:0100",)


def plug(
    sys: Path, number: int, port: str, serial: str | None, *, name: str = "PureThermal 2: Pure", usb_id: str = "1e4e:0100", index: int = 0
) -> None:
    """A UVC device's node, as the kernel shows it."""
    device = sys / "devices" / "usb1" / port
    interface = device / f"{port}:1.0"
    node = interface / "video4linux" / f"video{number}"
    node.mkdir(parents=True)
    vendor, _, product = usb_id.partition(":")
    for path, text in ((device / "idVendor", vendor), (device / "idProduct", product), (node / "name", name), (node / "index", str(index))):
        path.write_text(f"{text}\n")
    if serial is not None:
        (device / "serial").write_text(f"{serial}\n")
    (node / "device").symlink_to(interface)
    shown = sys / "class" / "video4linux"
    shown.mkdir(parents=True, exist_ok=True)
    (shown / node.name).symlink_to(node)


@pytest.fixture
def sys(tmp_path: Path) -> Path:
    """Two PureThermals, a webcam with a node of metadata, and a codec that is on no USB."""
    plug(tmp_path, 10, "1-1.2", "8003")
    plug(tmp_path, 2, "1-1.3", "8004")
    plug(tmp_path, 0, "1-2", None, name="HD Webcam", usb_id="046d:0825")
    plug(tmp_path, 1, "1-2", None, name="HD Webcam", usb_id="046d:0825", index=1)
    codec = tmp_path / "devices" / "platform" / "video4linux" / "video3"
    codec.mkdir(parents=True)
    (codec / "name").write_text("bcm2835-codec\n")
    (tmp_path / "class" / "video4linux" / "video3").symlink_to(codec)
    return tmp_path


def test_nodes_are_seen_with_their_plug_and_without_metadata(sys: Path) -> None:
    found = video_nodes(sys)
    assert [node.number for node in found] == [0, 2, 3, 10]
    assert found[1].words() == "PureThermal 2 (video2, 1e4e:0100, serial 8004, port 1-1.3)"
    assert (found[2].usb_id, found[2].words()) == (None, "bcm2835-codec (video3)")


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (WantedCamera(None, "8003", None, LEPTON), "/dev/video10"),
        (WantedCamera(None, None, "1-1.3", LEPTON), "/dev/video2"),
        (WantedCamera(None, None, None, LEPTON), "/dev/video2"),
        (WantedCamera("/dev/video0", None, None, ()), "/dev/video0"),
    ],
)
def test_one_is_chosen(sys: Path, wanted: WantedCamera, path: str) -> None:
    assert choose(video_nodes(sys), wanted).path == path


def test_a_link_of_udev_is_followed(sys: Path, tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/video10")
    assert choose(video_nodes(sys), WantedCamera(str(link), None, None, ())).number == 10


def test_a_camera_is_found_again_under_another_number(sys: Path, tmp_path: Path) -> None:
    (tmp_path / "class" / "video4linux" / "video10").unlink()
    plug(tmp_path, 4, "1-1.4", "8003")
    assert choose(video_nodes(sys), WantedCamera(None, "8003", None, LEPTON)).path == "/dev/video4"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (WantedCamera(None, "9", None, ()), "there is no USB camera with serial 9; there is HD Webcam (video0, "),
        (WantedCamera(None, None, "1-4", ()), "there is no USB camera in port 1-4; there is "),
        (WantedCamera("/dev/video9", None, None, ()), "there is no /dev/video9; there is "),
        (WantedCamera(None, None, None, ("09cb:4007",)), "there is no USB camera 09cb:4007; there is "),
    ],
)
def test_an_absent_one_is_named_with_what_there_is(sys: Path, wanted: WantedCamera, words: str) -> None:
    with pytest.raises(SourceAbsent) as error:
        choose(video_nodes(sys), wanted)
    assert str(error.value).startswith(words)


def test_no_camera_at_all(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match=r"^there is no /dev/video0; there is no camera at all$"):
        choose(video_nodes(tmp_path), WantedCamera("/dev/video0", None, None, ()))
