"""A reference C2: it binds, knows its nodes by key, and shows what they say."""
