"""A pytest plugin: figures that tests found are printed at the end, also those of parallel processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Tell = Callable[[str], None]

_KEY = pytest.StashKey[list[str]]()
_NAME = "figures"


def _figures(config: pytest.Config) -> list[str]:
    return config.stash.setdefault(_KEY, [])


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Tell:
    """Take down a line of figures, for the summary at the end of the run."""
    return _figures(pytestconfig).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A parallel process hands its lines to the one that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_NAME] = _figures(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Take the lines of a parallel process that has ended."""
    config, output = getattr(node, "config", None), getattr(node, "workeroutput", {})
    if isinstance(config, pytest.Config):
        _figures(config).extend(output.get(_NAME, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines."""
    for line in _figures(terminalreporter.config):
        terminalreporter.write_line(line)
