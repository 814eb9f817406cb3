"""The summary of a demo's day, and whether everything balances."""

from datetime import datetime

from rich.console import Console

from hub.citypack.city import City
from hub.contracts.operations import Tally
from hub.demo.view import FEEDS, TALLIES, Moment, alarms_table, district_table, feeds_table, stages_table
from hub.exporters.totals import CityTotals


def print_summary(city: City, totals: CityTotals, sent: dict[str, int], now: datetime) -> bool:
    """Print it; True if every record is accounted for and every open case has one accountable unit."""
    console = Console(width=None if Console().is_terminal else 160)
    moment = Moment(now, sent, "done")
    for table in (
        feeds_table(totals, moment),
        stages_table(totals),
        alarms_table(totals),
        district_table(city, totals),
    ):
        console.print(table)
        console.print()
    missing = {feed: sent.get(feed, 0) - totals.ended(feed) for feed in FEEDS}
    lost = {feed: count for feed, count in missing.items() if count}
    unaccountable = sum(totals.unaccountable.values())
    dead = sum(totals.ledger.get((feed, Tally.DEAD), 0) for feed in FEEDS)
    for feed, count in lost.items():
        console.print(f"[red]{feed}: {count:+,} records are not accounted for[/red]")
    if unaccountable:
        console.print(f"[red]{unaccountable} open cases have not exactly one accountable unit[/red]")
    if not lost and not unaccountable:
        total = sum(sent.values())
        columns = " + ".join(TALLIES)
        console.print(f"[green]The ledger balances: {total:,} received = {columns}; {dead} dead.[/green]")
    return not lost and not unaccountable
