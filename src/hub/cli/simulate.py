"""`hub simulate`: a seeded city as files, with its ground truth."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from hub.errors import HubError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from hub.citypack.city import City
    from hub.simulate.publication import Publication
    from hub.simulate.truth import GroundTruth

EXAMPLES = """
\b
Examples:
  hub simulate --out day1                                   a day of Beijing, 1,300 tickets, its units act
  hub simulate --city boston --days 7 --scale 1 --out week  a week of Boston
  hub simulate --district 110101 --scale 1 --out centre     one district, as dense as it is
  hub simulate --scale 1 --no-actions --out full            66,000 tickets; nobody acts on them
  hub replay --city beijing --runner memory day1/hotline.tickets.jsonl:hotline \\
      day1/grid.reports.jsonl:grid day1/unit.actions.jsonl:actions --out replayed
  hub publish hotline day1/hotline.tickets.jsonl

The same city, seed, start and scale give the same files. See docs/simulator.md.
"""


@click.command(epilog=EXAMPLES)
@click.option("--city", "city_name", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option("--days", type=click.FloatRange(0.01, 3660), default=1.0, show_default=True, help="Length.")
@click.option(
    "--scale",
    type=click.FloatRange(0.0001, 100),
    default=0.02,
    show_default=True,
    help="Share of a real city's tickets, reports, inspections and incidents.",
)
@click.option("--district", "districts", multiple=True, help="Only this district's towns; may be repeated.")
@click.option("--seed", type=int, default=7, show_default=True, help="Another seed, another city's life.")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-03-02",
    show_default=True,
    help="First day, from its midnight in the city's time zone.",
)
@click.option(
    "--pack-minutes",
    type=click.FloatRange(0.1, 1440),
    help="Minutes between a gateway's packs.  [default: half of what makes a sensor silent]",
)
@click.option(
    "--actions/--no-actions",
    default=True,
    show_default=True,
    help="Whether units act: the hub's own steps then run in memory, which takes most of the time.",
)
@click.option(
    "--bad",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="Spoiled records a day, in bad.jsonl.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="New or empty folder."
)
def simulate(
    city_name: str | None,
    days: float,
    scale: float,
    districts: tuple[str, ...],
    seed: int,
    start: datetime,
    pack_minutes: float | None,
    actions: bool,
    bad: int,
    out: Path,
) -> None:
    """Write a simulated city: a file of each feed, spoiled records, and the truth to judge the hub by."""
    from hub.citypack.load import load_city
    from hub.settings import load_settings
    from hub.simulate.bad_records import bad_records
    from hub.simulate.city_life import part_of, towns_of
    from hub.simulate.city_life import simulate as life_of
    from hub.simulate.files import write_bad, write_truth
    from hub.simulate.truth import GroundTruth

    city = load_city(load_settings(city=city_name).city)
    begin = start.replace(tzinfo=ZoneInfo(city.settings.timezone)).astimezone(UTC)
    end = begin + timedelta(days=days)
    truth = GroundTruth()
    towns = towns_of(city, districts)
    stream = life_of(city, seed, begin, days, scale, pack_minutes=pack_minutes, truth=truth, towns=towns)
    city = part_of(city, towns)
    _make_folder(out)
    published = _write(city, _acted(city, stream, seed, begin, end) if actions else stream, out, begin, end)
    spoiled = write_bad(out, bad_records(city, seed, begin, days, bad))
    run = {
        "city": city.settings.code,
        "seed": seed,
        "start": begin.isoformat(),
        "days": days,
        "scale": scale,
        "districts": districts,
        "actions": actions,
    }
    write_truth(out, truth, run)
    _print_summary(out, published, truth, spoiled)


def _make_folder(out: Path) -> None:
    """The folder, made if need be; never one that holds something, so that nothing is mixed up or lost."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        empty = next(out.iterdir(), None) is None
    except OSError as error:
        raise HubError(f"{out}: {error.strerror}", fix="name a folder that you may write") from None
    if not empty:
        raise HubError(f"{out} is not empty.", fix="name a new folder, or empty this one")


def _acted(
    city: City, stream: Iterator[Publication], seed: int, begin: datetime, end: datetime
) -> Iterator[Publication]:
    """The stream and what units do about it, as the hub's own steps decide."""
    from hub.domain.privacy import Pseudonyms
    from hub.settings import DEMO_PSEUDONYM_KEY
    from hub.simulate.closed_loop import ClosedLoop
    from hub.simulate.unit_model import UnitModel
    from hub.topology import build_steps

    steps = build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    return ClosedLoop(steps, UnitModel(city, seed).react).play(stream, begin, end)


def _write(
    city: City, stream: Iterator[Publication], out: Path, begin: datetime, end: datetime
) -> Counter[str]:
    """Write the stream; how many publications of each topic."""
    from rich.console import Console
    from rich.progress import Progress

    from hub.simulate.files import FeedFiles

    published: Counter[str] = Counter()
    with (
        FeedFiles(out, city) as files,
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress,
    ):
        bar = progress.add_task("simulating", total=(end - begin) / timedelta(minutes=1))
        for publication in stream:
            files.write(publication)
            published[publication.topic] += 1
            if published.total() % 500 == 0:
                _advance(progress, bar, publication.arrived - begin)
        _advance(progress, bar, end - begin)
    return published


def _advance(progress: Progress, bar: TaskID, gone: timedelta) -> None:
    progress.update(bar, completed=gone / timedelta(minutes=1))


def _print_summary(out: Path, published: Counter[str], truth: GroundTruth, spoiled: int) -> None:
    from rich.table import Table

    from hub.cli.terminal import console
    from hub.simulate.files import BAD, FEEDS, TRUTH, file_name

    repeated = Counter(sent.topic for sent in truth.repeated)
    late = Counter(sent.topic for sent in (*truth.late, *truth.too_late))
    table = Table("file", "profile", "records", "sent twice", "late", title=f"{out}", title_justify="left")
    for topic, profile in FEEDS.items():
        if published[topic]:
            numbers = (published[topic], repeated[topic], late[topic])
            table.add_row(file_name(topic), profile, *(f"{number:,}" for number in numbers))
    table.add_row(BAD, "", f"{spoiled:,}", "", "")
    kinds = Counter(incident.kind for incident in truth.incidents.values())
    signals = Counter(incident.kind for incident in truth.incidents.values() for _ in incident.signals)
    happened = Table("what happened", "times", "signals", title=TRUTH, title_justify="left")
    for kind, count in kinds.most_common():
        happened.add_row(kind, f"{count:,}", f"{signals[kind]:,}")
    console().print(table)
    console().print(happened)
