"""`hub doctor`: a deployment examined from outside, with what to do about each finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hub.runtime.checks import Deployment
    from hub.runtime.findings import Finding

EXAMPLES = """
\b
Examples:
  hub doctor                       every check; takes some 15 seconds, and longer for a large ledger
  hub doctor --quick               without what reads whole topics: the ledger
  hub doctor --json | jq '.findings[] | select(.result != "ok")'
  hub doctor --seconds 60          for a step that commits seldom

docs/operations.md tells for each check what a finding means.
"""


@click.command(epilog=EXAMPLES)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 3600),
    default=10.0,
    show_default=True,
    help="Time between two looks at how far steps are.",
)
@click.option("--quick", is_flag=True, help="Leave out the ledger, which reads whole topics.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def doctor(ctx: click.Context, city: str | None, seconds: float, quick: bool, as_json: bool) -> None:
    """Examine brokers, topics, steps, transactions, ledger, dead letters, clock and disk; say what to do.

    Changes nothing: it sends one tick of a time long ago, by which it compares clocks. Exit code 1 if
    something is wrong; warnings leave it at 0.
    """
    findings = _examined(_deployment(city), seconds, quick)
    broken = any(finding.result == "wrong" for finding in findings)
    if as_json:
        told = {"sound": not broken, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(findings)
    ctx.exit(1 if broken else 0)


def _deployment(city: str | None) -> Deployment:
    from hub.citypack.load import load_city
    from hub.domain.privacy import Pseudonyms
    from hub.runtime.checks import Deployment
    from hub.runtime.cluster import brokers_of
    from hub.settings import load_settings
    from hub.topology import build_steps

    settings = load_settings(city=city)
    loaded = load_city(settings.city)
    # What the steps are does not depend on the key.
    return Deployment.of(brokers_of(settings), settings, loaded, build_steps(loaded, Pseudonyms(b"")))


def _examined(deployment: Deployment, seconds: float, quick: bool) -> list[Finding]:
    from hub.errors import HubError
    from hub.runtime.doctor import examine
    from hub.runtime.findings import wrong

    findings: list[Finding] = []
    try:
        for finding in examine(deployment, seconds):
            findings.append(finding)  # noqa: PERF402  (what was found stays, if a later check gets no answer)
        if not quick:
            findings.append(_ledger(deployment))
    except HubError as trouble:
        findings.append(wrong("cluster", trouble.message, trouble.fix))
    return findings


def _ledger(deployment: Deployment) -> Finding:
    """Whether every record that came in is accounted for, by the verifier's own count."""
    from hub.runtime.findings import ok, wrong
    from hub.verify.cluster import Cluster, audit_ledger

    report = audit_ledger(Cluster(deployment.brokers, deployment.prefix))
    if report.balanced:
        received = sum(row.received for row in report.rows)
        return ok("ledger", f"balanced: {received:,} records, {report.waiting:,} on their way")
    first = report.violations[0]
    return wrong(
        "ledger",
        f"{len(report.violations):,} violations, first {first.kind} at {first.where}: {first.found}",
        "`hub ledger --hours` shows where; keep the topics as they are until it is explained",
    )


def _print(findings: Sequence[Finding]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from hub.cli.terminal import console, harmless

    colours = {"ok": "green", "warning": "yellow", "wrong": "red"}
    table = Table("check", "result", "found", "what to do")
    for finding in findings:
        colour = colours[finding.result]
        shown = (escape(harmless(text)) for text in (finding.found, finding.fix))
        table.add_row(finding.check, f"[{colour}]{finding.result}[/]", *shown)
    console().print(table)
