"""Other peoples' formats: pure encoders, and the process that speaks them."""
