"""Recomputes the scores of a replay from its case events, in SQL, and compares them with those told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb

from hub.errors import HubError

CITY = "city"
"""The whole city, as a kind of subject and as its one subject."""

_SQL = files("hub.verify") / "sql"
_RECOMPUTED = ("cases", "tallies", "cells", "periods", "times", "rates", "places")


@dataclass(frozen=True, slots=True)
class CityFacts:
    """What scores need to know of a city, as its pack says."""

    timezone: str
    """Whose days count, such as Asia/Shanghai."""
    unreached_unsolved: bool = False
    """Whether a citizen who was never reached counts as not solved and not satisfied."""
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of response, resolution and satisfaction."""
    fewest_assessed: int = 1
    """With fewer cases nobody is ranked."""
    residents: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By kind and code of a subject, such as ("town", "110101001"); 0 if unknown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that the hub told and that its events don't give."""

    where: str
    figure: str
    said: str
    recomputed: str


@dataclass(frozen=True, slots=True)
class ToldRates:
    """What the hub gives for a subject in a period: rates, score, rank, each by name; None has no value."""

    period: str
    """An ISO week or a month: 2015-W10, 2015-03."""
    by: str
    subject: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many figures were compared, and the first of those that differ."""

    compared: int
    differing: int
    shown: tuple[Difference, ...]


class ScoreAudit:
    """The scores of one city, recomputed. Close it: what does not fit in memory lies in a folder."""

    def __init__(self, facts: CityFacts, memory_mb: int = 1_000) -> None:
        self._facts = facts
        self._folder = TemporaryDirectory(prefix="hub-scores-")
        self._database = duckdb.connect(
            config={
                "temp_directory": self._folder.name,
                "memory_limit": f"{memory_mb}MB",
                "autoinstall_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        self._database.execute("SET enable_progress_bar = false")
        self._database.execute("CREATE TABLE residents (kind VARCHAR, subject VARCHAR, residents BIGINT)")
        for (kind, subject), number in facts.residents.items():
            self._database.execute("INSERT INTO residents VALUES (?, ?, ?)", (kind, subject, number))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def recompute(self, events: Path) -> None:
        """Make the cells from the events of all cases, JSON lines; HubError for a file that holds none."""
        self._read("events", events)
        for name in _RECOMPUTED:
            self._run(name)

    def compare_cells(self, cells: Path, shown: int = 20) -> Comparison:
        """Compare every figure of every cell with what the hub told, JSON lines of ScoreCell."""
        self._read("said", cells)
        self._run("cell_differences")
        compared = self._number("SELECT count(*) FROM cell_figures")
        return self._comparison(compared, "cell_differences", shown)

    def compare_rates(self, told: Iterable[ToldRates], shown: int = 20) -> Comparison:
        """Compare rates, scores and ranks. Handling times may be off by 1 %, as their sketch is."""
        path = Path(self._folder.name) / "told_rates.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in told)
        self._read("told_rates", path)
        self._run("rate_differences")
        return self._comparison(self._number("SELECT count(*) FROM rate_figures"), "rate_differences", shown)

    @property
    def cases(self) -> int:
        """How many cases count at all."""
        return self._number("SELECT count(*) FROM cases")

    @property
    def cells(self) -> int:
        """How many cells have a figure that is not 0."""
        return self._number("SELECT count(*) FROM (SELECT DISTINCT day, kind, subject, district FROM cells)")

    def _comparison(self, compared: int, table: str, shown: int) -> Comparison:
        rows = self._database.execute(f"FROM {table} LIMIT {shown}").fetchall()
        differing = self._number(f"SELECT count(*) FROM {table}")
        return Comparison(compared, differing, tuple(Difference(*row) for row in rows))

    def _read(self, name: str, path: Path) -> None:
        if not path.exists():
            raise HubError(
                f"There is no {path.name} in {path.parent}",
                fix="name the folder that `hub replay --out` wrote; an older one: replay it again",
            )
        try:
            self._database.execute(_sql(name), {"path": str(path)})
        except duckdb.Error as trouble:
            raise HubError(
                f"can't read {path}: {_first_line(trouble)}", fix="run `hub replay` again"
            ) from None

    def _run(self, name: str) -> None:
        sql = _sql(name)
        response, resolution, satisfaction = self._facts.weights
        known = {
            "timezone": self._facts.timezone,
            "unreached_unsolved": self._facts.unreached_unsolved,
            "fewest_assessed": self._facts.fewest_assessed,
            "w_response": response,
            "w_resolution": resolution,
            "w_satisfaction": satisfaction,
        }
        self._database.execute(sql, {key: value for key, value in known.items() if f"${key}" in sql})

    def _number(self, sql: str) -> int:
        row = self._database.execute(sql).fetchone()
        assert row is not None, "a count gives a row"
        return int(row[0])


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _first_line(trouble: duckdb.Error) -> str:
    """What is wrong, without the line of the file, which may be long."""
    return str(trouble).partition("\n")[0][:200]
