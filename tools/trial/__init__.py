"""One scene played to a node, and what came of it."""
