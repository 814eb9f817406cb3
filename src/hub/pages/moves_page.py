"""docs/generated/moves.md: which action leads a case from which stage to which, and who may make it."""

from hub.contracts.cases import Stage
from hub.domain.lifecycle import MOVES, Move
from hub.pages.markdown import code, page, paragraph, table

FIRST_STAGE = Stage.DISPATCHED
"""A case is received and dispatched in one change, so its first published stage is this one."""


def moves_page() -> str:
    """The table of moves and the picture of the stages."""
    return page(
        "Moves of a case",
        "`src/hub/domain/lifecycle.py`",
        paragraph(
            "A signal opens a case, which is dispatched at once. Units then move it by their actions. "
            "An action that is not in this table, or comes in another stage or from another unit, changes "
            "nothing and is answered with the reason on `case.refusals`."
        ),
        f"```mermaid\n{_diagram()}```\n",
        table(
            ("action", "allowed in", "leads to", "who", "event"),
            (
                (
                    f"`{move.action}`",
                    code(stage for stage in Stage if stage in move.allowed_in),
                    f"`{move.to}`" if move.to else "the stage stays",
                    str(move.actor),
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


def _diagram() -> str:
    lines = ["stateDiagram-v2", f"  [*] --> {FIRST_STAGE}: a signal opens it"]
    for stage in _reachable():
        lines += [
            f"  {stage} --> {move.to or stage}: {move.action}"
            for move in MOVES.values()
            if _draws(move, stage)
        ]
        if stage is Stage.CLOSED:
            lines.append(f"  {stage} --> [*]")
        else:
            lines.append(f"  {stage} --> {Stage.CLOSED}: last signal closed")
    return "\n".join(lines) + "\n"


def _draws(move: Move, stage: Stage) -> bool:
    """What leaves the stage alone in every stage is said in the table, and would only clutter the picture."""
    return stage in move.allowed_in and (move.to is not None or len(move.allowed_in) < len(_reachable()) - 1)


def _reachable() -> tuple[Stage, ...]:
    found = {FIRST_STAGE, Stage.CLOSED}
    for _ in MOVES:
        found |= {move.to for move in MOVES.values() if move.to and move.allowed_in & found}
    return tuple(stage for stage in Stage if stage in found)
