"""EUROCONTROL's ASTERIX: position tracks as category 062, radio bearings as category 205."""
