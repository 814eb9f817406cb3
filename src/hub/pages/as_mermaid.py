"""The map as a Mermaid flow chart."""

import re

from hub.pages.city_map import Box, CityMap


def mermaid(drawn: CityMap) -> str:
    """Steps by worker, edges rounded, topics as drums. The whole map leaves out what each step writes."""
    hidden = drawn.everywhere() if len(drawn.boxes) > 1 else frozenset()
    workers = dict.fromkeys(box.worker for box in drawn.boxes if box.worker)
    lines = ["flowchart LR"]
    for worker in workers:
        lines.append(f'  subgraph worker_{worker}["worker group {worker}"]')
        lines += [f"    {_shape(box)}" for box in drawn.boxes if box.worker == worker]
        lines.append("  end")
    lines += [f"  {_shape(box)}" for box in drawn.boxes if not box.core]
    touched = frozenset[str]().union(*(box.topics for box in drawn.boxes))
    lines += [f'  {_id(t.name)}[("{_text(t.name)}")]' for t in drawn.topics if t.name in touched]
    for box in drawn.boxes:
        lines += [f"  {_id(topic)} --> {box.name}" for topic in box.sources]
        lines += [
            f"  {box.name} --> {_id(topic)}" for topic in box.sinks if not box.core or topic not in hidden
        ]
        if box.changelog:
            lines.append(f"  {box.name} <-.-> {_id(box.changelog)}")
    return "\n".join(lines) + "\n"


def _shape(box: Box) -> str:
    if not box.core:
        return f"{box.name}([{box.name}])"
    return f"{box.name}[[{box.name}]]" if box.changelog else f"{box.name}[{box.name}]"


def _id(topic: str) -> str:
    return "topic_" + re.sub(r"\W+", "_", topic).strip("_")


def _text(topic: str) -> str:
    return topic.replace("<", "#lt;").replace(">", "#gt;")
