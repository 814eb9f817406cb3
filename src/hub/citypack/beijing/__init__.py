"""Makes the places, units and simulated sensors of the Beijing pack from published division tables."""
