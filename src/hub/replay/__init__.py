"""Replays: files, or a recorded tape, through the whole hub in event time, as fast as it can."""
