"""What became of the last upgrade, where the node was installed by its Debian package (docs/install.md)."""

from __future__ import annotations

from pathlib import Path

from edge_node.messages import Finding

HOME = Path("opt/edge-node")
MOST_WORDS = 300


def findings(root: Path) -> tuple[Finding, ...]:
    """One finding while an upgrade is watched or was taken back; none where nothing is to be said."""
    home = root / HOME
    try:
        said = (home / "rolled-back").read_text(encoding="utf-8", errors="replace").strip()[:MOST_WORDS]
    except OSError:
        said = ""
    if said:
        touch = "Send `journalctl -u edge-node -u edge-node-gate` to who made the upgrade; the next one clears this"
        return (Finding(about="node", name="rolled_back", grade="warn", words=said, touch=touch),)
    if (home / "gate.json").exists():
        words = "a new version is being watched, and is taken back if it is worse"
        return (Finding(about="node", name="upgrade_watched", grade="ok", words=words),)
    return ()
