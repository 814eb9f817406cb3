"""docs/generated/map.md and topics.md: the map as a picture and as tables."""

from hub.contracts.registry import VERSIONS
from hub.pages.as_mermaid import mermaid
from hub.pages.city_map import Box, CityMap, held, kept, partitions_of
from hub.pages.markdown import code, page, paragraph, table
from hub.topics import Topic


def map_page(drawn: CityMap) -> str:
    """The picture, then every step and edge."""
    hidden = [topic.name for topic in drawn.topics if topic.name in drawn.everywhere()]
    return page(
        "The map",
        "`src/hub/topology.py` and `src/hub/topics.py`",
        paragraph(
            "Boxes are steps (double lines: with state), rounded boxes are edges, drums are topics. A dotted "
            "line leads to the changelog that a step's rows are restored from. Each step also writes "
            f"{code(hidden)}: those arrows are left out. `hub map --step NAME` shows one box with its topics."
        ),
        f"```mermaid\n{mermaid(drawn)}```\n",
        "## Steps\n\nExactly once: outputs, changed rows and consumed offsets are one transaction.\n",
        table(
            ("step", "worker group", "reads", "writes", "keeps", "finds by", "clock", "what it does"),
            (_step(box) for box in drawn.boxes if box.core),
        ),
        "## Edges\n\nAt least once, with the same id each time, or readers only.\n",
        table(
            ("edge", "reads", "writes", "what it does"),
            (
                (f"`{box.name}`", code(box.sources), code(box.sinks), box.doc)
                for box in drawn.boxes
                if not box.core
            ),
        ),
        "The topics are on [their own page](topics.md).\n",
    )


def topics_page(drawn: CityMap) -> str:
    """Every topic: what it holds, who owns and reads it, how it is divided and kept, who may see it."""
    return page(
        "Topics",
        "`src/hub/topics.py`",
        paragraph(
            "`HUB_PARTITIONS` is one number for all keyed topics of a deployment, so that equal keys meet. "
            "Feeds and outputs carry the full set of CloudEvents headers (public), topics inside the hub a "
            "short one (internal): [publishing](../publishing.md) and [subscribing](../subscribing.md) "
            "explain them."
        ),
        table(
            (
                "topic",
                "holds",
                "key",
                "owner",
                "readers",
                "partitions",
                "kept",
                "grade",
                "headers",
                "purpose",
            ),
            map(_topic, drawn.topics),
        ),
    )


def _step(box: Box) -> tuple[str, ...]:
    return (
        f"`{box.name}`",
        box.worker or "",
        code(box.sources),
        code(box.sinks),
        ", ".join(f"`{name}` ({row})" for name, row in box.tables) or "-",
        code(box.indexes),
        "partition's own" if box.clock else "-",
        box.doc,
    )


def _topic(topic: Topic) -> tuple[str, ...]:
    return (
        f"`{topic.name}`",
        ", ".join(f"{name} v{VERSIONS[name]}" for name in held(topic)) or "rows",
        topic.key,
        topic.owner,
        ", ".join(topic.readers),
        f"`{partitions_of(topic)}`" if partitions_of(topic).isupper() else partitions_of(topic),
        kept(topic),
        str(topic.grade),
        str(topic.envelope),
        topic.purpose,
    )
