"""`hub bench`: the hub measured on this machine, beside other ways to do the same work."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

import hub
from hub.errors import HubError

EXAMPLES = """
\b
Examples:
  hub bench all --quick                 one small run of each: does it work, roughly how fast
  hub bench route                       medians of five runs; some minutes
  hub bench all --json bench.json       for programs too
  hub bench route --peers               beside Quix, Bytewax, Kafka Streams and Flink, fetched on first use

It starts a broker of its own and removes it. See docs/benchmarks.md.
"""

NAMES = ("route", "packs", "city", "latency", "recover", "cases", "scale")


@click.command(epilog=EXAMPLES)
@click.argument("name", type=click.Choice([*NAMES, "all"]), default="all")
@click.option("--quick", is_flag=True, help="One small run of each.")
@click.option("--runs", type=click.IntRange(1, 100), default=5, show_default=True, help="Medians of so many.")
@click.option("--peers", is_flag=True, help="Other engines too; route and packs.")
@click.option("--records", type=click.IntRange(1), help="So many tickets or packs; route and packs.")
@click.option(
    "--open", "open_cases", type=click.IntRange(0), default=0, help="Again beside so many open cases; city."
)
@click.option("--profile", is_flag=True, help="Also a flame graph into docs/profiles.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as JSON."
)
def bench(
    name: str,
    quick: bool,
    runs: int,
    peers: bool,
    records: int | None,
    open_cases: int,
    profile: bool,
    json_file: Path | None,
) -> None:
    """Measure one or all: speed, CPU, memory, and that nothing is lost or doubled."""
    names = NAMES if name == "all" else (name,)
    whole = _benchmarks().run(
        names,
        quick=quick,
        runs=1 if quick else runs,
        json_file=json_file,
        peers=peers,
        records=records,
        open_cases=open_cases,
        profile=profile,
    )
    if not whole:
        raise click.exceptions.Exit(1)


def _benchmarks() -> ModuleType:
    """The folder benchmarks of a checkout, which no installed package holds. Raises HubError without it."""
    checkout = Path(hub.__file__).resolve().parents[2]
    if not (checkout / "benchmarks" / "run.py").is_file():
        raise HubError(
            "The benchmarks are not here: they are no part of the installed package",
            fix="run `hub bench` from a checkout of the project, installed by `make setup`",
        )
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
    return import_module("benchmarks.run")
