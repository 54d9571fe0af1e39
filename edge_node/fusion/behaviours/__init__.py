"""What objects do, told with reasons where errors could not make it."""
