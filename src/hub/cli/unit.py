"""`hub unit`: a unit's desk, live in the terminal, or its inbox printed once."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hub.cli.desk.inbox import Inbox, Item, inbox_of
from hub.cli.desk.orders import order_in
from hub.cli.terminal import console
from hub.contracts.orders import UnitOrder
from hub.errors import HubError
from hub.runtime.cluster import brokers_of
from hub.runtime.reader import read_whole
from hub.settings import Settings, load_settings
from hub.topics import ORDERS, unit_orders

if TYPE_CHECKING:
    from hub.citypack.city import City

_ALL = 1_000_000

EXAMPLES = """
\b
Examples:
  hub unit water-works            the desk of the water works; q ends it
  hub unit water-works --once     its inbox as a table, the nearest deadline first
  hub unit water-works --json     the same for machines, one case a line
  hub unit                        how much waits for each unit

\b
Keys: j and k or the arrows select a case; below it stand the keys of the moves that are allowed now.
Signs: !! overdue, ! its limit has warned. Nothing is told by colour alone.
The desk reads the unit's own topic from its beginning, and shows the hub's answer to every move.
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--once", is_flag=True, help="Print the inbox as a table, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the inbox, one JSON object a case, and end.")
@click.option("--source", default="hub-unit", show_default=True, help="Who publishes the actions.")
def unit(name: str | None, once: bool, as_json: bool, source: str) -> None:
    """Work at the desk of unit NAME: its orders as an inbox, one key per move; without NAME list units."""
    from hub.citypack.load import load_city

    settings = load_settings()
    city = load_city(settings.city)
    brokers = brokers_of(settings)
    if name is None:
        _list_units(city, brokers, settings, as_json=as_json)
        return
    if name not in city.units:
        raise HubError(f"{city.settings.name} has no unit {name}", fix="`hub unit` lists the units")
    if once or as_json:
        inbox = inbox_of(name, _orders(brokers, unit_orders(name).name, settings.topic_prefix))
        _print_inbox(inbox, city, _now(inbox, settings), as_json=as_json)
        return
    from hub.cli.desk.live import work

    # as Ctrl-C, so that the terminal is left as it was
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        work(city, brokers, settings.topic_prefix, name, source, lambda inbox: _now(inbox, settings))


def _now(inbox: Inbox, settings: Settings) -> datetime:
    """The city's time: in a simulated city, that of the newest order."""
    return (inbox.latest() if settings.simulated_time else None) or datetime.now(UTC)


def _orders(brokers: str, topic: str, prefix: str) -> Iterator[tuple[str, UnitOrder]]:
    with closing(read_whole(brokers, [topic], prefix=prefix)) as records:
        for record in records:
            found = order_in(record)
            if found is not None:
                yield found


def _print_inbox(inbox: Inbox, city: City, now: datetime, *, as_json: bool) -> None:
    if as_json:
        for item in inbox.waiting():
            click.echo(json.dumps(_plain(item, now), ensure_ascii=False))
        return
    from hub.cli.desk.screen import inbox_lines

    out = console()
    for line in inbox_lines(inbox.waiting(), city, now, out.width, _ALL):
        out.print(line, no_wrap=True, crop=True)


def _plain(item: Item, now: datetime) -> dict[str, object]:
    deadline = item.deadline
    return {
        "case_id": item.order.case_id,
        "deadline": None if deadline is None else deadline.isoformat(),
        "urge": item.urge(now).value,
        "order": item.order.model_dump(mode="json"),
    }


def _list_units(city: City, brokers: str, settings: Settings, *, as_json: bool) -> None:
    """Every unit with what waits for it, from the orders of all units."""
    from rich.table import Table

    from hub.cli.desk.inbox import Urge

    inboxes: dict[str, Inbox] = {name: Inbox(name) for name in city.units}
    for identity, order in _orders(brokers, ORDERS, settings.topic_prefix):
        inboxes.setdefault(order.unit, Inbox(order.unit)).take(identity, order)
    latest = max((at for inbox in inboxes.values() if (at := inbox.latest())), default=None)
    now = (latest if settings.simulated_time else None) or datetime.now(UTC)
    table = Table("unit", "name", "level", "waiting", "near !", "overdue !!")
    for name, inbox in inboxes.items():
        urges = [item.urge(now) for item in inbox.waiting()]
        counts = (len(urges), urges.count(Urge.NEAR), urges.count(Urge.OVERDUE))
        if as_json:
            click.echo(
                json.dumps(dict(zip(("unit", "waiting", "near", "overdue"), (name, *counts), strict=True)))
            )
            continue
        known = city.units.get(name)
        table.add_row(name, known.name if known else "", known.level if known else "", *map(str, counts))
    if not as_json:
        console().print(table)
