"""For the person on the mast: health, self-test, lamp, page."""
