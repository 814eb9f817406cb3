"""Actions made of what a clerk says, with an id that is the same for the same words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import ValidationError

from hub.cli.terms import Terms
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.fields import Source
from hub.errors import HubError


def said_by(
    case: str, kind: ActionKind, unit: str, note: str | None, signal: Source | None, terms: Terms | None
) -> dict[str, object]:
    """What an action says, as the fields of its contract."""
    return {"kind": kind, "unit": unit, "case_id": case, "signal": signal, "note": note, "terms": terms}


def id_of(said: Mapping[str, object]) -> str:
    """The same action said again has the same id."""
    text = "\x1f".join(f"{name}={value}" for name, value in said.items())
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def action_of(fields: dict[str, object]) -> UnitAction:
    """The action done now with these fields. Raises HubError where they make none."""
    try:
        return UnitAction.model_validate({**fields, "at": datetime.now(UTC)})
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'action'}: {one['msg']}"
            for one in error.errors(include_input=False)
        )
        raise HubError(f"That is no action: {wrong}", fix="hub act --help shows examples") from None


def signal_of(text: str | None) -> Source | None:
    """The signal that an option names as SOURCE/ID. Raises HubError where it names none."""
    if text is None:
        return None
    source, _, number = text.partition("/")
    if not source or not number:
        raise HubError("--signal names no signal", fix="write SOURCE/ID, e.g. hotline-12345/t-77")
    return Source(source=source, id=number)
