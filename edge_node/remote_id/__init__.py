"""Remote ID: frames to payloads, payloads to what an aircraft claims, and whether to believe it."""
