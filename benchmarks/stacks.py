"""Stacks of a sampled process, without the folders of this machine, and sorted by stage of the work."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

Stack = tuple[str, ...]
"""Frames from the outermost to the innermost, each a function with its file."""


class Stage(StrEnum):
    """What a moment of a worker's time goes into."""

    FETCH = "fetch"
    DECODE = "decode"
    HEADERS_IN = "headers in"
    RULES = "rules"
    ROWS = "rows"
    ENCODE = "encode"
    HEADERS_OUT = "headers out"
    ENGINE = "engine"
    PRODUCE = "produce"
    COMMIT = "commit"
    DELIVERY = "delivery"
    OTHER = "other"


_STAGES: tuple[tuple[re.Pattern[str], Stage], ...] = tuple(
    (re.compile(pattern), stage)
    for pattern, stage in (
        (r"\b(en|de)code_row .*runtime/codec", Stage.ROWS),
        (r"\b(decode|_read|_checked).*runtime/codec", Stage.DECODE),
        (r"\bencode.*runtime/codec", Stage.ENCODE),
        (r"\bwrite_.*runtime/headers", Stage.HEADERS_OUT),
        (r"runtime/headers", Stage.HEADERS_IN),
        # in C both do all their work in one frame, headers and codec
        (r"runtime/door", Stage.DECODE),
        (r"runtime/outputs", Stage.ENCODE),
        (r"runtime/(state|packed|packing|changelog|snapshots)", Stage.ROWS),
        (r"hub/(domain|citypack)/|benchmarks/(tickets|orders)", Stage.RULES),
        (r"\b(_send|_log_rows) .*runtime/core", Stage.PRODUCE),
        (r"\b(_commit|_abort) .*runtime/core|runtime/bounded", Stage.COMMIT),
        (r"\bgathered .*runtime/sessions|runtime/reader|hub/exporters", Stage.FETCH),
        (r"runtime/(core|task|keys|at_once)", Stage.ENGINE),
        (r"runtime/(delivery|side_by_side)|faust/|mode/|aiokafka/", Stage.DELIVERY),
    )
)


_WAITING = re.compile(r"\b(select|wait|poll|accept) \((selectors|threading|socket)")
"""What a thread does that waits; on a busy machine the sampler takes it for work."""


def read_stacks(file: Path, through: str) -> Counter[Stack]:
    """Samples at work by stack, of those that pass ``through`` a frame; what is outside of it is left out."""
    found: Counter[Stack] = Counter()
    for line in file.read_text(encoding="utf-8").splitlines():
        folded, _, count = line.rpartition(" ")
        frames = tuple(clean(frame) for frame in folded.split(";"))
        first = next((number for number, frame in enumerate(frames) if through in frame), None)
        if first is not None and not _WAITING.search(frames[-1]):
            found[frames[first:]] += int(count)
    return found


def clean(frame: str) -> str:
    """A frame with its file as one names it in the project or its package, whatever lies before that."""
    function, _, file = frame.partition(" (")
    file = file.rstrip(")")
    for root, kept in (("/site-packages/", ""), ("/src/", ""), ("/benchmarks/", "benchmarks/")):
        if root in file:
            file = kept + file.rpartition(root)[2]
    if file.startswith(("/", "<")):
        file = file.rsplit("/", 1)[-1]
    return f"{function} ({file})"


def stage_of(frames: Iterable[str]) -> Stage:
    """The stage of a stack: that of its innermost frame that has one."""
    for frame in reversed(tuple(frames)):
        for pattern, stage in _STAGES:
            if pattern.search(frame):
                return stage
    return Stage.OTHER


def shares(stacks: Mapping[Stack, int]) -> dict[Stage, float]:
    """How much of the samples went into each stage, from 0 to 1, the largest first."""
    sums: Counter[Stage] = Counter()
    for stack, count in stacks.items():
        sums[stage_of(stack)] += count
    return {stage: count / sums.total() for stage, count in sums.most_common()}
