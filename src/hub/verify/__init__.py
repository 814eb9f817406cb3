"""Separate eyes: checks what the hub wrote against rules of its own, and imports no code that made it."""
