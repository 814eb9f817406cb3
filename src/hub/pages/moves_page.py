"""docs/generated/moves.md: which action leads a case from which stage to which, and who may make it."""

from hub.contracts.cases import ENDED, Stage
from hub.domain.families import MOVES
from hub.domain.moves import OPEN
from hub.pages.markdown import code, page, paragraph, table

FIRST_STAGE = Stage.DISPATCHED
"""A case is received and dispatched in one change, so its first published stage is this one."""


def moves_page() -> str:
    """The table of moves and the picture of the stages."""
    return page(
        "Moves of a case",
        "`src/hub/domain/families.py`",
        paragraph(
            "A signal opens a case, which is dispatched at once. Units then move it by their actions. "
            "An action that is not in this table, or comes in another stage or from another unit, changes "
            "nothing and is answered with the reason on `case.refusals`."
        ),
        f"```mermaid\n{_diagram()}```\n",
        table(
            ("action", "allowed in", "leads to", "who", "needs", "event"),
            (
                (
                    f"`{move.action}`",
                    _stages(move.allowed_in),
                    code(move.leads_to) if move.leads_to else "the stage stays",
                    str(move.actor),
                    code(f"terms.{name}" for name in move.needs),
                    f"`{move.event}`",
                )
                for move in MOVES.values()
            ),
        ),
        paragraph(
            "Closing the last open signal of a case closes the case in any stage. A report solved on "
            "the spot opens a case and closes it in the same change."
        ),
    )


def _stages(stages: frozenset[Stage]) -> str:
    return "any that is not over" if stages == OPEN else code(stage for stage in Stage if stage in stages)


def _diagram() -> str:
    """The stages and the moves between them; what is allowed in every stage is said in the table."""
    lines = ["stateDiagram-v2", f"  [*] --> {FIRST_STAGE}: a signal opens it"]
    for stage in (stage for stage in Stage if stage in _reachable()):
        lines += [
            f"  {stage} --> {to}: {move.action}"
            for move in MOVES.values()
            for to in move.leads_to
            if stage in move.allowed_in and move.allowed_in != OPEN and to is not stage
        ]
    lines += [f"  {stage} --> [*]" for stage in Stage if stage in ENDED and stage in _reachable()]
    return "\n".join(lines) + "\n"


def _reachable() -> frozenset[Stage]:
    return frozenset({FIRST_STAGE, Stage.CLOSED}).union(*(move.leads_to for move in MOVES.values()))
