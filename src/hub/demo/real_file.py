"""Real tickets of a file as publications, in order of arrival."""

from collections.abc import Iterator
from pathlib import Path

from hub.edges.identity import event_time, feed_record
from hub.edges.profiles import Made, RowRefused, load_profile, read_rows
from hub.simulate.publication import Publication, by_arrival


def publications_of(path: Path, profile: str) -> Iterator[Publication]:
    """The file's records by arrival; rows that give none are left out."""
    loaded = load_profile(profile)
    found: list[Publication] = []
    for _, row in read_rows(path):
        try:
            found += map(_publication, loaded.records(row))
        except RowRefused:
            continue
    found.sort(key=by_arrival)
    yield from found


def _publication(made: Made) -> Publication:
    value = feed_record(made.value)
    return Publication(made.topic, made.key, value, value.source, value.id, event_time(value), made.arrival)
