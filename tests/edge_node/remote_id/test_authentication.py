"""Authentication pages put together: any order, losses, repeats, sets sent in turn, time and floods."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id import authentication as room
from edge_node.remote_id.astm_messages import UTC_EPOCH_S, AuthPage
from edge_node.remote_id.authentication import EXPIRES_NS, Authentication, PageTable, join
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import advertisement, heard_ble, heard_pack, service_data


def split(data: bytes, *, utc_s: int = UTC_EPOCH_S + 5, auth_type: int = 1, length: int | None = None) -> list[AuthPage]:
    """The pages of one set."""
    rest = [data[at : at + 23].ljust(23, b"\0") for at in range(17, len(data), 23)]
    first = AuthPage(2, auth_type, 0, data[:17].ljust(17, b"\0"), len(rest), len(data) if length is None else length, utc_s)
    return [first, *(AuthPage(2, auth_type, number, piece) for number, piece in enumerate(rest, 1))]


def as_sent(page: AuthPage) -> bytes:
    """A page as the 25 bytes of its message."""
    head = bytes((0x22, page.auth_type << 4 | page.page))
    if page.page:
        return head + page.data
    return head + bytes((page.last_page or 0, page.length or 0)) + ((page.utc_s or 0) - UTC_EPOCH_S).to_bytes(4, "little") + page.data


SET = split(bytes(range(1, 61)))
WHOLE = Authentication(1, 2, UTC_EPOCH_S + 5, bytes(range(1, 61)), b"")
OTHER = split(bytes(range(101, 161)), utc_s=UTC_EPOCH_S + 6)


def joined(pages: Sequence[AuthPage], step_ns: int = 1) -> list[Authentication | None]:
    table = PageTable()
    return [table.add("x", [page], number * step_ns) for number, page in enumerate(pages)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_a_set_is_whole_in_any_order(order: tuple[int, ...]) -> None:
    assert joined([SET[number] for number in order]) == [None, None, WHOLE]


@pytest.mark.parametrize("order", [(1, 2, 1, 2, 0), (0, 0, 1, 1, 2), (1, 0, 1, 0, 2)])
def test_lost_and_repeated_pages_only_take_time(order: tuple[int, ...]) -> None:
    assert joined([SET[number] for number in order]) == [*[None] * 4, WHOLE]


def test_a_set_is_told_once_a_round() -> None:
    assert joined(SET * 3) == [None, None, WHOLE] * 3


def test_a_new_set_takes_no_page_of_the_last() -> None:
    assert joined([SET[0], SET[1], *OTHER])[:4] == [None] * 4
    last = joined([SET[0], SET[1], *OTHER])[-1]
    assert last is not None
    assert last.data == bytes(range(101, 161))


def test_a_set_sent_in_one_go_is_whole_whatever_is_sent_between() -> None:
    pages = [OTHER[1], *SET, OTHER[2], *SET, OTHER[0], *SET]
    assert [joined(pages)[last] for last in (3, 7, 11)] == [WHOLE] * 3


def test_old_pages_are_forgotten() -> None:
    assert joined(SET, EXPIRES_NS // 2) == [None, None, WHOLE]
    assert joined(SET, EXPIRES_NS // 2 + 1) == [None, None, None]


def test_pages_of_another_type_are_of_another_set() -> None:
    assert joined([SET[0], SET[1], split(bytes(60), auth_type=2)[2]]) == [None] * 3


def test_what_follows_the_data_has_its_own_length() -> None:
    data = bytes(range(50)) + b"\x04" + b"fec!" + bytes(5)
    whole = join({page.page: page for page in split(data, length=50)})
    assert whole is not None
    assert (whole.data, whole.additional) == (bytes(range(50)), b"fec!")
    beyond = join({page.page: page for page in split(bytes(50) + b"\xff" + b"x" * 12, length=50)})
    assert beyond is not None
    assert beyond.additional == b"x" * 12


def test_one_transmitter_s_pages_are_not_another_s() -> None:
    table = PageTable()
    assert [table.add(who, [page], 0) for who, page in zip("xyx", SET, strict=True)] == [None] * 3


def test_a_flood_of_transmitters_is_bounded_and_a_regular_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_TRANSMITTERS", 50)
    table = PageTable()
    for page in SET[:2]:
        assert table.add("regular", [page], 0) is None
        for number in range(40):
            table.add(f"flood {page.page} {number}", [page], 0)
            assert len(table) <= 50
    assert table.add("regular", [SET[2]], 0) == WHOLE


@given(
    st.lists(st.sampled_from(SET + OTHER + split(bytes(3), auth_type=3)), max_size=40), st.lists(st.integers(0, EXPIRES_NS), max_size=40)
)
def test_whatever_comes_is_joined_or_not(pages: list[AuthPage], times: list[int]) -> None:
    table = PageTable()
    for page, t_ns in zip(pages, times, strict=False):
        whole = table.add("x", [page], t_ns)
        assert whole is None or len(whole.data) in (3, 60)


def test_a_detection_says_what_is_known_of_it() -> None:
    (said,) = RemoteIdDetector().step(heard_pack(*map(as_sent, SET)))
    assert (said.authentication, said.authentication_type, said.damaged) == ("present", "uas_id_signature", False)
    assert (said.authentication_data, said.authentication_time_utc) == (WHOLE.data.hex(), "2019-01-01T00:00:05Z")
    (none,) = RemoteIdDetector().step(heard_pack(as_sent(split(b"", auth_type=0)[0])))
    assert (none.authentication, none.authentication_type, none.authentication_data) == ("none", None, None)


def test_pages_come_one_by_one_over_bluetooth() -> None:
    detector = RemoteIdDetector()
    frames = [heard_ble(advertisement(service_data(b"\x01" + as_sent(page)))) for page in SET]
    assert [detector.step(frame)[0].authentication_data for frame in frames] == [None, None, WHOLE.data.hex()]
