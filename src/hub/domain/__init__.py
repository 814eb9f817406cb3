"""The rules of the city, pure: no clock, no IO, no randomness."""
