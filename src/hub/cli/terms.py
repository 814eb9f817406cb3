"""The options by which an action says more than its kind: grounds, rulings, units, hours, answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeVar

import click

from hub.contracts.action_terms import ActionTerms, Answers, Grounds, Ruling

Terms = dict[str, object]
"""What an action says besides, as plain values; the contract checks them with the whole action."""

Command = TypeVar("Command", bound=Callable[..., Any])

_YES_OR_NO = click.Choice(["yes", "no"])
_ANSWERS = tuple(Answers.model_fields)

_GROUNDS = click.Choice([grounds.value for grounds in Grounds if grounds is not Grounds.UNKNOWN])
_RULINGS = click.Choice([ruling.value for ruling in Ruling if ruling is not Ruling.UNKNOWN])

_OPTIONS = (
    click.option("--grounds", type=_GROUNDS, help="Why."),
    click.option("--evidence", metavar="NUMBER", help="Number of the document that proves it, or of a plan."),
    click.option("--ruling", type=_RULINGS, help="What is decided."),
    click.option("--to-unit", metavar="UNIT", help="Unit that the case goes to, or that is graded."),
    click.option("--units", metavar="A,B", help="Units that are summoned, convened or shall help."),
    click.option("--category", metavar="CODE", help="Category that the matter really has."),
    click.option("--hours", type=float, help="Hours that are asked for, or given to arrive."),
    click.option("--quorum", type=int, help="How many of the summoned must come."),
    click.option("--grade", type=int, help="Grade of a unit that came, 1 to 5."),
    click.option("--other-case", metavar="CASE", help="The other case of a join, split or move."),
    click.option("--passed", type=_YES_OR_NO, help="Whether what was looked at is in order."),
    click.option("--reached", type=_YES_OR_NO, help="Callback: somebody answered."),
    click.option("--contacted", type=_YES_OR_NO, help="Callback: the unit had been in touch in time."),
    click.option("--solved", type=_YES_OR_NO, help="Callback: the matter is solved."),
    click.option("--satisfied", type=_YES_OR_NO, help="Callback: the citizen is satisfied."),
)


def with_terms(command: Command) -> Command:
    """The command with an option for each field of an action's terms."""
    return reduce(lambda done, option: option(done), reversed(_OPTIONS), command)


def terms_of(options: Mapping[str, object]) -> Terms | None:
    """The terms that the options name, or None if they name none."""
    given = {name: _plain(value) for name, value in options.items() if value is not None}
    if isinstance(units := given.get("units"), str):
        given["units"] = tuple(part.strip() for part in units.split(",") if part.strip())
    answers = {name: given.pop(name) for name in _ANSWERS if name in given}
    if answers:
        given["answers"] = answers
    assert given.keys() <= ActionTerms.model_fields.keys(), "options are named after the fields of the terms"
    return given or None


def _plain(value: object) -> object:
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value
