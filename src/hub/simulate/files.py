"""A simulated city as files: a file of each feed that `hub publish` and `hub replay` read, and the truth."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np

from hub import topics
from hub.citypack.city import City, Gateway
from hub.contracts.feeds import ReadingPack
from hub.simulate.bad_records import BadRecord
from hub.simulate.publication import Publication
from hub.simulate.truth import Association, Excursion, Fault, GroundTruth, Incident, Occasion, Silence

FEEDS: Mapping[str, str] = {
    topics.HOTLINE: "hotline",
    topics.GRID: "grid",
    topics.INSPECTIONS: "inspections",
    topics.ACTIONS: "actions",
    topics.READINGS: "senml",
}
"""The profile that reads each feed's file back."""

TRUTH = "truth.json"
BAD = "bad.jsonl"


class FeedFiles:
    """Writes publications into one file for each feed, made when the feed first publishes."""

    def __init__(self, folder: Path, city: City) -> None:
        self._folder = folder
        self._city = city
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, publication: Publication) -> None:
        """Append one publication to its feed's file."""
        value = publication.value
        if isinstance(value, ReadingPack):
            line = senml_line(value, self._city.gateways[value.gateway], self._city)
        else:
            line = contract_line(publication)
        self._file(publication.topic).write(line + "\n")

    def _file(self, topic: str) -> IO[str]:
        if topic not in self._files:
            path = self._folder / file_name(topic)
            self._files[topic] = self._stack.enter_context(path.open("w", encoding="utf-8"))
        return self._files[topic]


def file_name(topic: str) -> str:
    """The name of a feed's file."""
    return f"{topic}.jsonl"


def contract_line(publication: Publication) -> str:
    """The contract's own JSON, with the time of arrival beside its fields."""
    text = publication.value.model_dump_json(exclude_none=True)
    return f'{text[:-1]},"arrived":"{_iso(publication.arrived)}"}}'


def senml_line(pack: ReadingPack, gateway: Gateway, city: City) -> str:
    """The pack as SenML (RFC 8428); a reading without a value is left out, as SenML has none."""
    slots = np.frombuffer(pack.slots, "<u2").tolist()
    values = np.frombuffer(pack.values, "<f8").tolist()
    offsets = np.frombuffer(pack.offsets_ms, "<i4").tolist() if pack.offsets_ms else [0] * len(slots)
    records: list[dict[str, object]] = []
    for slot, value, offset in zip(slots, values, offsets, strict=True):
        if value == value:
            sensor = gateway.sensors[slot]
            unit = city.kinds[sensor.kind].unit
            records.append({"n": sensor.id, "u": unit, "v": value, "t": offset / 1000})
    base = {"bn": f"{gateway.id}/", "bt": pack.base_time.timestamp()}
    return json.dumps([{**base, **(records[0] if records else {})}, *records[1:]], ensure_ascii=False)


def write_bad(folder: Path, records: Iterable[BadRecord]) -> int:
    """Write spoiled records with the reason that each must be refused for; how many there are."""
    count = 0
    with (folder / BAD).open("w", encoding="utf-8") as file:
        for bad in records:
            line = {
                "topic": bad.topic,
                "arrived": _iso(bad.arrived),
                "mistake": bad.mistake,
                "reason": bad.reason,
                "key": _base64(bad.key),
                "value": _base64(bad.value),
                "headers": [[name, _base64(value)] for name, value in bad.headers],
            }
            file.write(json.dumps(line) + "\n")
            count += 1
    return count


def write_truth(folder: Path, truth: GroundTruth, run: Mapping[str, object]) -> None:
    """Write the ground truth; ``run`` says how the city was simulated."""
    whole = {
        "run": run,
        "published": dict(sorted(truth.published.items())),
        "incidents": [_incident(incident) for incident in truth.incidents.values()],
        "repeated": [_named(sent) for sent in truth.repeated],
        "late": [_named(sent) for sent in truth.late],
        "too_late": [_named(sent) for sent in truth.too_late],
        "solved_on_spot": [{"source": source, "id": name} for source, name in truth.solved_on_spot],
        "silences": [_silence(silence) for silence in truth.silences],
        "occasions": [_occasion(occasion) for occasion in truth.occasions],
        "faults": [_fault(fault) for fault in truth.faults],
        "associations": [_association(association) for association in truth.associations],
    }
    with (folder / TRUTH).open("w", encoding="utf-8") as file:
        json.dump(whole, file, ensure_ascii=False, indent=1)
        file.write("\n")


def _incident(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "category": incident.category,
        "town": incident.town,
        "lead_unit": incident.lead_unit,
        "lon": incident.lon,
        "lat": incident.lat,
        "began": _iso(incident.began),
        "group": incident.group,
        "occasion": incident.occasion,
        "signals": [{"source": source, "id": name} for source, name in incident.signals],
        "excursions": [_excursion(excursion) for excursion in incident.excursions],
    }


def _excursion(excursion: Excursion) -> dict[str, object]:
    return {
        "gateway": excursion.gateway,
        "sensor": excursion.sensor,
        "limit": excursion.limit,
        "began": _iso(excursion.began),
        "ended": _iso(excursion.ended),
    }


def _silence(silence: Silence) -> dict[str, object]:
    return {
        "gateway": silence.gateway,
        "slot": silence.slot,
        "began": _iso(silence.began),
        "ended": _iso(silence.ended),
    }


def _occasion(occasion: Occasion) -> dict[str, object]:
    return {
        "id": occasion.id,
        "kind": occasion.kind,
        "categories": occasion.categories,
        "towns": occasion.towns,
        "cell": occasion.cell,
        "lon": occasion.lon,
        "lat": occasion.lat,
        "within_m": round(occasion.within_m),
        "began": _iso(occasion.began),
        "ended": _iso(occasion.ended),
    }


def _fault(fault: Fault) -> dict[str, object]:
    return {
        "gateway": fault.gateway,
        "sensor": fault.sensor,
        "kind": fault.kind,
        "began": _iso(fault.began),
        "ended": _iso(fault.ended),
    }


def _association(association: Association) -> dict[str, object]:
    return {
        "name": association.name,
        "categories": association.categories,
        "occasion": association.occasion,
        "lift": association.lift,
    }


def _named(sent: Publication) -> dict[str, object]:
    return {
        "topic": sent.topic,
        "source": sent.source,
        "id": sent.id,
        "time": _iso(sent.time),
        "arrived": _iso(sent.arrived),
    }


def _base64(data: bytes | None) -> str | None:
    return None if data is None else b64encode(data).decode()


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
