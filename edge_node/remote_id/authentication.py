"""Authentication pages put together, from one pack or from many frames (ASTM F3411-22a section 5.4.5.15)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from edge_node.remote_id.astm_messages import AuthPage

MOST_TRANSMITTERS = 2048
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


class Pages:
    """The pages of one transmitter in the order in which they were heard last, with the times; `whole` when they were a set."""

    __slots__ = ("heard", "whole")

    def __init__(self) -> None:
        self.heard: dict[int, tuple[int, AuthPage]] = {}
        self.whole = False

    def expire(self, now_ns: int) -> None:
        """Forget pages of more than half a minute ago."""
        self.heard = {number: known for number, known in self.heard.items() if now_ns - known[0] <= EXPIRES_NS}

    def add(self, page: AuthPage, t_mono_ns: int) -> None:
        """Take a page; one that is unlike the page of its number says that another set has begun."""
        known = self.heard.pop(page.page, None)
        if known is not None and known[1] != page:
            continues = not self.whole or page.page == next(reversed(self.heard), -1) + 1
            self.heard = self._since_first() if continues else {}
            self.whole = False
        self.heard[page.page] = t_mono_ns, page

    def joined(self) -> Authentication | None:
        """The set, when it becomes whole and then whenever its last page is heard again."""
        whole = join({number: page for number, (_, page) in self.heard.items()})
        if whole is None or (self.whole and next(reversed(self.heard)) != whole.last_page):
            return None
        self.whole = True
        return whole

    def _since_first(self) -> dict[int, tuple[int, AuthPage]]:
        """The pages heard since page 0: where sets are sent in turn, these are of one."""
        numbers = list(self.heard)
        return {number: self.heard[number] for number in numbers[numbers.index(0) :]} if 0 in self.heard else {}


class PageTable:
    """Pages heard one by one, per transmitter, of those that were heard last.

    Nothing on the air says which set a page is of. Pages that do not contradict each other are one set, so two sets that are sent
    in turn may once be mixed before the rest of the second comes.
    """

    def __init__(self) -> None:
        self._transmitters: OrderedDict[str, Pages] = OrderedDict()

    def __len__(self) -> int:
        return len(self._transmitters)

    def add(self, transmitter: str, pages: Sequence[AuthPage], t_mono_ns: int) -> Authentication | None:
        """The set that is whole with these pages."""
        known = self._transmitters.pop(transmitter, None) or Pages()
        if len(self._transmitters) >= MOST_TRANSMITTERS:
            self._transmitters.popitem(last=False)
        self._transmitters[transmitter] = known
        known.expire(t_mono_ns)
        for page in pages:
            known.add(page, t_mono_ns)
        return known.joined()
