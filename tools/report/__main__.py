"""python -m tools.report FOLDER [OTHER]: the page of a trial, beside another run of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.report import write
from tools.trial.outcome import TrialError


def main() -> int:
    """Say where the page is; exit code 1 for a folder without a trial."""
    parser = argparse.ArgumentParser(prog="python -m tools.report", description="The page of a trial, beside another run of it.")
    parser.add_argument("folder", type=Path, help="what a trial left")
    parser.add_argument("other", type=Path, nargs="?", help="another trial of the same scene")
    arguments = parser.parse_args()
    try:
        print(write(arguments.folder, arguments.other))
    except TrialError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
