"""`hub patterns`: what the city's cases tell beyond each one; every subcommand imported when it is run."""

from __future__ import annotations

import click

from hub.cli import LazyGroup

#: Name -> (module:attribute of the click command, its one-line help).
SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "effect": ("hub.cli.patterns_effect:effect", "Measure what became of a topic after its plan began."),
    "needs": ("hub.cli.patterns_needs:needs", "Show how well each district meets each need."),
    "remediation": ("hub.cli.patterns_remediation:remediation", "Review which towns are under remediation."),
    "people": ("hub.cli.patterns_people:people", "Count people who need help, never few of them."),
    "sensors": ("hub.cli.patterns_sensors:sensors", "Find sensors that drift away from their kind."),
    "together": ("hub.cli.patterns_together:together", "Find categories that go together, where and when."),
    "topics": ("hub.cli.patterns_topics:topics", "Rank categories for the month's topic."),
}


@click.group(cls=LazyGroup, table=SUBCOMMANDS)
def patterns() -> None:
    """Look for patterns 主动治理: what to do before the complaints come."""
