"""Looks for personal data where nobody should find it: in free text of topics that are not restricted."""

import re
from collections.abc import Iterator

from hub.contracts.fields import Contract, Grade
from hub.topics import TOPICS
from hub.verify.violations import Violation, ViolationKind

OPEN = tuple(
    sorted(topic.name for topic in TOPICS.values() if not topic.feed and topic.grade is not Grade.RESTRICTED)
)
"""The hub's own topics that hold no personal data in the clear."""

_FREE_TEXT = frozenset({"summary", "detail", "trace", "reason"})
_PATTERNS = {
    "a mobile number": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "an identity number": re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)"),
    "a mail address": re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"),
}


def personal_data(where: str, body: Contract) -> Iterator[Violation]:
    """What looks like personal data in a record's free text; the finding does not quote it."""
    for field, text in _texts(body):
        for what, pattern in _PATTERNS.items():
            if pattern.search(text):
                yield Violation(ViolationKind.PERSONAL_DATA, where, f"{field} holds {what}")


def _texts(body: Contract) -> Iterator[tuple[str, str]]:
    for name in type(body).model_fields:
        value = getattr(body, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Contract):
                yield from ((f"{name}.{inner}", text) for inner, text in _texts(one))
            elif isinstance(one, str) and name in _FREE_TEXT:
                yield name, one
