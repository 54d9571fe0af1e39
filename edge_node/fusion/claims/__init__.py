"""What identities claim, held against what is sensed and what would be sensed."""
