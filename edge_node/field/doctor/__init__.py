"""A page about a node before one leaves the site: what is well, what is not, and what to touch."""
