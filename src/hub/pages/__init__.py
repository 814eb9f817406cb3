"""The hub describes itself: its map, topics, reasons and moves, as pages for people. Pure."""
