"""How the learner tells whoever waits what it is doing."""

from collections.abc import Callable

Watch = Callable[[str], None]
"""Called now and then with a few words."""
