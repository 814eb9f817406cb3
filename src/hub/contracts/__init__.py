"""What travels on the wire and what tables hold: frozen models, the one source of every schema."""
