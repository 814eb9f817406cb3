"""Plays simulated cities through the hub's own steps and judges what it says by what really happened."""
