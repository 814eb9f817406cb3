"""Which cluster a command talks to: the one that HUB_BROKERS names, else this directory's embedded broker."""

from __future__ import annotations

import sys

from rich.console import Console

from hub.errors import HubError
from hub.runtime.broker import EmbeddedBroker
from hub.settings import Settings

_PIPED_WIDTH = 200


def brokers_of(settings: Settings) -> str:
    """The bootstrap servers; raises HubError where no cluster is named and no embedded broker runs."""
    if settings.brokers:
        return settings.brokers
    running = EmbeddedBroker(settings.data / "kafka").status().bootstrap
    if running is None:
        raise HubError(
            f"No broker runs in {settings.data / 'kafka'}, and HUB_BROKERS names no cluster",
            fix="start one with `hub broker up`, or set HUB_BROKERS=host:port",
        )
    return running


def console() -> Console:
    """Where tables go: the terminal's width, or room enough in a pipe."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)
