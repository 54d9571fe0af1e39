"""One seeded world that every simulated sensor asks."""
