"""What is wrong with the microphones, and where they really are."""
