"""Other engines on the same work: each with its own libraries, apart from the hub's."""
