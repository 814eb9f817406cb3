"""Learns a city pack from labelled tickets: who got them, where they lie, which ones were duplicates."""
