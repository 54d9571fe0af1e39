"""Which clips of data/camera show one place, told by eye: a split must not part them."""

from __future__ import annotations

FOLDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "thermal": (
        ("BIRD_001", "BIRD_011", "BIRD_013", "DRONE_00"),
        (
            "AIRPLANE_010",
            "AIRPLANE_013",
            "AIRPLANE_015",
            "AIRPLANE_016",
            "AIRPLANE_020",
            "AIRPLANE_023",
            "DRONE_012",
            "DRONE_014",
            "DRONE_015",
        ),
        ("DRONE_042", "BIRD_007", "BIRD_012", "AIRPLANE_004", "DRONE_024", "DRONE_028"),
        ("BIRD_002", "BIRD_004", "BIRD_009", "BIRD_053", "HELICOPTER_046", "AIRPLANE_043", "DRONE_019", "DRONE_02"),
        ("HELICOPTER_0", "DRONE_036", "DRONE_037"),
        ("BIRD_016", "BIRD_018", "BIRD_020", "AIRPLANE_030", "DRONE_044", "DRONE_050"),
    ),
    "visible": (
        ("DRONE_00", "DRONE_010", "DRONE_017", "DRONE_019", "DRONE_025"),
        ("DRONE_026", "DRONE_03", "DRONE_046", "DRONE_050"),
        ("AIRPLANE_015", "AIRPLANE_017", "AIRPLANE_018", "AIRPLANE_019", "AIRPLANE_032", "BIRD_027", "BIRD_028"),
        ("HELICOPTER_008", "HELICOPTER_009", "HELICOPTER_010", "BIRD_016", "BIRD_019", "BIRD_023"),
        ("HELICOPTER_005", "HELICOPTER_013", "HELICOPTER_017", "AIRPLANE_02", "AIRPLANE_030", "BIRD_024", "BIRD_029"),
        ("BIRD_025", "BIRD_026", "BIRD_03"),
    ),
}
"""Beginnings of names after the band's letters; the longest that fits says in which fold a clip is. One place lies in one fold, but for
the field over which all thermal drones except one were flown: there one flight lies in one fold (neighbouring numbers, same size)."""
ELSEWHERE = "IR_DRONE_042"
"""The one thermal drone that was flown over another place than that field."""


def by_place(band: str, clip: str) -> int:
    """The fold of a clip where all flights over the field are one fold with the birds seen there."""
    flown_there = band == "thermal" and "DRONE" in clip and clip != ELSEWHERE
    return 0 if flown_there else fold(band, clip)


def fold(band: str, clip: str) -> int:
    """In which fold a clip is; one that nobody looked at is a ValueError."""
    name = clip.split("_", 1)[1]
    fits = [(len(start), number) for number, starts in enumerate(FOLDS[band]) for start in starts if name.startswith(start)]
    if not fits:
        raise ValueError(f"{clip} is in no fold: look at it and add it to FOLDS")
    return max(fits)[1]
