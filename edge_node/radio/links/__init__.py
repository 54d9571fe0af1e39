"""What a burst is, one file for each kind of link."""
