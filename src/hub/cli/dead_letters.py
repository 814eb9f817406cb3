"""`hub dead-letters`: records that could not be used: listed, looked at, replayed after a fix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import click
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, harmless
from hub.cli.view import decoded
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.errors import HubError
from hub.runtime.cluster import brokers_of
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.refused import Refused
from hub.settings import Settings, load_settings
from hub.topics import DEAD_LETTERS

REPLAYED_FROM = "hub_replayed_from"
"""Header of a replayed record: the letter that it comes from."""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """What may be shown of a letter to anyone who may list letters, and what is needed to choose some."""

    letter_id: str
    arrived: datetime
    reason: str
    step: str
    source: str
    source_id: str | None
    detail: str
    bytes: int
    replayed_from: str | None
    came_back: bool = False


_reason_option = click.option(
    "--reason", type=click.Choice([reason.value for reason in Reason]), help="Only letters of this reason."
)


@click.group("dead-letters")
def dead_letters() -> None:
    """List, show and replay the records that could not be used.

    \b
    Examples:
      hub dead-letters list --reason invalid_field
      hub dead-letters show hotline.tickets:2:153
      hub dead-letters replay --reason unknown_place      after the city pack was mended
      hub dead-letters replay hotline.tickets:2:153
    """


@dead_letters.command("list")
@_reason_option
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_letters(reason: str | None, limit: int | None, as_json: bool) -> None:
    """List letters, oldest first: where from, why, and what to mend. Never what they hold."""
    lines = _lines(load_settings())
    chosen = [line for line in lines if reason in (None, line.reason)]
    chosen = chosen[-limit:] if limit else chosen
    if as_json:
        for line in chosen:
            click.echo(json.dumps(asdict(line), ensure_ascii=False, default=datetime.isoformat))
        return
    table = Table("letter", "arrived", "reason", "step", "publisher", "what to mend")
    for line in chosen:
        again = "\n(replayed, came back)" if line.came_back else ""
        arrived = f"{line.arrived:%Y-%m-%d %H:%M:%S}"
        cells = (line.letter_id, arrived, line.reason, line.step, line.source, line.detail)
        # Publishers name themselves: what looks like markup is their text.
        shown = [escape(harmless(cell)) for cell in cells]
        table.add_row(shown[0] + again, *shown[1:])
    console().print(table)
    click.echo(f"{len(chosen)} of {len(lines)} letters")


@dead_letters.command()
@click.argument("letter_id", metavar="LETTER")
@click.option(
    "--i-may-see-personal-data", "clear", is_flag=True, help="Print key, headers and bytes as they came."
)
def show(letter_id: str, clear: bool) -> None:
    """Show one letter; its bytes, which may hold personal data, only when you say that you may see them."""
    found = next((letter for letter in _letters(load_settings()) if letter.letter_id == letter_id), None)
    if found is None:
        raise _no_such(letter_id)
    for name, value in found.model_dump(mode="json", exclude={"key", "value", "headers"}).items():
        click.echo(f"{name:<10} {harmless(str(value))}")
    if not clear:
        size = len(found.value or b"")
        click.echo(f"{'value':<10} {size:,} bytes, not shown (--i-may-see-personal-data)")
        return
    click.secho("What follows may be personal data.", fg="yellow", err=True)
    click.echo(f"{'key':<10} {_printable(found.key)}")
    for header in found.headers:
        click.echo(f"{'header':<10} {harmless(header.name)}: {_printable(header.value)}")
    click.echo(f"{'value':<10} {_printable(found.value)}")


@dead_letters.command()
@click.argument("letter_ids", metavar="[LETTER]...", nargs=-1)
@_reason_option
@click.option("--limit", type=click.IntRange(1), help="Only the oldest so many.")
@click.option("--all", "everything", is_flag=True, help="Every letter, whatever its reason.")
def replay(letter_ids: Sequence[str], reason: str | None, limit: int | None, everything: bool) -> None:
    """Put letters back on the topics that they came from: the bytes, key and headers as they were.

    Safe to repeat: a record keeps its id, and what was handled already counts as a duplicate. A letter that
    was replayed and came back as a new one is left alone; the new one stands for it.
    """
    if sum((bool(letter_ids), reason is not None, everything)) != 1:
        raise HubError("Say which letters", fix="give their ids, or --reason, or --all")
    settings = load_settings()
    lines = _lines(settings)
    if unknown := set(letter_ids) - {line.letter_id for line in lines}:
        raise _no_such(min(unknown))
    asked = [
        line.letter_id
        for line in lines
        if not line.came_back and (everything or line.reason == reason or line.letter_id in letter_ids)
    ]
    replayed = _send_back(frozenset(asked[:limit]), settings)
    click.echo(f"{replayed} of {len(lines)} letters replayed")


def _send_back(chosen: frozenset[str], settings: Settings) -> int:
    """Publish these letters' records again; a clock's letter has none, and is passed over."""
    sent: set[str] = set()
    with Publisher(brokers_of(settings), prefix=settings.topic_prefix) as publisher:
        for letter in _letters(settings):
            its_record = f"{letter.topic}:{letter.partition}:{letter.offset}"
            if letter.letter_id in chosen - sent and letter.letter_id == its_record:
                headers = [(h.name, h.value) for h in letter.headers if h.name != REPLAYED_FROM]
                headers.append((REPLAYED_FROM, letter.letter_id.encode()))
                publisher.publish_raw(letter.topic, letter.key, letter.value, headers)
                sent.add(letter.letter_id)
    return len(sent)


def _lines(settings: Settings) -> list[LetterLine]:
    """All letters without what they hold, by the time their records arrived; each letter once."""
    lines = {letter.letter_id: _line(letter) for letter in _letters(settings)}
    came_back = {line.replayed_from for line in lines.values()}
    marked = (replace(line, came_back=line.letter_id in came_back) for line in lines.values())
    return sorted(marked, key=lambda line: (line.arrived, line.letter_id))


def _letters(settings: Settings) -> Iterator[DeadLetter]:
    """Every letter, those of one publisher in their order."""
    for record in read_whole(brokers_of(settings), [DEAD_LETTERS], prefix=settings.topic_prefix):
        try:
            body = decoded(record)
        except Refused:
            click.secho(
                f"{DEAD_LETTERS}[{record.partition}]@{record.offset} is no letter", fg="red", err=True
            )
            continue
        if isinstance(body, DeadLetter):
            yield body


def _line(letter: DeadLetter) -> LetterLine:
    headers: Iterable[bytes | None] = (h.value for h in letter.headers if h.name == REPLAYED_FROM)
    origin = next(iter(headers), None)
    return LetterLine(
        letter_id=letter.letter_id,
        arrived=letter.arrived,
        reason=letter.reason,
        step=letter.step,
        source=letter.source,
        source_id=letter.source_id,
        detail=letter.detail,
        bytes=len(letter.value or b""),
        replayed_from=origin.decode(errors="replace") if origin else None,
    )


def _printable(data: bytes | None) -> str:
    return "none" if data is None else harmless(data.decode(errors="backslashreplace"))


def _no_such(letter_id: str) -> HubError:
    return HubError(f"There is no letter {letter_id}", fix="`hub dead-letters list` names them")
