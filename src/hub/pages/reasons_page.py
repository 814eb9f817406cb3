"""docs/generated/reasons.md: every reason, the ledger's column that it counts in, what it means."""

from hub.contracts.meanings import MEANINGS
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason, tally_of
from hub.pages.markdown import page, paragraph, table

_ABOUT = {
    Tally.ACCEPTED: "The record was used.",
    Tally.DUPLICATE: "The record came before.",
    Tally.LATE: "The record came too late to be told from a repetition.",
    Tally.REJECTED: "The record could be read, but not used. The publisher can mend it.",
    Tally.DEAD: "The record could not be read, or the hub failed on it.",
}


def reasons_page() -> str:
    """All reasons by column of the ledger."""
    sections = (
        f"## {tally}\n\n{about}\n\n"
        + table(
            ("reason", "meaning"),
            ((f"`{reason}`", MEANINGS[reason]) for reason in Reason if tally_of(reason) is tally),
        )
        for tally, about in _ABOUT.items()
    )
    return page(
        "Reasons",
        "`src/hub/contracts/reasons.py`",
        paragraph(
            "Every decision has a reason: it stands in case events, refusals, dead letters and metrics. Each "
            "counts in one column of the ledger, where per publisher and hour `received` is the sum of the "
            "others."
        ),
        *sections,
    )
