"""A flame graph as a small SVG without scripts: callers above, width is time, colour is the stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from benchmarks.stacks import Stack, Stage, shares, stage_of

WIDTH = 1200
ROW = 17
TOP = 66
LEAST = 0.002
"""A smaller share is not drawn."""
LETTER = 6.2
"""Width of a letter, about."""

COLOURS = {
    Stage.FETCH: "#9ecae1",
    Stage.DECODE: "#fdae6b",
    Stage.HEADERS_IN: "#fdd0a2",
    Stage.RULES: "#a1d99b",
    Stage.ROWS: "#bcbddc",
    Stage.ENCODE: "#fb9a99",
    Stage.HEADERS_OUT: "#fbc4c4",
    Stage.ENGINE: "#d9d9d9",
    Stage.PRODUCE: "#6baed6",
    Stage.COMMIT: "#4292c6",
    Stage.DELIVERY: "#ffd92f",
    Stage.OTHER: "#f0f0f0",
}


@dataclass(slots=True)
class _Node:
    samples: int = 0
    below: defaultdict[str, _Node] = field(default_factory=lambda: defaultdict(_Node))


@dataclass(frozen=True, slots=True)
class _Box:
    frames: Stack
    x: float
    width: float
    samples: int


def flame_graph(title: str, stacks: Mapping[Stack, int]) -> str:
    """The SVG of sampled stacks."""
    root = _tree(stacks)
    boxes = tuple(_boxes(root, (), 0.0, WIDTH / root.samples))
    depth = max((len(box.frames) for box in boxes), default=0)
    height = TOP + depth * ROW + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="monospace" font-size="10.5">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="8" y="20" font-size="15">{escape(title)} - {root.samples:,} samples</text>',
        *_legend(shares(stacks)),
        *(_drawn(box, root.samples) for box in boxes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _tree(stacks: Mapping[Stack, int]) -> _Node:
    root = _Node()
    for stack, count in stacks.items():
        node = root
        node.samples += count
        for frame in stack:
            node = node.below[frame]
            node.samples += count
    return root


def _boxes(node: _Node, frames: Stack, x: float, scale: float) -> Iterator[_Box]:
    for name, one in sorted(node.below.items()):
        width = one.samples * scale
        if width >= WIDTH * LEAST:
            path = (*frames, name)
            yield _Box(path, x, width, one.samples)
            yield from _boxes(one, path, x, scale)
        x += width


def _drawn(box: _Box, samples: int) -> str:
    name = box.frames[-1]
    y = TOP + (len(box.frames) - 1) * ROW
    room = int((box.width - 4) / LETTER)
    label = name.split(" (")[0] if len(name) > room else name
    text = f'<text x="{box.x + 2:.1f}" y="{y + 12}">{escape(label[:room])}</text>' if room > 2 else ""
    return (
        f"<g><title>{escape(name)}: {box.samples / samples:.1%}</title>"
        f'<rect x="{box.x:.1f}" y="{y}" width="{max(box.width - 0.5, 0.5):.1f}" height="{ROW - 1}" '
        f'fill="{COLOURS[stage_of(box.frames)]}"/>{text}</g>'
    )


def _legend(found: Mapping[Stage, float]) -> Iterator[str]:
    x = 8.0
    for stage, share in found.items():
        label = f"{stage} {share:.0%}"
        yield f'<rect x="{x:.0f}" y="36" width="10" height="10" fill="{COLOURS[stage]}"/>'
        yield f'<text x="{x + 14:.0f}" y="45">{label}</text>'
        x += 28 + len(label) * LETTER
