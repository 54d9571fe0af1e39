"""python -m tools.kit.doc: writes docs/kits.md from hw/kits."""

from __future__ import annotations

from pathlib import Path

from tools.kit.bill import known, read_kit
from tools.kit.words import section

PAGE = Path(__file__).parents[2] / "docs" / "kits.md"
ORDER = ("mast", "mobile", "bench")
HEAD = """\
# Three kits

Made by `python -m tools.kit.doc` from [hw/kits](../hw/kits); do not edit it here. `python -m tools.kit mast` prints one with its totals,
and `python -m tools.kit /absolute/path/mine.toml` one of your own: a copy of the nearest of these.

**How sure this is:** none of these kits has been built by this project yet. Prices are rough figures of 2026 in euro with VAT; weights and
powers are those of usual parts of the kind, powers on average while the node works. What runs on a battery or a panel, measure before you
order. How to mount and wire it: [mounting.md](mounting.md), [wiring.md](wiring.md).
"""


def document() -> str:
    """The whole page; raises SourceMisconfigured for a file that cannot be."""
    names = [*ORDER, *sorted(set(known()) - set(ORDER))]
    return "\n".join([HEAD, *(section(read_kit(name)) for name in names)]).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
