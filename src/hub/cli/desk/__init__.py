"""A clerk's desk: a unit's orders as an inbox, one key per move, drawn for a terminal. Pure but keyboard."""
