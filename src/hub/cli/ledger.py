"""`hub ledger`: what was received against how it ended, recomputed from the topics."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from hub.verify.ledger import COLUMNS, LedgerReport, LedgerRow, imbalances, sums_by_source

_PIPED_WIDTH = 160
_SHOWN = 20


@click.command()
@click.option("--source", help="Only this publisher.")
@click.option("--hours", is_flag=True, help="One line for each hour of arrival, not one for all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every hour.")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a replay, in place of the cluster.",
)
@click.pass_context
def ledger(ctx: click.Context, source: str | None, hours: bool, as_json: bool, folder: Path | None) -> None:
    """Print what was received and how it ended, by source and hour.

    Reads whole topics and trusts no figure of the hub's own metrics. Exit code 1 if a record is missing or
    counted twice; records that are still on their way are not.
    """
    report = _chosen(_report(folder), source)
    if as_json:
        click.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        print_ledger(report, hours=hours)
    ctx.exit(0 if report.balanced else 1)


def print_ledger(report: LedgerReport, *, hours: bool = False) -> None:
    """Print the ledger as a table, and under it what is wrong and what could not be checked."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    rows = report.rows if hours else sums_by_source(report.rows)
    console.print(_table(rows, hours=hours))
    for feed, until in sorted(report.unchecked.items()):
        text = f"{feed}: hours up to {until:%Y-%m-%d %H:%M} UTC are not checked, their records are deleted"
        console.print(text, soft_wrap=True)
    for violation in report.violations[:_SHOWN]:
        console.print(f"[red]{violation.kind}[/] {violation.where}: {violation.found}", soft_wrap=True)
    if len(report.violations) > _SHOWN:
        console.print(f"and {len(report.violations) - _SHOWN:,} more; see --json")
    console.print("[green]balanced[/]" if report.balanced else "[red]NOT BALANCED[/]")


def _report(folder: Path | None) -> LedgerReport:
    if folder is not None:
        from hub.verify.replay_dir import replay_ledger

        return replay_ledger(folder)
    from hub.runtime.cluster import brokers_of
    from hub.settings import load_settings
    from hub.verify.cluster import Cluster, audit_ledger

    settings = load_settings()
    return audit_ledger(Cluster(brokers_of(settings), settings.topic_prefix))


def _chosen(report: LedgerReport, source: str | None) -> LedgerReport:
    """The report of one publisher; what is wrong elsewhere is not its own."""
    if source is None:
        return report
    rows = tuple(row for row in report.rows if row.line.source == source)
    return LedgerReport(rows, tuple(imbalances(rows)), report.unchecked)


def _table(rows: Sequence[LedgerRow], *, hours: bool) -> Table:
    table = Table(title="Ledger", title_justify="left")
    if by_feed := any(row.line.feed for row in rows):
        table.add_column("feed")
    table.add_column("source", overflow="fold")
    if hours:
        table.add_column("hour (UTC)", no_wrap=True)
    for name in ("received", *COLUMNS, "waiting", "imbalance"):
        table.add_column(name, justify="right")
    for row in rows:
        head = [row.line.feed, row.line.source] if by_feed else [row.line.source]
        if hours:
            head.append(f"{row.line.hour:%Y-%m-%d %H:%M}" if row.line.hour else "")
        figures = [row.received, *(row.ends.get(tally, 0) for tally in COLUMNS), row.waiting]
        wrong = f"[red]{row.imbalance:,}[/]" if row.imbalance else "0"
        table.add_row(*head, *(f"{figure:,}" for figure in figures), wrong)
    return table


def _as_json(report: LedgerReport) -> dict[str, object]:
    return {
        "balanced": report.balanced,
        "waiting": report.waiting,
        "rows": [_row_as_json(row) for row in report.rows],
        "unchecked_until": {feed: until.isoformat() for feed, until in sorted(report.unchecked.items())},
        "violations": [
            {"kind": each.kind, "where": each.where, "found": each.found} for each in report.violations
        ],
    }


def _row_as_json(row: LedgerRow) -> dict[str, object]:
    return {
        "feed": row.line.feed or None,
        "source": row.line.source,
        "hour": row.line.hour.isoformat() if row.line.hour else None,
        "received": row.received,
        **{tally.value: row.ends.get(tally, 0) for tally in COLUMNS},
        "waiting": row.waiting,
        "imbalance": row.imbalance,
    }
