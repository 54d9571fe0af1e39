"""Who of many gets through to the hub: so many at once, each so often, the likeliest first."""
