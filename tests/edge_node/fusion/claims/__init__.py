"""Claims against evidence."""
