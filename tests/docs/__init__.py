"""What docs/ shows works."""
