"""python -m tools.kit NAME: prints the bill of a kit of hw/kits, or of your own by its path, with its totals."""

from __future__ import annotations

import argparse
import sys

from drivers.source import SourceMisconfigured
from tools.kit.bill import known, read_kit
from tools.kit.words import text


def main() -> int:
    """0, or 2 for a kit that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.kit", description="The bill of a kit, and what it comes to.")
    parser.add_argument("kit", help=f"{', '.join(sorted(known()))}, or the path of a .toml")
    try:
        print(text(read_kit(parser.parse_args().kit)), end="")
    except (SourceMisconfigured, KeyError) as error:
        print(f"tools.kit: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
