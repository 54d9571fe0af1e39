"""EUROCONTROL's ASTERIX: position tracks as category 062, radio bearings as 205, claimed identities as 129."""
