"""Where sound comes from: arrivals of one look, and sources followed from look to look."""
