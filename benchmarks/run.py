"""Runs benchmarks by name and prints what they found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import cases, city, latency, packs, profiled, recover, route, scale
from benchmarks.contest import sized
from benchmarks.ground import fresh_broker
from benchmarks.open_loop import Load
from benchmarks.peers.entrants import entrants
from benchmarks.results import Result, table_of, write_json
from hub.cli.terminal import console


def run(
    names: Sequence[str],
    *,
    quick: bool,
    runs: int,
    json_file: Path | None,
    peers: bool = False,
    records: int | None = None,
    open_cases: int = 0,
    profile: bool = False,
) -> bool:
    """Measure and print; whether nothing was lost or doubled. Raises HubError where an output is wrong.

    ``records`` is how many tickets or packs `route` and `packs` read instead of their own number.
    """
    with ExitStack() as stack:
        status = stack.enter_context(Console(stderr=True).status("")) if sys.stderr.isatty() else None

        def tell(text: str) -> None:
            if status is not None:
                status.update(text)

        results: list[Result] = []
        tables: list[Table] = []
        tell("starting a broker")
        brokers = stack.enter_context(fresh_broker())
        if {"route", "packs"} & {*names}:
            others = entrants(tell) if peers else ()
            for work in (route, packs):
                if work.NAME in names:
                    sizes = sized(work.QUICK if quick else work.SIZES, records)
                    results += work.measure(brokers, sizes, runs, tell, others)
        if "city" in names:
            lives = city.QUICK_LIVES if quick else city.LIVES
            found, more = city.measure(brokers, lives, open_cases, runs, tell)
            results, tables = results + found, tables + more
        if "latency" in names:
            found, more = latency.measure(brokers, latency.QUICK if quick else Load(), runs, tell)
            results, tables = results + found, tables + more
        if recover.NAME in names:
            count = recover.QUICK_CASES if quick else recover.CASES
            found, more = recover.measure(brokers, count, runs, tell)
            results, tables = results + found, tables + more
        if cases.NAME in names:
            found, more = cases.measure(brokers, cases.QUICK if quick else cases.Sizes(), runs, tell)
            results, tables = results + found, tables + more
        if "scale" in names:
            found, more = scale.measure(brokers, scale.QUICK if quick else scale.Sizes(), runs, tell)
            results, tables = results + found, tables + more
        if profile:
            tables += [
                profiled.profile(name, brokers, quick, tell) for name in names if name in profiled.NAMES
            ]
    for table in (*tables, table_of(results)):
        console().print(table)
    if json_file is not None:
        write_json(json_file, results)
    return not any(result.lost or result.doubled for result in results)
