"""The demo: a simulated city, or real tickets, through a real worker on a real broker, to look at."""
