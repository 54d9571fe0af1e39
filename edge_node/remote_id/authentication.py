"""Authentication pages put together, from one pack or from many frames (ASTM F3411-22a section 5.4.5.15)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from edge_node.remote_id.astm_messages import AuthPage

MOST_TRANSMITTERS = 4096
EXPIRES_NS = 30_000_000_000


class Authentication(Struct, frozen=True, gc=False):
    """One whole set: its type's code, Unix seconds, what authenticates, and what follows it (forward error correction)."""

    auth_type: int
    last_page: int
    utc_s: int
    data: bytes
    additional: bytes


def join(pages: Mapping[int, AuthPage]) -> Authentication | None:
    """The set that these pages, by their number, make; None when one is missing or of another type."""
    first = pages.get(0)
    if first is None or first.last_page is None or first.length is None or first.utc_s is None:
        return None
    numbers = range(first.last_page + 1)
    if any(number not in pages or pages[number].auth_type != first.auth_type for number in numbers):
        return None
    raw = b"".join(pages[number].data for number in numbers)
    begin = first.length + 1
    additional = raw[begin : begin + raw[first.length]] if first.length < len(raw) else b""
    return Authentication(first.auth_type, first.last_page, first.utc_s, raw[: first.length], additional)


class PageTable:
    """Pages heard one by one, per transmitter; the transmitters heard last are kept, their pages for half a minute."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, dict[int, tuple[int, AuthPage]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._heard)

    def add(self, transmitter: str, pages: Sequence[AuthPage], t_mono_ns: int) -> Authentication | None:
        """The set that is whole with these pages; its pages are then forgotten, so that none joins the next set."""
        heard = self._heard.pop(transmitter, {})
        for number in [number for number, (t_ns, _) in heard.items() if t_mono_ns - t_ns > EXPIRES_NS]:
            del heard[number]
        for page in pages:
            if page.page in heard and heard[page.page][1] != page:
                heard = _since_first(heard)
            heard.pop(page.page, None)
            heard[page.page] = t_mono_ns, page
        whole = join({number: page for number, (_, page) in heard.items()})
        if whole is None:
            self._keep(transmitter, heard)
        return whole

    def _keep(self, transmitter: str, heard: dict[int, tuple[int, AuthPage]]) -> None:
        if len(self._heard) >= MOST_TRANSMITTERS:
            self._heard.popitem(last=False)
        self._heard[transmitter] = heard


def _since_first(heard: dict[int, tuple[int, AuthPage]]) -> dict[int, tuple[int, AuthPage]]:
    """The pages heard since the last page 0: another set has begun, and of sets sent in turn these are of one."""
    numbers = list(heard)
    begin = numbers.index(0) if 0 in heard else len(numbers)
    return {number: heard[number] for number in numbers[begin:]}
