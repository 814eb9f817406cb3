"""Plays a simulated city and its units through the hub's steps in memory, and keeps what is to be judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import GridReport, HotlineTicket
from hub.contracts.fields import Point
from hub.domain.patterns.occurrences import Occurrences
from hub.domain.privacy import Pseudonyms
from hub.evaluate.heard import Heard, SignalId
from hub.evaluate.hurried import hurried
from hub.flow import Step
from hub.runtime.task import Batch
from hub.simulate.city_life import part_of, simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.publication import Publication
from hub.simulate.truth import GroundTruth
from hub.simulate.unit_model import UnitModel
from hub.topology import build_steps

KEY = b"a key for simulated people only."

SETTLING = timedelta(days=3)
"""How long cases live in full before they are judged; what is told before that only teaches what is usual."""

LEFT_OUT = frozenset({"scores", "totals"})
"""Steps that are not judged here: what they say is recomputed by `hub scores verify`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is played: which towns (all if none), from when, how long, how dense; judged ``judge_from`` on."""

    seed: int
    start: datetime
    days: float
    judge_from: float
    scale: float = 1.0
    towns: tuple[str, ...] = ()

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.start + timedelta(days=self.days)

    @property
    def judged(self) -> datetime:
        """From when on what happens is judged."""
        return self.start + timedelta(days=self.judge_from)

    @property
    def settles(self) -> datetime:
        """From when on cases are dispatched and units act, so that they are as usual when judged."""
        return max(self.judged - SETTLING, self.start)


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket or report as it was published."""

    category: str
    time: datetime
    arrived: datetime
    point: Point | None
    address: str | None
    complaint: bool


@dataclass
class Played:
    """A city that was played: what happened, what was told, what the hub said."""

    city: City
    setting: Setting
    truth: GroundTruth = field(default_factory=GroundTruth)
    told: dict[SignalId, Told] = field(default_factory=dict)
    heard: Heard = field(init=False)
    records: int = 0

    def __post_init__(self) -> None:
        rules = self.city.patterns.together
        zone = ZoneInfo(self.city.settings.timezone)
        self.heard = Heard(Occurrences(zone, rules.hours, rules.first_hour))


def play(city: City, setting: Setting, progress: Callable[[datetime], None]) -> Played:
    """Play it; ``progress`` hears each record's time of arrival."""
    played = Played(part_of(city, setting.towns), setting)
    steps = steps_of(played.city, setting.settles)

    def hear(step: Step, batch: Batch) -> None:
        played.heard.hear(step, batch)

    read = {source for step in steps for source in step.sources}
    loop = ClosedLoop(
        steps,
        UnitModel(city, setting.seed).react,
        on_batch=hear,
        heard_only=topics.TOPICS.keys() - read,
        passing=read,
    )
    stream = simulate(
        city,
        setting.seed,
        setting.start,
        setting.days,
        setting.scale,
        towns=setting.towns,
        truth=played.truth,
    )
    for sent in loop.play(stream, setting.start, setting.end):
        played.records += 1
        _note(played.told, sent)
        progress(sent.arrived)
    return played


def steps_of(city: City, settles: datetime) -> tuple[Step, ...]:
    """The hub's own steps, without those that are not judged; cases hurry until a time."""
    steps = (step for step in build_steps(city, Pseudonyms(KEY)) if step.name not in LEFT_OUT)
    return tuple(hurried(city, step, settles) if step.name == "cases" else step for step in steps)


def _note(told: dict[SignalId, Told], sent: Publication) -> None:
    value = sent.value
    if isinstance(value, HotlineTicket | GridReport):
        told.setdefault(
            (sent.source, sent.id),
            Told(
                category=value.category,
                time=sent.time,
                arrived=sent.arrived,
                point=value.place.point,
                address=value.place.address,
                complaint=isinstance(value, HotlineTicket),
            ),
        )
