"""The city operations hub: everything reported about a place becomes one accountable, timed case."""

__version__ = "0.1.0"
