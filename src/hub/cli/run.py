"""`hub run`: a worker of a live city."""

from __future__ import annotations

import click

EXAMPLES = """
\b
Examples:
  hub run                          all steps, delivery, ticker and metrics in one worker
  HUB_SLOT=1 hub run               a second worker beside the first
  hub run --steps sensing          sensing in a worker of its own
  hub run --steps scores           scores, too; --steps city has cases, delivery and ticker

It looks at brokers, topics, schemas, clock and data folder before it begins, and ends with exit code 2 and
what to do if something is wrong; `hub doctor` looks at the same from outside, and at more.

SIGTERM or Ctrl-C finishes and commits the batch in hand, then leaves: exit code 0, within 10 seconds also
where no broker answers.
"""


@click.command(epilog=EXAMPLES)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option(
    "--steps",
    type=click.Choice(["all", "city", "sensing", "scores", "warnings"]),
    default="all",
    show_default=True,
    help="Group of core steps.",
)
@click.option(
    "--demo-key", is_flag=True, help="Use the stated demo key for pseudonyms: simulated people only."
)
@click.option("--exporter/--no-exporter", default=True, show_default=True, help="Serve metrics.")
def run(city: str | None, steps: str, demo_key: bool, exporter: bool) -> None:
    """Run a worker: the core steps exactly once, delivery to units, ticker, metrics."""
    from hub.runtime.signals import end_at_once

    end_at_once()  # before the imports that take their time
    from hub.cli.working import work

    work(city, steps, demo_key=demo_key, exporter=exporter)
