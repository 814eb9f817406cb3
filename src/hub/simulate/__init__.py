"""A simulated city: seeded streams of publications with their ground truth, and units that act."""
