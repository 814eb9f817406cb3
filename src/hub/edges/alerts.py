"""Alertmanager's webhook message becomes reports that open a case before anybody complains 未诉先办. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.citypack.city import City
from hub.contracts.fields import Instant, PlaceRef, Urgency
from hub.contracts.proactive import ProactiveReport, ReportOrigin

SOURCE = "alertmanager"
"""The publisher of these reports."""

OPTS_IN = "proactive"
"""The label that says, with the value `true`, that an alert is to open a case."""

MOST_ALERTS = 1_000
"""More alerts than this in one message are refused; `max_alerts` of the receiver keeps it smaller."""

_TITLE, _EVIDENCE = 500, 4_000

Text = Annotated[str, Field(max_length=4_000)]
Labels = Annotated[dict[str, Text], Field(max_length=100)]


class _Told(BaseModel):
    """What we read of Alertmanager's messages; they may have more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Alert(_Told):
    """One alert of a message."""

    status: Literal["firing", "resolved"]
    labels: Labels
    annotations: Labels = Field(default_factory=dict)
    startsAt: Instant
    fingerprint: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9a-f]+$")]

    @property
    def name(self) -> str:
        """Which rule it is of."""
        return self.labels.get("alertname", "")

    @property
    def opts_in(self) -> bool:
        """Whether it is to open a case."""
        return self.labels.get(OPTS_IN) == "true"


class AlertMessage(_Told):
    """A webhook message, version 4: what Alertmanager sends of one group of alerts."""

    version: Literal["4"]
    receiver: Annotated[str, Field(max_length=200)]
    alerts: Annotated[tuple[Alert, ...], Field(max_length=MOST_ALERTS)]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a message: the field, and why."""

    field: str
    problem: str


def read_message(body: bytes) -> AlertMessage | Wrong:
    """A message as it came, or its first field that is wrong; never quotes what it holds."""
    try:
        return AlertMessage.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return Wrong(_path(first["loc"]) or "body", first["msg"])


@dataclass(frozen=True, slots=True)
class Told:
    """What a message comes to."""

    reports: tuple[ProactiveReport, ...]
    wrong: tuple[Wrong, ...]
    """Alerts that opt in and can't become a case; the others still do."""


def reports_of(message: AlertMessage, city: City) -> Told:
    """A report for each firing alert that opts in; the same alert always makes the same report."""
    reports, wrong = [], []
    for number, alert in enumerate(message.alerts):
        if alert.status == "firing" and alert.opts_in:
            found = list(_problems(alert.labels, city, f"alerts.{number}.labels"))
            wrong += found
            if not found:
                reports.append(_report(alert))
    return Told(tuple(reports), tuple(wrong))


def _problems(labels: Mapping[str, str], city: City, at: str) -> Iterator[Wrong]:
    if labels.get("category", "") not in city.categories:
        yield Wrong(f"{at}.category", "must be the code of a category of the city pack")
    if labels.get("town", "") not in city.towns:
        yield Wrong(f"{at}.town", "must be the code of a town of the city pack: a case lies in one")
    elif labels.get("district", (home := city.district_of(labels["town"]))) != home:
        yield Wrong(f"{at}.district", f"must be {home}, where the town lies, or be left out")
    if labels.get("urgency", Urgency.GENERAL) not in set(Urgency) - {Urgency.UNKNOWN}:
        yield Wrong(f"{at}.urgency", "must be general, utility or life, or be left out")


def _report(alert: Alert) -> ProactiveReport:
    notes = alert.annotations
    title = notes.get("summary_zh") or notes.get("summary") or alert.name
    told = [text for text in (notes.get("summary"), notes.get("description")) if text]
    return ProactiveReport(
        source=SOURCE,
        id=f"{alert.fingerprint}/{_stamp(alert.startsAt)}",
        reported_at=alert.startsAt,
        origin=ReportOrigin.ALERT,
        category=alert.labels["category"],
        title=title[:_TITLE],
        evidence="\n".join([f"alert {alert.name}", *told])[:_EVIDENCE],
        place=PlaceRef(code=alert.labels["town"]),
        urgency=Urgency(alert.labels.get("urgency", Urgency.UNKNOWN)),
    )


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
