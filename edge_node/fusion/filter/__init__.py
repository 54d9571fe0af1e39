"""Where objects are and how they go, from bearings, ranges and positions alike."""
