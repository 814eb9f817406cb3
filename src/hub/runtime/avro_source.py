"""A Python function in the making: its lines, and the objects that they name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Source:
    """Collects the lines of one function and compiles them, as `dataclasses` does with ``__init__``."""

    def __init__(self, name: str, parameters: str) -> None:
        self._name = name
        self._lines = [f"def {name}({parameters}):"]
        self._depth = 1
        self._scope: dict[str, object] = {}
        self._count = 0

    def line(self, text: str) -> None:
        """Add a line at the present depth."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a line such as ``if x:`` and put what follows under it."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def fresh(self) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, value: object) -> str:
        """A name by which the lines can use an object."""
        name = self.fresh()
        self._scope[name] = value
        return name

    def compiled(self, **names: object) -> Callable[..., object]:
        """The function; it sees the bound objects and ``names``."""
        scope = {**names, **self._scope}
        exec("\n".join(self._lines), scope)
        made = scope[self._name]
        assert callable(made)
        return made
