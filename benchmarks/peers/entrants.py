"""Which peers there are, and whether they can run here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.peers import jvm, python_env
from hub.errors import HubError

MAIN_OF = {"route": "Route", "packs": "Packs"}
"""How the Java classes of each work end."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A peer that is ready to run, or ``reason`` why it is not."""

    name: str
    reason: str = ""
    command: Callable[[str], tuple[str, ...]] = field(default=lambda _: ())
    """Starts the peer on a work by name; the job follows as JSON."""


def entrants(tell: Callable[[str], None]) -> tuple[Entrant, ...]:
    """Every peer, installed on first use; one that can't be is told with its reason."""
    return (
        _in_python("quix", tell),
        _in_python("bytewax", tell),
        *_on_the_jvm({"kafka_streams": "Streams", "flink": "Flink"}, tell),
    )


def _in_python(name: str, tell: Callable[[str], None]) -> Entrant:
    tell(f"peers: installing {name}")
    try:
        python = python_env.python_of(name)
    except HubError as error:
        return Entrant(name, reason=error.message)
    return Entrant(name, command=lambda work: (str(python), "-m", f"benchmarks.peers.{name}_{work}"))


def _on_the_jvm(classes: Mapping[str, str], tell: Callable[[str], None]) -> list[Entrant]:
    try:
        java = jvm.java_command(tell)
    except HubError as error:
        return [Entrant(name, reason=error.message) for name in classes]

    def entrant(name: str, prefix: str) -> Entrant:
        return Entrant(name, command=lambda work: (*java, f"hub.bench.{prefix}{MAIN_OF[work]}"))

    return [entrant(name, prefix) for name, prefix in classes.items()]
