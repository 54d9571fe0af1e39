"""The node's own bus."""
