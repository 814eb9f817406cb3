"""How steps run: the only package that knows Kafka and Faust."""
