"""One process that hears nodes on the live plane and says their tracks in the formats of others, live only."""
