"""Checks of a whole pack, one family per file: pure functions from a draft to its mistakes."""
