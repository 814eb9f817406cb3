"""What leaves the hub as figures: the state of the city folded from topics, and Prometheus metrics."""
