"""Play a scene to real nodes and judge what they say: python -m tools.trial SCENE [--virtual | --offline | --rack ENV.yaml].

Without a mode it is played at real time where that fits here, and offline where not. The trial's folder holds a page, report.html.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

import msgspec

from tools.simulate.scene import SceneError
from tools.simulate.world import World
from tools.trial import load, offline, recording, virtual
from tools.trial.outcome import Head, TrialError
from tools.trial.played import Played

SCENES = Path(__file__).parents[1] / "simulate" / "scenes"
SEED = 2026
FAULTY = "scene.toml"
ALL = "all"
FAILED, INTERRUPTED = 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when a page came out, whatever it says; 2 with the reason where something could not be played, 130 on an interrupt."""
    told = _parser().parse_args(arguments)
    named = told.scene or (told.recording.name if told.recording else "none")
    out = told.out or Path("trials", f"{Path(named).stem}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
    try:
        if told.scene == ALL:
            return max(_one(argparse.Namespace(**vars(told) | {"scene": name}), out / name) for name in known())
        return _one(told, out)
    except KeyboardInterrupt:
        return INTERRUPTED


def _one(told: argparse.Namespace, out: Path) -> int:
    """Play one scene, and say where its page is and what its verdict."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        head = _play(told, out)
        for note in (*head.notes, *(f"{one.kind} of {one.target} did not strike: {one.why_not}" for one in head.faults if one.why_not)):
            sys.stderr.write(f"{note}\n")
        sys.stdout.write(f"{_reported(out, told.compare) if told.report else out}\n")
        sys.stdout.flush()
    except (SceneError, TrialError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    return 0


def _reported(out: Path, other: Path | None) -> str:
    """Write the page; its path and verdict."""
    from tools.report import write  # noqa: PLC0415 -- what draws is heavy, and a scene is played without it

    page = write(out, other)
    told = msgspec.json.decode((out / "score.json").read_bytes())
    return f"{page}: {told['verdict']}, {told['sentence']}"


def _play(told: argparse.Namespace, out: Path) -> Head:
    """In the mode that was asked for, or the one that fits."""
    if told.recording:
        return recording.play(told.recording, out)
    if not told.scene:
        raise TrialError("say which scene: a name of tools/simulate/scenes, or a path; or --recording FOLDER")
    played = _played(told, out)
    if told.rack:
        from tools.trial.rack import play  # noqa: PLC0415 -- labgrid is needed by nobody else

        return play(played, told.rack, out)
    if not (told.virtual or told.offline):
        needed = load.load(played)
        sys.stderr.write(f"{played.name} {needed.words()}\n")
        told.offline = not needed.fits
    return offline.play(played, out, keep=told.keep) if told.offline else virtual.play(played, out)


def _played(told: argparse.Namespace, out: Path) -> Played:
    """The scene, with further faults where a file has some; raises SceneError."""
    path = Path(told.scene) if told.scene.endswith(".toml") else SCENES / f"{told.scene}.toml"
    if not path.is_file():
        raise SceneError(f"there is no scene {told.scene!r}; there are {', '.join(known())}, {ALL} for all of them, or say a path")
    name = path.stem
    if told.faults:
        both = out / FAULTY
        both.write_text(f"{path.read_text()}\n{told.faults.read_text()}")
        path = both
    world = World.load(path.absolute(), told.seed)
    return Played(path.absolute(), name, world, told.seconds or world.scene.seconds)


def known() -> list[str]:
    """The scenes of the library."""
    return sorted(scene.stem for scene in SCENES.glob("*.toml"))


def _parser() -> argparse.ArgumentParser:
    words = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(prog="python -m tools.trial", description=words[-1].strip())
    parser.add_argument("scene", nargs="?", help=f"a name of tools/simulate/scenes, {ALL} for all of them, or the path of a scene in TOML")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--virtual", action="store_true", help="at real time, through virtual devices, to real nodes")
    how.add_argument("--offline", action="store_true", help="by files, through detectors and tracker, as fast or slow as it goes")
    how.add_argument("--recording", type=Path, metavar="FOLDER", help="recordings that lie there, with recording.toml and truth.jsonl")
    how.add_argument("--rack", type=Path, metavar="ENV.yaml", help="on a real node, by labgrid and its environment file")
    parser.add_argument("--seconds", type=float, help="how much of the scene (as the scene says)")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed makes the same signals (%(default)d)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the trial's folder (trials/SCENE-TIME)")
    parser.add_argument("--faults", type=Path, metavar="FILE.toml", help="further [[fault]] tables")
    parser.add_argument("--keep", action="store_true", help="offline: keep the signals, which --recording can play again")
    parser.add_argument("--compare", type=Path, metavar="FOLDER", help="another trial, shown beside this one")
    parser.add_argument("--no-report", dest="report", action="store_false", help="write no page")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nodes and makers are ended whoever ends this
    sys.exit(main())
