"""Faults done to a running node one after the other, and how soon it says each by name and is well again."""
