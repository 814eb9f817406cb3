"""The tape of a replay: everything that its front sent, in order, to be played again without the files."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hub.contracts.operations import Tally
from hub.errors import HubError
from hub.replay.front import Ledger, Sent
from hub.replay.merge import BadRow, Merged
from hub.runtime.outputs import Output


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Head(_Line):
    """The first line: what a run must know to play the tape."""

    format: Literal["hub-tape-1"] = "hub-tape-1"
    city: str
    partitions: int


class Played(_Line):
    """One record that the front sent."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    timestamp_ms: int


class Foot(_Line):
    """The last line: what was received, how the front's part of it ended, which rows gave no record."""

    received: dict[str, int]
    rows: int
    ends: tuple[tuple[str, Tally, int], ...]
    bad_rows: tuple[BadRow, ...]


def foot_of(merged: Merged, ledger: Ledger) -> Foot:
    """What a replay of files knows at its end, beside the records."""
    ends = tuple((source, tally, count) for (source, tally), count in sorted(ledger.ends.items()))
    return Foot(received=dict(merged.received), rows=merged.rows, ends=ends, bad_rows=tuple(merged.bad_rows))


class TapeWriter:
    """Writes a tape, gzipped: a head, one line per record sent, a foot."""

    def __init__(self, path: Path, head: Head) -> None:
        self._raw = path.open("wb")
        self._file = gzip.GzipFile(filename="", mode="wb", fileobj=self._raw, compresslevel=1, mtime=0)
        self._write(head)

    def add(self, sent: Sent) -> None:
        """One record."""
        o = sent.output
        self._write(
            Played(
                topic=o.topic,
                partition=sent.partition,
                key=o.key,
                value=o.value,
                headers=o.headers,
                timestamp_ms=o.timestamp_ms,
            )
        )

    def finish(self, foot: Foot) -> None:
        """The end; a tape without a foot was interrupted."""
        self._write(foot)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()
        self._raw.close()

    def _write(self, line: _Line) -> None:
        self._file.write(line.model_dump_json().encode() + b"\n")


class Tape:
    """A recorded tape. ``foot`` is known once it has been played to its end.

    Raises HubError for a file that is none, or that ends before its foot.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._foot: Foot | None = None
        first = next(self._lines(), b"")
        try:
            self.head = Head.model_validate_json(first)
        except ValidationError:
            raise HubError(
                f"{path} is not a tape of this hub", fix="give the tape.jsonl.gz of a replay's folder"
            ) from None

    def play(self) -> Iterator[Sent]:
        """The records, in order."""
        lines = self._lines()
        next(lines)
        for line in lines:
            if line.startswith(b'{"received"'):
                self._foot = Foot.model_validate_json(line)
                return
            p = Played.model_validate_json(line)
            yield Sent(Output(p.topic, p.key, p.value, p.headers, p.timestamp_ms), p.partition)
        raise HubError(
            f"{self._path} ends before its foot", fix="record it again: the replay was interrupted"
        )

    @property
    def foot(self) -> Foot:
        """The last line of a tape that was played."""
        assert self._foot is not None, "the tape was played to its end"
        return self._foot

    def _lines(self) -> Iterator[bytes]:
        try:
            with gzip.open(self._path, "rb") as file:
                yield from file
        except (OSError, EOFError) as error:
            raise HubError(f"{self._path} can't be read as a tape: {error}", fix="record it again") from None
