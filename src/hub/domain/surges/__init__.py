"""Surges 诉求激增: whether signals come more often than season, trend and chance explain. Pure."""
