"""How data gets in: files and foreign shapes become contracts, ready to publish."""
