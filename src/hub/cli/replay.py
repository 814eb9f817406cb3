"""`hub replay`: files or a tape through the whole hub in event time, as fast as it can."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from hub.errors import HubError

EXAMPLES = """
\b
Examples:
  hub replay --city boston --out out tickets.csv.gz:boston311
  hub replay --city beijing --runner kafka --out out tickets.jsonl:hotline actions.jsonl:actions
  hub replay --city boston --tape out/tape.jsonl.gz --out again

FILE:PROFILE names a file (CSV or JSON lines, also gzipped) and the profile that reads it.
The files it writes are described in docs/replay.md. Exit code 1: the ledger does not balance.
"""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, metavar="FILE[:PROFILE]...")
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option("--runner", type=click.Choice(["memory", "kafka"]), default="memory", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Output folder.")
@click.option(
    "--until", help="Leave out what arrives later (ISO 8601), and move the clocks to it at the end."
)
@click.option(
    "--tape", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Play a recorded tape."
)
@click.option(
    "--partitions", type=click.IntRange(1, 1000), help="Of the towns' log.  [default: HUB_PARTITIONS]"
)
def replay(
    files: tuple[str, ...],
    city: str | None,
    runner: str,
    out: Path,
    until: str | None,
    tape: Path | None,
    partitions: int | None,
) -> None:
    """Run files, or a recorded tape, through the whole hub and write its outputs as files."""
    from hub.citypack.load import load_city
    from hub.domain.privacy import Pseudonyms
    from hub.edges.profiles import load_profile
    from hub.edges.readings import sensor_slots
    from hub.replay.in_memory import run_in_memory
    from hub.replay.merge import Input
    from hub.replay.run import Runner, replay_files, replay_tape
    from hub.replay.tape import Tape
    from hub.settings import DEMO_PSEUDONYM_KEY, load_settings

    if bool(files) == bool(tape):
        raise HubError("Give either files or --tape", fix="hub replay --help shows examples")
    settings = load_settings(city=city, partitions=partitions)
    loaded = load_city(settings.city)
    pseudonyms = Pseudonyms(DEMO_PSEUDONYM_KEY.encode(), settings.pseudonym_epoch)
    play: Runner = run_in_memory
    if runner == "kafka":
        from hub.replay.on_kafka import KafkaRunner

        work = [settings.city, str(settings.partitions), until or "", *map(_stamped, files or (str(tape),))]
        play = KafkaRunner(settings, out, work)
    with ReplayBar() as bar:
        if tape is not None:
            result = replay_tape(loaded, pseudonyms, Tape(tape), out, runner=play, progress=bar)
        else:
            sensors = sensor_slots(loaded)
            inputs = [Input(path, load_profile(profile, sensors)) for path, profile in map(_split, files)]
            when = None if until is None else _time(until)
            result = replay_files(
                loaded,
                pseudonyms,
                inputs,
                out,
                partitions=settings.partitions,
                until=when,
                runner=play,
                progress=bar,
            )
    _print(result.summary, result.records, result.seconds, result.peak_mb)
    if not result.balanced:
        click.secho("The ledger does not balance.", fg="red", err=True)
        sys.exit(1)


def _split(text: str) -> tuple[Path, str]:
    path, _, profile = text.rpartition(":")
    if not path:
        raise HubError(f"{text}: no profile", fix="write FILE:PROFILE, e.g. tickets.csv.gz:boston311")
    return Path(path), profile


def _stamped(text: str) -> str:
    """A file, with or without profile, and its size and time: changed, it is other work."""
    path = Path(text) if Path(text).exists() else _split(text)[0]
    if not path.exists():
        raise HubError(f"There is no file {path}", fix="check its name")
    facts = path.stat()
    return f"{text} {facts.st_size} {facts.st_mtime_ns}"


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise HubError(
            f"--until {text} is not a time", fix="write ISO 8601, e.g. 2015-07-01T00:00Z"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class ReplayBar:
    """A progress bar per stage on a terminal; silent elsewhere."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, more: int, total: int | None = None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], advance=more)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._progress.stop()


def _print(summary: dict[str, object], records: int, seconds: float, peak_mb: int) -> None:
    console = Console()
    ledger = summary["ledger"]
    assert isinstance(ledger, dict)
    table = Table(title="Ledger", title_justify="left")
    columns = ("received", "accepted", "rejected", "duplicate", "late", "dead")
    table.add_column("source")
    for column in columns:
        table.add_column(column, justify="right")
    for source, row in ledger.items():
        table.add_row(source, *(f"{row[column]:,}" for column in columns))
    console.print(table)
    stages = summary["stages"]
    assert isinstance(stages, dict)
    told = ", ".join(f"{stage} {count:,}" for stage, count in stages.items())
    console.print(f"{summary['cases']:,} cases ({told}), {summary['merges']:,} signals joined one")
    rate = records / seconds if seconds else 0
    console.print(f"{records:,} records in {seconds:.1f} s ({rate:,.0f}/s with reading), peak {peak_mb} MB")
