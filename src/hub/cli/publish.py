"""`hub publish`: somebody's file onto the feeds, through a profile."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich import progress as bars
from rich.console import Console

from hub.citypack.load import load_city
from hub.edges.profile_file import read_profile
from hub.edges.profiles import Profile, load_profile, profile_names
from hub.edges.progress import Progress, beside, digest_of, load_progress
from hub.edges.publish_file import FilePublication, Published
from hub.edges.readings import sensor_slots
from hub.edges.rows import row_format, rows_of
from hub.errors import HubError
from hub.runtime.admin import TopicAdmin
from hub.runtime.cluster import brokers_of
from hub.runtime.publisher import Publisher
from hub.settings import Settings, load_settings
from hub.topics import ACTIONS, GRID, HOTLINE, INSPECTIONS, PROACTIVE, READINGS

ALL = "all"

FEEDS: Mapping[str, tuple[str, ...]] = {
    "hotline": (HOTLINE,),
    "grid": (GRID,),
    "inspections": (INSPECTIONS,),
    "actions": (ACTIONS,),
    "readings": (READINGS,),
    "proactive": (PROACTIVE,),
    ALL: (HOTLINE, GRID, INSPECTIONS, ACTIONS, READINGS, PROACTIVE),
}
"""What FEED may be; a topic's own name is taken as well."""

OWN_FORM = {
    HOTLINE: "hotline",
    GRID: "grid",
    INSPECTIONS: "inspections",
    ACTIONS: "actions",
    READINGS: "senml",
    PROACTIVE: "proactive",
}
"""The profile of a feed where none is named."""

EXAMPLES = f"""
\b
Examples:
  hub publish hotline tickets.csv.gz --profile boston311
  hub publish all tickets.csv.gz --profile boston311      every feed that the file holds
  hub publish grid reports.jsonl                          the hub's own form: GridReport as JSON lines
  hub publish readings packs.jsonl --profile senml
  hub publish inspections mine.csv --profile ./mine.yaml  see docs/profiles.md

FEED is hotline, grid, inspections, actions, readings, proactive or all.
Profiles that ship: {", ".join(profile_names())}.
Interrupted, the same command goes on where it stopped.
"""


@click.command(epilog=EXAMPLES)
@click.argument("feed", metavar="FEED")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--profile", "profile_name", help="Profile by name or path.  [default: FEED's own form]")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where rows that can't be used are listed.  [default: FILE.rejects]",
)
@click.option("--city", help="City pack, for the names of sensors.  [default: HUB_CITY]")
@click.option("--again", is_flag=True, help="Begin with the first row, whatever was published before.")
def publish(
    feed: str, file: Path, profile_name: str | None, rejects: Path | None, city: str | None, again: bool
) -> None:
    """Publish FILE (CSV or JSON lines, also gzipped) on FEED, row by row.

    Rows that can't be used are listed with their line and the reason in FILE.rejects, and the others go on.
    """
    settings = load_settings(city=city)
    wanted = _topics_of(feed)
    row_format(file)
    profile, reads_as = _profile(profile_name, wanted, settings)
    topics = _topics_of_both(wanted, profile)
    brokers = brokers_of(settings)
    admin = TopicAdmin(brokers)
    names = tuple(settings.topic_prefix + topic for topic in topics)
    if missing := set(names) - admin.found(names).keys():
        raise HubError(
            f"There is no topic {min(missing)} at {brokers}", fix="make it with `hub topics apply`"
        )
    progress_path = beside(file, f".{feed}.progress")
    fresh = Progress(digest=digest_of(file), profile=reads_as, topics=names, cluster=admin.cluster_id())
    progress = fresh if again else load_progress(progress_path, fresh)
    rejects_path = rejects or beside(file, ".rejects")
    if progress.finished:
        click.echo(
            f"{file.name}: all {progress.rows:,} rows are published already (--again publishes them anew)"
        )
        return
    with Publisher(brokers, prefix=settings.topic_prefix) as publisher:
        publication = FilePublication(
            profile,
            topics,
            publisher,
            progress=progress,
            progress_path=progress_path,
            rejects_path=rejects_path,
        )
        published = _run(publication, file)
    _tell(file, published, progress.refused + published.refused, rejects_path)
    if published.refused and not published.records:
        raise HubError(
            f"Profile {profile.name} could use none of {published.rows:,} rows", fix=f"read {rejects_path}"
        )


def _run(publication: FilePublication, file: Path) -> Published:
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with (
        bars.Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown,
        shown.open(file, "rb", description=file.name) as raw,
    ):
        return publication.run(rows_of(raw, file))


def _tell(file: Path, published: Published, refused: int, rejects: Path) -> None:
    records = ", ".join(f"{count:,} to {topic}" for topic, count in sorted(published.records.items()))
    click.echo(f"{file.name}: {published.rows:,} rows, {records or 'no records'}")
    if published.skipped:
        click.echo(f"{published.skipped:,} rows were published before and left out")
    if refused:
        click.secho(f"{refused:,} rows refused, listed in {rejects}", fg="yellow", err=True)


def _topics_of(feed: str) -> tuple[str, ...]:
    if feed in FEEDS:
        return FEEDS[feed]
    if feed in FEEDS[ALL]:
        return (feed,)
    raise HubError(f"There is no feed {feed}", fix=f"use one of {', '.join(FEEDS)}, or a feed's topic")


def _topics_of_both(wanted: Sequence[str], profile: Profile) -> tuple[str, ...]:
    """What both the caller asks for and the profile makes."""
    both = tuple(topic for topic in wanted if topic in profile.topics)
    if not both:
        raise HubError(
            f"Profile {profile.name} makes nothing for {', '.join(wanted)}",
            fix=f"it makes records for {', '.join(profile.topics)}",
        )
    return both


def _profile(name: str | None, wanted: Sequence[str], settings: Settings) -> tuple[Profile, str]:
    """The profile by its name, or the own form of the one feed wanted; and a mark of what it says."""
    if name is None and len(wanted) > 1:
        raise HubError("Several feeds need a profile", fix=f"give --profile: {', '.join(profile_names())}")
    chosen, spec = read_profile(name or OWN_FORM[wanted[0]])
    mark = hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:12]
    # Only SenML names sensors, and loading a city takes a second.
    sensors = sensor_slots(load_city(settings.city)) if spec.shape == "senml" else None
    return load_profile(name or chosen, sensors), f"{chosen} {mark}"
