"""The `hub` command: a table of subcommands, each imported only when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from hub import __version__
from hub.errors import HubError

#: Name -> (module:attribute of the click command, its one-line help).
COMMANDS: dict[str, tuple[str, str]] = {
    "act": ("hub.cli.act:act", "Act on a case for a unit, and read the answer."),
    "alerts": ("hub.cli.alerts:alerts", "Take Alertmanager's alerts, and open cases for some."),
    "bench": ("hub.cli.bench:bench", "Measure the hub on this machine, from a checkout."),
    "broker": ("hub.cli.broker:broker", "Start, stop and look at the embedded Kafka broker."),
    "catalogue": (
        "hub.cli.catalogue:catalogue",
        "Mine changes of the dispatch catalogue, and try them on past cases.",
    ),
    "city": ("hub.cli.city:city", "Check, show and list city packs."),
    "dead-letters": (
        "hub.cli.dead_letters:dead_letters",
        "List, show and replay records that could not be used.",
    ),
    "demo": ("hub.cli.demo:demo", "Run a city to look at: broker, worker, simulator, metrics, live view."),
    "doctor": ("hub.cli.doctor:doctor", "Examine a deployment, and say what to do."),
    "evaluate": (
        "hub.cli.evaluate:evaluate",
        "Judge what the hub says about simulated cities by what happened in them.",
    ),
    "explain": ("hub.cli.explain:explain", "Show which step decided what about a record or case, and why."),
    "exporter": ("hub.cli.exporter:exporter", "Serve the city's metrics for Prometheus."),
    "ledger": ("hub.cli.ledger:ledger", "Print what was received and how it ended."),
    "patterns": (
        "hub.cli.patterns:patterns",
        "See what the counts of days tell: topics, effects, towns, needs.",
    ),
    "publish": ("hub.cli.publish:publish", "Publish a file on a feed."),
    "replay": ("hub.cli.replay:replay", "Run files or a tape through the whole hub in event time."),
    "map": ("hub.cli.map:map_", "Print the map: steps, edges, topics."),
    "run": ("hub.cli.run:run", "Run a worker of a live city."),
    "schemas": ("hub.cli.schemas:schemas", "Write, check and freeze the Avro schemas."),
    "scores": ("hub.cli.scores:scores", "Show rates, scores and rankings, and the cases behind them."),
    "settings": ("hub.cli.settings:settings", "Show every setting, its value and its meaning."),
    "simulate": ("hub.cli.simulate:simulate", "Write a simulated city as files, with its ground truth."),
    "site": ("hub.cli.site:site", "Show the history of an inspected site: its hazards in one view."),
    "tail": ("hub.cli.tail:tail", "Show what comes on a topic, decoded."),
    "topics": ("hub.cli.topics:topics", "Make, list and compare the topics of the map."),
    "unit": ("hub.cli.unit:unit", "A unit's desk: its inbox by deadline, one key per move, live."),
    "verify": ("hub.cli.verify:verify", "Check what the hub wrote by independent rules."),
    "warnings": ("hub.cli.warnings:warnings", "List early warnings, show their evidence, count verdicts."),
}


class LazyGroup(click.Group):
    """A click group that imports a subcommand when it is run, and none to print its help.

    ``table`` has the group's subcommands, as `COMMANDS` has those of `hub`.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]] = COMMANDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        where = self._table[cmd_name][0]
        module, _, attribute = where.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{where} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._table[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HubError as error:
            fail(ctx, error)


def fail(ctx: click.Context, error: HubError) -> NoReturn:
    """Print our own error without a traceback and leave with its exit code."""
    click.secho(f"Error: {error.message}", fg="red", err=True)
    if error.fix:
        click.secho(f"Fix:   {error.fix}", err=True)
    ctx.exit(error.exit_code)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hub")
def main() -> None:
    """Run a city's operations hub on Apache Kafka."""
