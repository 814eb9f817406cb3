"""The files of a pack as plain records with line numbers: CSV tables and YAML documents. The only IO here."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from io import StringIO

import yaml

from hub.citypack.draft import Mistake

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 12

Raw = str | None | list["Raw"] | dict[str, "Raw"]
"""What a file says, before any model reads it: text, nothing, lists and mappings."""

Path = tuple[str | int, ...]
"""Way to a value within a record: names of fields and positions in lists."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table or one YAML mapping; ``lines`` tells where each value of a YAML record stands."""

    line: int
    values: Mapping[str, Raw]
    lines: Mapping[Path, int] = field(default_factory=dict)


class Unreadable(Exception):
    """A file that cannot be read at all; carries the mistake to report."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def read_text(file: Traversable) -> str:
    """A file's text; raises Unreadable if it is not UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8"
        raise Unreadable(Mistake(file.name, 0, "", problem, "save the file as UTF-8")) from error


def read_csv(file: Traversable) -> Iterator[Record | Mistake]:
    """The rows of a CSV table with a header line. Empty cells are left out; ``a.b`` columns become nested."""
    reader = csv.reader(StringIO(read_text(file)), strict=True)
    header: list[str] | None = None
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            mistake = Mistake(
                file.name, line, "", str(error), "close every quote, and double quotes inside quotes"
            )
            raise Unreadable(mistake) from error
        if row is None:
            break
        if header is None:
            header = _checked_header(file.name, row)
        elif len(row) > len(header):
            problem = f"{len(row)} cells under {len(header)} columns"
            yield Mistake(file.name, line, "", problem, "put quotes around a cell that holds a comma")
        elif any(cell.strip() for cell in row):
            yield Record(line, _nested(dict(zip(header, row, strict=False))))
        line = reader.line_num + 1
    if header is None:
        raise Unreadable(Mistake(file.name, 0, "", "the file is empty", "write the header line"))


def _checked_header(file: str, row: list[str]) -> list[str]:
    header = [name.strip() for name in row]
    for name in header:
        if not name or header.count(name) > 1:
            problem = f"column {name} stands twice" if name else "a column has no name"
            raise Unreadable(Mistake(file, 1, name, problem, "give every column its own name"))
    return header


def _nested(row: Mapping[str, str]) -> dict[str, Raw]:
    values: dict[str, Raw] = {}
    for name, cell in row.items():
        if not cell.strip():
            continue
        outer, dot, inner = name.partition(".")
        if not dot:
            values[name] = cell.strip()
            continue
        nest = values.setdefault(outer, {})
        if isinstance(nest, dict):
            nest[inner] = cell.strip()
    return values


def read_yaml_list(file: Traversable) -> Iterator[Record | Mistake]:
    """The mappings of a YAML list."""
    root = _composed(file)
    if not isinstance(root, yaml.SequenceNode):
        raise Unreadable(Mistake(file.name, 1, "", "the file must be a list", "begin each entry with '- '"))
    for node in root.value:
        if isinstance(node, yaml.MappingNode):
            yield from _record(file.name, node)
        else:
            yield Mistake(
                file.name, _line(node), "", "an entry must have fields", "write 'code: ...' and so on"
            )


def read_yaml_mapping(file: Traversable) -> Iterator[Record | Mistake]:
    """The one mapping of a YAML document, after the mistakes in it."""
    root = _composed(file)
    if not isinstance(root, yaml.MappingNode):
        raise Unreadable(Mistake(file.name, 1, "", "the file must have fields", "write 'name: value' lines"))
    yield from _record(file.name, root)


def _composed(file: Traversable) -> yaml.Node:
    try:
        root = yaml.compose(read_text(file), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = error.problem or "not YAML"
        raise Unreadable(Mistake(file.name, line, "", problem, "mend the indentation or quoting")) from error
    except yaml.YAMLError as error:
        raise Unreadable(Mistake(file.name, 0, "", "not YAML", "remove control characters")) from error
    if root is None:
        raise Unreadable(Mistake(file.name, 0, "", "the file is empty", "write its fields"))
    return root


def _record(file: str, node: yaml.MappingNode) -> Iterator[Record | Mistake]:
    lines: dict[Path, int] = {}
    mistakes: list[Mistake] = []
    values = _plain(file, node, (), lines, mistakes)
    yield from mistakes
    if isinstance(values, dict):
        yield Record(_line(node), values, lines)


def _plain(file: str, node: yaml.Node, path: Path, lines: dict[Path, int], mistakes: list[Mistake]) -> Raw:
    """A node as text, lists and mappings. Scalars stay text: the models know what they ought to be."""
    lines[path] = _line(node)
    if len(path) > _DEEPEST:
        mistakes.append(Mistake(file, _line(node), str(path[0]), "nested too deeply", "remove levels"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(file, item, (*path, at), lines, mistakes) for at, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Raw] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in values:
                mistakes.append(Mistake(file, _line(key), name, "stands twice", "keep one of the two"))
            values[name] = _plain(file, value, (*path, name), lines, mistakes)
            lines[(*path, name)] = _line(key)
        return values
    text = str(node.value)
    return None if not getattr(node, "style", None) and text in ("", "~", "null") else text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
