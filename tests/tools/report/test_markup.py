"""Nothing that is said becomes markup."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tools.report.markup import MOST_CHARACTERS, Markup, tag, text


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_stay_words_in_children_and_attributes(child: str, attribute: str) -> None:
    made = tag("p", child, title=attribute)
    inner = re.fullmatch(r'<p title="([^"]*)">([^<]*)</p>', made, re.DOTALL)
    assert inner is not None
    assert "<" not in inner[1] + inner[2]
    assert ">" not in inner[1] + inner[2]


def test_markup_in_markup_is_left_alone() -> None:
    assert tag("p", tag("b", "a & b"), [" c", None]) == "<p><b>a &amp; b</b> c</p>"
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert tag("path", d=Markup("M1 2"), stroke_width=2, class_="a") == '<path d="M1 2" stroke-width="2" class="a"></path>'


def test_what_cannot_be_seen_is_shown_and_what_is_endless_is_cut() -> None:
    assert text("a\u202eb\x00") == "a\ufffdb\ufffd"
    assert len(text("x" * 1_000)) == MOST_CHARACTERS
