"""Pictures: small, moving, and not a bird."""
