"""`hub tail`: what comes on a topic, decoded, as it comes."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing, suppress
from itertools import islice

import click

from hub.cli.view import one_line, shown
from hub.errors import HubError
from hub.runtime.cluster import brokers_of
from hub.runtime.reader import Follower, read_whole
from hub.runtime.record import Record
from hub.settings import load_settings
from hub.topics import TOPICS, Topic, unit_orders

EXAMPLES = """
\b
Examples:
  hub tail case.events
  hub tail unit:water-works --from beginning
  hub tail case.state --from beginning --no-follow --json | jq .body.stage
  hub tail hotline.tickets --limit 10

`hub topics list` names the topics. On restricted topics (tickets, reports, actions, dead letters)
whatever may be personal is masked, unless --i-may-see-personal-data says that you may see it.
"""


@click.command(epilog=EXAMPLES)
@click.argument("topic", metavar="TOPIC|unit:NAME")
@click.option(
    "--from",
    "start",
    type=click.Choice(["beginning", "end"]),
    default="end",
    show_default=True,
    help="Begin with the oldest record, or with the next one.",
)
@click.option("--follow/--no-follow", default=True, show_default=True, help="Wait for more at the end.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many records.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--i-may-see-personal-data", "clear", is_flag=True, help="Show restricted topics unmasked.")
def tail(topic: str, start: str, follow: bool, limit: int | None, as_json: bool, clear: bool) -> None:
    """Show the records of TOPIC, or of one unit's orders, decoded. Ctrl-C ends it."""
    declared = _topic(topic)
    settings = load_settings()
    brokers = brokers_of(settings)
    if follow:
        records = _follow(brokers, declared.name, settings.topic_prefix, from_beginning=start == "beginning")
    elif start == "end":
        raise HubError("Nothing comes without waiting at the end", fix="add --from beginning, or --follow")
    else:
        records = read_whole(brokers, [declared.name], prefix=settings.topic_prefix)
    with closing(records), suppress(KeyboardInterrupt):
        for record in islice(records, limit):
            row = shown(record, declared, clear=clear)
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else one_line(row))


def _follow(brokers: str, topic: str, prefix: str, *, from_beginning: bool) -> Generator[Record]:
    with Follower(brokers, [topic], prefix=prefix, from_beginning=from_beginning) as follower:
        while True:
            yield from follower.read()


def _topic(name: str) -> Topic:
    kind, _, unit = name.partition(":")
    if kind == "unit" and unit:
        return unit_orders(unit)
    if name in TOPICS:
        return TOPICS[name]
    raise HubError(f"There is no topic {name}", fix=f"use unit:NAME, or one of {', '.join(TOPICS)}")
