"""What a town's log remembers of appeals: a person's by pseudonym, a place's by digest. Confidential."""

from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class PastAppeal(Contract):
    """One ticket as it is remembered."""

    at: Annotated[Instant, Field(description="Event time")]
    matter: Annotated[Id, Field(description="Kind of matter: the affinity group of its category")]
    case_id: Annotated[Id, Field(description="Case that it opened or joined")]


class PastAppeals(Contract):
    """The newest tickets of one appellant, or of one exact place and matter, in one town."""

    appeals: Annotated[tuple[PastAppeal, ...], Field(description="By event time, oldest first")] = ()
    unhappy: Annotated[
        tuple[Instant, ...], Field(description="Log times of the appellant's dissatisfied callbacks")
    ] = ()
    helped: Annotated[
        Instant | None, Field(description="Log time when the appellant was last counted as needing help")
    ] = None
    forget_at: Annotated[Instant, Field(description="Log time when all is forgotten")]
