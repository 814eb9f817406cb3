"""`hub city learn-limits`: a limit per category, in working time, out of the deadlines of real tickets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from hub.citypack.calendar import Calendar
from hub.citypack.learn.category_tree import codes_of
from hub.citypack.learn.learned_limits import (
    LearnedLimits,
    learn_elapsed,
    learn_from,
    learn_with,
    limit_rows,
    parted,
)
from hub.citypack.learn.limits import Fit, LearnedLimit
from hub.citypack.learn.profile import Facts, load_profile
from hub.citypack.learn.promises import Promises
from hub.citypack.learn.read_tickets import read_tickets
from hub.citypack.learn.tickets import Path as Levels
from hub.citypack.learn.tickets import Tickets
from hub.citypack.learn.write_pack import document_text, table_text
from hub.citypack.load import load_city
from hub.cli.city_learn import learning_profile, tickets_file

_PIPED_WIDTH = 200
_SHOWN = 30

Verdict = tuple[str, str, Fit]
"""Which deadlines were worked out anew, from which limits, and how well."""


@click.command("learn-limits")
@tickets_file
@learning_profile
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write limits.csv and calendar.yaml to; if it holds a pack, its categories are named.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Write what the tickets opened before this local day teach, and judge it on the others.",
)
@click.option("--all", "show_all", is_flag=True, help="Show the limit of every category.")
def learn_limits(file: Path, profile: str, out: Path, until: datetime | None, show_all: bool) -> None:
    """Learn the working calendar and one limit per category from the deadlines in FILE, and write them.

    Says how many deadlines, worked out anew, come within an hour of the real ones: of those that it learned
    from, and of later ones that it did not: from --until, or else of the last third of the time.
    """
    read_by = load_profile(profile)
    facts = read_by.facts
    since = None if until is None else int(until.replace(tzinfo=ZoneInfo(facts.timezone)).timestamp())
    with Progress(console=Console(stderr=True), transient=True) as bar:
        bar.add_task("reading the tickets", total=None)
        tickets = read_tickets(file.read_bytes(), read_by)
        promises = Promises.of(tickets)
        known, later = parted(promises, since)
        learned = learn_from(known, facts, _watched(bar, "those to learn from"))
        verdicts = [*_verdicts("learned from the same", known, known, learned, facts)]
        verdicts += _verdicts("later, not learned from", known, later, learned, facts)
        if until is None:
            learned = learn_from(promises, facts, _watched(bar, "all"))
            own = _verdicts("all, learned from the same", promises, promises, learned, facts)
            verdicts = [*own, *verdicts]
    count = _write(out, learned, tickets)
    shown = Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)
    shown.print(_limits(learned.limits if show_all else learned.limits[:_SHOWN]))
    if not show_all and len(learned.limits) > _SHOWN:
        click.echo(f"and {len(learned.limits) - _SHOWN} categories more: --all shows them")
    click.echo("\n".join(_calendar_lines(facts.calendar, learned.calendar)))
    shown.print(_verdict_table(verdicts))
    click.echo(f"{count} limits, and the calendar that they are reckoned by, are in {out}")


def _watched(bar: Progress, whose: str) -> Callable[[str, float], None]:
    """One bar for each thing that is looked for among some tickets."""
    tasks = {}

    def progress(doing: str, share: float) -> None:
        if doing not in tasks:
            tasks[doing] = bar.add_task(f"{doing} ({whose})", total=1.0)
        bar.update(tasks[doing], completed=share)

    return progress


def _verdicts(
    name: str, known: Promises, judged: Promises, learned: LearnedLimits, facts: Facts
) -> Iterator[Verdict]:
    """How the limits do beside simpler ones that learned from the same tickets."""
    yield name, "hours of the calendar alone", learn_elapsed(known, facts).judge(judged)
    given = learn_with(known, facts.calendar, facts.timezone)
    yield name, "working time of the profile's calendar", given.judge(judged)
    yield name, "working time of the calendar found, as written", learned.written().judge(judged)


def _write(out: Path, learned: LearnedLimits, tickets: Tickets) -> int:
    """Write the two files, and check the pack if they complete one; the number of limits."""
    is_pack = (out / "city.yaml").is_file()
    code_of = _codes_of_pack(out) if is_pack else codes_of(tickets.paths).get
    rows = limit_rows(learned.written().limits, code_of)
    out.mkdir(parents=True, exist_ok=True)
    (out / "limits.csv").write_text(table_text(rows), encoding="utf-8", newline="\n")
    calendar = document_text(learned.calendar, "learn-limits")
    (out / "calendar.yaml").write_text(calendar, encoding="utf-8", newline="\n")
    if is_pack:
        load_city(out)
    return len(rows)


def _codes_of_pack(folder: Path) -> Callable[[Levels], str | None]:
    city = load_city(folder)

    def code_of(path: Levels) -> str | None:
        category = city.category_of("/".join(path))
        return category.code if category is not None else None

    return code_of


def _limits(limits: tuple[LearnedLimit, ...]) -> Table:
    table = Table("category", "deadlines", "limit", "of", "within an hour", "to the minute", "written")
    for limit in limits:
        table.add_row(
            limit.path[-1],
            f"{limit.fit.tickets:,}",
            f"{limit.seconds / 3600:.4g} h",
            "working time" if limit.working else "the calendar",
            _share(limit.fit.near, limit.fit.tickets),
            _share(limit.fit.exact, limit.fit.tickets),
            "yes" if limit.speaks else "too little support",
        )
    return table


def _calendar_lines(given: Calendar, found: Calendar) -> Iterator[str]:
    """What was found of working time, and where it differs from the profile's calendar."""
    hours = ", ".join(f"{each.start:%H:%M} to {each.end:%H:%M}" for each in found.hours_on(1))
    ends = "at the next opening" if found.ends_at_opening else "with it"
    weekend = ", ".join(map(str, found.weekend)) or "none"
    yield f"Working days: {hours}; weekend: {weekend} (1 = Monday); what ends with a day ends {ends}"
    before, after = ({each.day: each.name for each in one.holidays} for one in (given, found))
    for day in sorted(before.keys() - after.keys()):
        yield f"{day} {before[day]}: worked, the deadlines say; no longer a holiday"
    for day in sorted(after.keys() - before.keys()):
        yield f"{day}: a day off, the deadlines say"


def _verdict_table(verdicts: list[Verdict]) -> Table:
    table = Table("deadlines", "worked out by", "count", "within an hour", "to the minute")
    for name, by, fit in verdicts:
        near, exact = _share(fit.near, fit.tickets), _share(fit.exact, fit.tickets)
        table.add_row(name, by, f"{fit.tickets:,}", near, exact)
    return table


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
