"""V4L2 pictures with their telemetry, from captures that behave as OpenCV's versions and real devices do."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.grab_v4l2 import FIRST_TRIES, V4l2Grabber
from drivers.grabbed import Grabbed, Raw, Request
from drivers.source import SourceAbsent, SourceLost
from drivers.usb import VideoNode
from tests.drivers.test_lepton import rows

GONE = VideoNode(9_999, "PureThermal 2", "1-1.2", "1e4e:0100", "8003")
LEPTON: Request = {"pixel_format": "Y16", "width": 160, "height": 120, "rate_hz": 9, "telemetry_rows": 2, "stacked_counts": False}
COUNTS = np.arange(160 * 120, dtype=np.uint16).reshape(120, 160) + 20_000


class FakeCapture:
    """Gives these pictures and then none; takes a height only where it is one of its own, as a driver does."""

    def __init__(self, *pictures: Raw | None, size: tuple[int, int] = (160, 122)) -> None:
        self.pictures, self.size = list(pictures), size
        self.asked: dict[int, float] = {}

    def grab(self) -> bool:
        """Whether there is one more; None stands for one that does not come."""
        if self.pictures and self.pictures[0] is None:
            self.pictures.pop(0)
            return False
        return bool(self.pictures)

    def retrieve(self) -> tuple[bool, Raw | None]:
        """The next one."""
        return True, self.pictures.pop(0)

    def get(self, name: int) -> float:
        """Its size and a time."""
        return {cv2.CAP_PROP_FRAME_WIDTH: self.size[0], cv2.CAP_PROP_FRAME_HEIGHT: self.size[1], cv2.CAP_PROP_POS_MSEC: 1_234.5}[name]

    def set(self, name: int, value: float) -> bool:
        """Say yes to everything."""
        self.asked[name] = value
        return True


def with_rows(**words: Any) -> NDArray[np.uint16]:
    """A Lepton's picture with its telemetry."""
    return np.vstack([COUNTS, rows(**words)])


def grabbed(grabber: V4l2Grabber) -> Grabbed:
    """The next picture, which must be one."""
    found = grabber.grab()
    assert found is not None
    return found


@pytest.mark.parametrize("flat", [False, True], ids=["as it should be", "as OpenCV 4.11 gives it"])
def test_a_lepton_with_telemetry(flat: bool) -> None:
    pictures = [with_rows(), with_rows(t_ms=70_111, frame=70_002, status=2 << 4)]
    capture = FakeCapture(*[picture.view(np.uint8).reshape(1, -1) if flat else picture for picture in pictures])
    grabber = V4l2Grabber(LEPTON, GONE, capture)
    found = grabbed(grabber)
    assert np.array_equal(found.picture, COUNTS)
    assert (found.device_ns, found.counter, found.shutter, found.kelvin_per_count) == (70_111_000_000, 70_002, True, 0.01)
    assert ("gives its 16-bit pictures as bytes, which is put right" in grabber.words()) == flat
    assert (capture.asked[cv2.CAP_PROP_CONVERT_RGB], capture.asked[cv2.CAP_PROP_FRAME_HEIGHT]) == (0, 122)


def test_a_lepton_whose_telemetry_is_off_is_stamped_by_the_kernel() -> None:
    found = grabbed(V4l2Grabber(LEPTON, GONE, FakeCapture(COUNTS, COUNTS, size=(160, 120))))
    assert np.array_equal(found.picture, COUNTS)
    assert (found.device_ns, found.counter, found.shutter) == (1_234_500_000, None, False)


def test_first_pictures_may_be_spoilt_but_not_all() -> None:
    spoilt = np.zeros((1, 77), np.uint8)
    assert grabbed(V4l2Grabber(LEPTON, GONE, FakeCapture(None, spoilt, with_rows(), with_rows()))).counter == 70_001
    with pytest.raises(
        SourceAbsent, match=r"^PureThermal 2 \(video9999, .*\) gives 77x1 uint8, not 16-bit pictures of 160x122: does it do Y16"
    ):
        V4l2Grabber(LEPTON, GONE, FakeCapture(*[spoilt] * FIRST_TRIES))
    with pytest.raises(SourceAbsent, match="gives no picture: does it do Y16"):
        V4l2Grabber(LEPTON, GONE, FakeCapture())


def test_a_damaged_picture_is_none_and_the_next_one_good() -> None:
    grabber = V4l2Grabber(LEPTON, GONE, FakeCapture(with_rows(), np.zeros((3, 3), np.uint8), with_rows()))
    assert grabber.grab() is None
    assert grabbed(grabber).counter == 70_001


def test_a_node_that_is_gone_is_unplugged() -> None:
    grabber = V4l2Grabber(LEPTON, GONE, FakeCapture(with_rows()))
    with pytest.raises(SourceLost, match=r"^PureThermal 2 \(video9999, 1e4e:0100, serial 8003, port 1-1\.2\) is unplugged$"):
        grabber.grab()


def test_stacked_counts_are_asked_for_at_twice_the_height() -> None:
    counts = np.full((192, 256), 19_000, np.uint16)
    raw = np.vstack([np.zeros((192, 256, 2), np.uint8), counts.view(np.uint8).reshape(192, 256, 2)])
    request = {**LEPTON, "pixel_format": "YUYV", "width": 256, "height": 192, "telemetry_rows": 0, "stacked_counts": True}
    capture = FakeCapture(raw, raw, size=(256, 384))
    assert np.array_equal(grabbed(V4l2Grabber(request, GONE, capture)).picture, counts)
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 384
