"""Pictures for people: what a recording, or what goes by, looks like, with what was detected drawn on it."""
