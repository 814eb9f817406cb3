"""What a move asks its clerk: one question for each field of the terms that the table of moves needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.contracts.action_terms import Answers, Grounds, Ruling
from hub.contracts.feeds import ActionKind
from hub.domain.families import MOVES

NOTE = "note"
"""The one question that is not about terms: a note, which may be left empty."""

_YES_NO = ("yes", "no")
_MISSING = re.compile(r"^terms\.(\w+)")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the field that it fills, what is asked, and what may be chosen by its number."""

    name: str
    asks: str
    choices: tuple[str, ...] = ()
    of_units: bool = False
    """Whether unit names complete."""
    many: bool = False
    """Whether several units may be named, with commas between them."""
    needed: bool = True
    read: Callable[[str], object] = str
    """Makes the field of the answer; raises ValueError."""


def _yes(text: str) -> bool:
    return text == "yes"


def _number(text: str) -> int:
    return int(text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


_GROUNDS = tuple(one.value for one in Grounds if one is not Grounds.UNKNOWN)
_RULINGS = tuple(one.value for one in Ruling if one is not Ruling.UNKNOWN)

_FIELDS: Mapping[str, Question] = MappingProxyType(
    {
        one.name: one
        for one in (
            Question("grounds", "Why?", _GROUNDS),
            Question("evidence", "Number of the document that proves it, or of the plan?"),
            Question("ruling", "What do you decide?", _RULINGS),
            Question("to_unit", "Which unit?", of_units=True),
            Question("units", "Which units? (commas between them)", of_units=True, many=True, read=_list),
            Question("category", "Code of the category that it really is?"),
            Question("hours", "How many hours?", read=float),
            Question("quorum", "How many of them must come?", read=_number),
            Question("grade", "Which grade? 5 is best", ("1", "2", "3", "4", "5"), read=_number),
            Question("passed", "Is it in order now?", _YES_NO, read=_yes),
            Question("other_case", "Id of the other case?"),
        )
    }
)

_ANSWERS = tuple(
    Question(f"answers.{name}", asks, _YES_NO, needed=name == "reached", read=_yes)
    for name, asks in (
        ("reached", "Did anybody answer the call?"),
        ("contacted", "Had the unit been in touch in time? (empty: not asked)"),
        ("solved", "Is the matter solved? (empty: not said)"),
        ("satisfied", "Is the citizen satisfied? (empty: not said)"),
    )
)
assert {one.name.partition(".")[2] for one in _ANSWERS} == Answers.model_fields.keys()

_NOTE = Question(NOTE, "Note (may be empty)?", needed=False)
_WITH_NOTE = frozenset({ActionKind.PROGRESS})


def questions_of(kind: ActionKind) -> tuple[Question, ...]:
    """What must be asked before a move can be made, in the table's order."""
    move = MOVES.get(kind)
    asked = tuple(question for name in move.needs for question in questions_for(name)) if move else ()
    return (*asked, _NOTE) if kind in _WITH_NOTE else asked


def questions_for(name: str) -> tuple[Question, ...]:
    """The questions that fill one field of the terms; none for a field that a terminal can't fill."""
    if name == "answers":
        return _ANSWERS
    return (_FIELDS[name],) if name in _FIELDS else ()


def missing(detail: str) -> tuple[Question, ...]:
    """The questions that answer a refusal for missing terms, from its detail."""
    found = _MISSING.match(detail)
    return questions_for(found[1]) if found else ()
