"""`hub verify`: independent checks of what the hub wrote, on the cluster or on the files of a replay."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click
from rich.console import Console

from hub.verify.checks import Verification

_SHOWN = 5


@click.command()
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every violation.")
@click.pass_context
def verify(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Check the cluster, or DIR that `hub replay` wrote, by rules of its own.

    The ledger balances, entries cover each record once, every case lives in order with one accountable unit,
    states agree with events, neither personal data nor a pseudonym is in the open. On the cluster also:
    clocks ring in time and once, orders are made and delivered as events say, dead letters are whole.
    Exit code 1 if a rule is broken, each named with place and finding.
    """
    verification = _verified(folder)
    if as_json:
        click.echo(json.dumps(_as_json(verification), ensure_ascii=False, indent=2))
    else:
        _print(verification, Console())
    ctx.exit(1 if verification.violations else 0)


def _verified(folder: Path | None) -> Verification:
    if folder is not None:
        from hub.verify.replay_dir import verify_replay

        return verify_replay(folder)
    from hub.runtime.cluster import brokers_of
    from hub.settings import load_settings
    from hub.verify.cluster import Cluster, verify_cluster

    settings = load_settings()
    return verify_cluster(Cluster(brokers_of(settings), settings.topic_prefix))


def _print(verification: Verification, console: Console) -> None:
    for check in verification.checks:
        result = "[green]ok[/]" if check.passed else f"[red]{len(check.violations):,} violations[/]"
        console.print(f"{check.name:<16} {check.examined}: {result}", soft_wrap=True, highlight=False)
        shown: Counter[str] = Counter()
        for each in check.violations:
            shown[each.kind] += 1
            if shown[each.kind] <= _SHOWN:
                console.print(
                    f"  [red]{each.kind}[/] {each.where}: {each.found}", soft_wrap=True, highlight=False
                )
        for kind, count in shown.items():
            if count > _SHOWN:
                console.print(f"  [red]{kind}[/] and {count - _SHOWN:,} more; see --json", highlight=False)


def _as_json(verification: Verification) -> dict[str, object]:
    return {
        "passed": not verification.violations,
        "checks": [
            {
                "name": check.name,
                "examined": check.examined,
                "violations": [
                    {"kind": each.kind, "where": each.where, "found": each.found} for each in check.violations
                ],
            }
            for check in verification.checks
        ],
    }
