"""What other packages bring by entry points: found by name, imported only when asked for, and named when it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class PluginError(Exception):
    """What a package brings cannot be used; the text says which, whose and why."""


def offers(group: str) -> dict[str, list[EntryPoint]]:
    """Every entry point of a group by its name; raises PluginError where a package's list of them is damaged."""
    from importlib.metadata import entry_points  # noqa: PLC0415 -- 3 MiB, which a process without such a package need not hold

    found: dict[str, list[EntryPoint]] = {}
    try:
        for point in entry_points(group=group):
            found.setdefault(point.name, []).append(point)
    except Exception as error:  # a damaged entry_points.txt raises what it likes
        raise PluginError(f"the entry points of the installed packages cannot be read: {named(error)}") from error
    return found


def load(group: str, name: str) -> object | None:
    """Import what goes by this name, None where nobody brings it; raises PluginError."""
    points = offers(group).get(name, [])
    if not points:
        return None
    if len({point.value for point in points}) > 1:
        raise PluginError(f"{name!r} of {group} is brought by {' and by '.join(map(whose, points))}: remove one of them")
    try:
        loaded: object = points[0].load()
    except (Exception, SystemExit) as error:  # whatever a foreign module does
        raise PluginError(f"{name!r} of {group}, brought by {whose(points[0])}, cannot be imported: {named(error)}") from error
    return loaded


def whose(point: EntryPoint) -> str:
    """The package that an entry point is of, and where it points."""
    package = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
    return f"{package} ({point.value})"


def named(error: BaseException) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {error}".split("\n", 1)[0].removesuffix(": ")[:200]
