"""What is not well and what each sensor covers, in lines for whoever stands at the mast."""

from __future__ import annotations

from collections.abc import Iterator

from edge_node.messages import Coverage, NodeStatus


def health_lines(now: NodeStatus) -> Iterator[str]:
    """Coverage of each sensor, then findings, each with what to touch."""
    for one in now.coverage:
        yield f"  {one.sensor:<12} {'covers' if one.reach_m > 0 else 'blind':<9} {covered(one)}"
    for finding in now.findings:
        yield f"  {finding.about:<12} {finding.grade:<9} {finding.words} ({finding.name})"
        if finding.touch:
            yield f"  {'':<12} {'':<9} -> {finding.touch}"


def covered(one: Coverage) -> str:
    """Such as "by sound all around, 128 m, told within 4 s", or why nothing."""
    notes = ", ".join(one.notes)
    if one.reach_m <= 0:
        return notes or "nobody knows why"
    around, front = one.width_deg >= 360, "" if one.reference == "true_north" else " of the vehicle's front"
    towards = "all around" if around else f"towards {one.azimuth_deg:.0f}° ± {one.width_deg / 2:.0f}°{front}"
    also = f"; {notes}" if notes else ""
    return f"by {one.sense.replace('_', ' ')} {towards}, {one.reach_m:.0f} m, told within {one.latency_s:.0f} s{also}"
