"""Is what is known of objects as sure as it says."""
