"""`hub topics`: the topics of the map on the cluster, made, listed and compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.table import Table

from hub.citypack.load import load_city
from hub.cli.terminal import console
from hub.domain.privacy import Pseudonyms
from hub.runtime.admin import Difference, TopicAdmin, TopicSpec, wanted_topics
from hub.runtime.cluster import brokers_of
from hub.settings import Settings, load_settings
from hub.topics import ORDERS, TOPICS, Topic, changelog, unit_orders
from hub.topology import build_steps

_city_option = click.option("--city", help="City pack, name or folder.  [default: HUB_CITY]")
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group()
def topics() -> None:
    """Make the topics of the map on the cluster, list them, or tell what differs.

    \b
    Examples:
      hub topics apply
      hub topics diff || hub topics apply
      hub topics list --json
    """


@topics.command()
@_city_option
@_json_option
def apply(city: str | None, as_json: bool) -> None:
    """Make missing topics and mend settings; exit code 1 if something must be mended by hand.

    Partition counts are never changed: keys would move to other partitions, away from their state.
    """
    settings, specs, _ = _wanted(city)
    left = TopicAdmin(brokers_of(settings)).apply(specs)
    if as_json or left:
        _print_differences(left, as_json)
    else:
        click.echo(f"{len(specs)} topics are as wanted")
    sys.exit(1 if left else 0)


@topics.command()
@_city_option
@_json_option
def diff(city: str | None, as_json: bool) -> None:
    """Compare the cluster with the map: missing topics, other partition counts, other settings.

    Exit code 1 if anything differs. Changes nothing.
    """
    settings, specs, _ = _wanted(city)
    differences = TopicAdmin(brokers_of(settings)).diff(specs)
    if as_json or differences:
        _print_differences(differences, as_json)
    else:
        click.echo(f"{len(specs)} topics are as wanted")
    sys.exit(1 if differences else 0)


@topics.command("list")
@_city_option
@_json_option
def list_topics(city: str | None, as_json: bool) -> None:
    """List the topics of the map: what they hold, for whom, for how long. Needs no cluster."""
    _, specs, declared = _wanted(city)
    if as_json:
        rows = [_as_row(topic, spec) for topic, spec in zip(declared, specs, strict=True)]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("topic", "holds", "key", "owner", "readers", "grade", "partitions", "kept", "purpose")
    units = sum(topic.name.startswith(f"{ORDERS}.") for topic in declared)
    shown_units = False
    for topic, spec in zip(declared, specs, strict=True):
        name = spec.name
        if topic.name.startswith(f"{ORDERS}."):
            if shown_units:
                continue
            shown_units, name = True, f"{spec.name}\n... {units} units, a topic each"
        table.add_row(
            name,
            "\n".join(model.__name__ for model in topic.contracts) or "rows",
            topic.key,
            topic.owner,
            "\n".join(topic.readers),
            topic.grade.value,
            str(spec.partitions),
            _kept(topic),
            topic.purpose,
        )
    console().print(table)


def _wanted(city: str | None) -> tuple[Settings, list[TopicSpec], list[Topic]]:
    """The settings, and every topic of the deployment as the cluster and as the map knows it."""
    settings = load_settings(city=city)
    loaded = load_city(settings.city)
    # Which steps keep state does not depend on the key.
    steps = [step.name for step in build_steps(loaded, Pseudonyms(b"")) if step.stateful]
    specs = wanted_topics(loaded, steps, settings)
    declared = {topic.name: topic for topic in TOPICS.values()}
    declared |= {topic.name: topic for topic in map(unit_orders, loaded.units)}
    declared |= {topic.name: topic for topic in map(changelog, steps)}
    return settings, specs, [declared[spec.name.removeprefix(settings.topic_prefix)] for spec in specs]


def _as_row(topic: Topic, spec: TopicSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "partitions": spec.partitions,
        "replication": spec.replication,
        "config": dict(spec.config),
        "contracts": [model.__name__ for model in topic.contracts],
        "key": topic.key,
        "owner": topic.owner,
        "readers": topic.readers,
        "grade": topic.grade.value,
        "purpose": topic.purpose,
        "retention_days": topic.retention_days,
        "feed": topic.feed,
    }


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "newest per key"
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"


def _print_differences(differences: Sequence[Difference], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in differences], indent=2))
        return
    table = Table("topic", "what differs", "wanted", "found", "fix")
    for one in differences:
        table.add_row(one.topic, one.setting or one.kind.value, one.wanted, one.found, one.fix)
    console().print(table)
