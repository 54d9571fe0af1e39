"""Objects followed from picture to picture."""
