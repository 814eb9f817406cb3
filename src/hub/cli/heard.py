"""What the hub said on the topics of a cluster, for the commands that tell it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.runtime.cluster import brokers_of
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.reader import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.contracts.fields import Contract
    from hub.settings import Settings


def said_on(settings: Settings, names: Sequence[str]) -> Iterator[Contract]:
    """Every record of topics of the cluster until now, decoded, each partition's in order."""
    for record in read_whole(brokers_of(settings), names, prefix=settings.topic_prefix):
        attributes = read_headers(record.headers)
        yield decode(attributes.type, attributes.version, record.value or b"")
