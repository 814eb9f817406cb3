"""Runs benchmarks by name and prints what they found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import city, packs, route
from benchmarks.ground import fresh_broker
from benchmarks.results import Result, table_of, write_json
from hub.cli.terminal import console


def run(names: Sequence[str], *, quick: bool, runs: int, json_file: Path | None) -> bool:
    """Measure and print; whether nothing was lost or doubled. Raises HubError where an output is wrong."""
    with ExitStack() as stack:
        status = stack.enter_context(Console(stderr=True).status("")) if sys.stderr.isatty() else None

        def tell(text: str) -> None:
            if status is not None:
                status.update(text)

        results: list[Result] = []
        tables: list[Table] = []
        if {"route", "packs"} & {*names}:
            tell("starting a broker")
            brokers = stack.enter_context(fresh_broker())
            if "route" in names:
                results += route.measure(brokers, route.QUICK if quick else route.Sizes(), runs, tell)
            if "packs" in names:
                results += packs.measure(brokers, packs.QUICK_PACKS if quick else packs.PACKS, runs, tell)
        if "city" in names:
            found, tables = city.measure(city.QUICK_TICKETS if quick else city.TICKETS, runs, tell)
            results += found
    for table in (*tables, table_of(results)):
        console().print(table)
    if json_file is not None:
        write_json(json_file, results)
    return not any(result.lost or result.doubled for result in results)
