"""The map as a picture needs it: boxes (steps and edges) and the topics between them, named, without code."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.errors import HubError
from hub.flow import Edge, Step
from hub.topics import ORDERS, TOPICS, Topic, changelog, unit_orders

UNIT_ORDERS = unit_orders("<unit>")
"""Stands for the topics of all units."""


@dataclass(frozen=True, slots=True)
class Box:
    """One step or edge; ``worker`` is the group of steps that it runs with, None for an edge."""

    name: str
    worker: str | None
    doc: str
    sources: tuple[str, ...]
    sinks: tuple[str, ...]
    tables: tuple[tuple[str, str], ...] = ()
    indexes: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    changelog: str | None = None
    clock: bool = False

    @property
    def core(self) -> bool:
        """Whether it decides or counts, exactly once, in the core loop."""
        return self.worker is not None

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that it touches."""
        return frozenset({*self.sources, *self.sinks, *((self.changelog,) if self.changelog else ())})


@dataclass(frozen=True, slots=True)
class CityMap:
    """Boxes in the order of the flow, and all topics."""

    boxes: tuple[Box, ...]
    topics: tuple[Topic, ...]

    def around(self, name: str) -> "CityMap":
        """One box and the topics that it touches. Raises HubError for a name that the map does not have."""
        found = tuple(box for box in self.boxes if box.name == name)
        if not found:
            names = ", ".join(box.name for box in self.boxes)
            raise HubError(f"The map has no step or edge {name}", fix=f"name one of {names}")
        return replace(self, boxes=found, topics=tuple(t for t in self.topics if t.name in found[0].topics))

    def everywhere(self) -> frozenset[str]:
        """Topics that every core step writes, which a picture may leave out."""
        sinks = [frozenset(box.sinks) for box in self.boxes if box.core]
        return frozenset.intersection(*sinks) if sinks else frozenset()


def draw_map(steps: Iterable[Step], edges: Iterable[Edge]) -> CityMap:
    """The map of some steps and the edges around them, with all topics of a deployment."""
    boxes = (*map(_box_of_step, steps), *map(_box_of_edge, edges))
    changelogs = (changelog(box.name) for box in boxes if box.changelog)
    topics: list[Topic] = []
    for topic in TOPICS.values():
        topics.append(topic)
        if topic.name == ORDERS:
            topics.append(UNIT_ORDERS)
    return CityMap(boxes, (*topics, *changelogs))


def partitions_of(topic: Topic) -> str:
    """How a topic is divided, in words."""
    if not topic.partitioned:
        return "1"
    return "HUB_PARTITIONS" if topic.contracts else "as the step's input"


def kept(topic: Topic) -> str:
    """How long records are kept, in words."""
    if topic.compacted:
        return "newest per key"
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"


def held(topic: Topic) -> tuple[str, ...]:
    """The names of the contracts on a topic."""
    return tuple(model.__name__ for model in topic.contracts)


def _box_of_step(step: Step) -> Box:
    return Box(
        name=step.name,
        worker=step.worker,
        doc=step.doc,
        sources=step.sources,
        sinks=step.sinks,
        tables=tuple((table.name, table.row.__name__) for table in step.tables),
        indexes=tuple(index.name for index in step.groups),
        due=tuple(index.table.name for index in step.dues),
        changelog=changelog(step.name).name if step.stateful else None,
        clock=step.clock is not None,
    )


def _box_of_edge(edge: Edge) -> Box:
    return Box(name=edge.name, worker=None, doc=edge.doc, sources=edge.sources, sinks=edge.sinks)
