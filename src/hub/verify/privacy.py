"""Looks for personal data where nobody should find it: in free text of topics that are not restricted."""

import re
from collections.abc import Iterator

from hub.contracts.fields import Contract, Grade
from hub.topics import SIGNALS, TOPICS
from hub.verify.violations import Violation, ViolationKind

OPEN = tuple(
    sorted(topic.name for topic in TOPICS.values() if not topic.feed and topic.grade is not Grade.RESTRICTED)
)
"""The hub's own topics that hold no personal data in the clear."""

NAMELESS = tuple(name for name in OPEN if name != SIGNALS)
"""Those in which not even a pseudonym may be: who appealed is known on the towns' log alone."""

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


class PseudonymAudit:
    """Looks for keyed pseudonyms in records of topics that may hold none.

    Takes for one each word of a pseudonym's form that is no digest of a site and no publisher's id.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, str]] = {}
        self._ids: set[str] = set()

    def take(self, where: str, body: Contract, raw: bytes | None = None) -> None:
        """Look at one record; in ``raw``, its value as it is written, most are soon seen to be clean."""
        if raw is not None and _DIGEST_BYTES.search(raw) is None:
            return
        for field, text in _all_texts(body):
            words = _DIGEST.findall(text)
            if field.rpartition(".")[2] in _PUBLISHED:
                self._ids.update(words)
            elif field.rpartition(".")[2] != "site":
                for word in words:
                    self._found.setdefault(word, (where, field))

    def finish(self) -> Iterator[Violation]:
        """Where each was found first; the finding does not quote it."""
        for word, (where, field) in self._found.items():
            if word not in self._ids:
                yield Violation(ViolationKind.PERSONAL_DATA, where, f"{field} holds a person's pseudonym")


_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_DIGEST_BYTES = re.compile(rb"[0-9a-f]{32}")
_PUBLISHED = frozenset({"source", "source_id"})


def _all_texts(body: Contract) -> Iterator[tuple[str, str]]:
    """Every text of a record with the way to it."""
    for name in type(body).model_fields:
        value = getattr(body, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Contract):
                yield from ((f"{name}.{inner}", text) for inner, text in _all_texts(one))
            elif isinstance(one, str):
                yield name, one


def _texts(body: Contract) -> Iterator[tuple[str, str]]:
    """The free texts of a record with the way to each."""
    return ((way, text) for way, text in _all_texts(body) if way.rpartition(".")[2] in _FREE_TEXT)
