"""Rules of the source itself: layers, sizes, docstrings, and a domain that never answers differently."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub

SOURCE = Path(hub.__file__).parent
PROJECT = SOURCE.parents[1]
MODULES = sorted(SOURCE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8"), filename=str(path)) for path in MODULES}
PURE = sorted([*(SOURCE / "domain").rglob("*.py"), *(SOURCE / "contracts").rglob("*.py"), SOURCE / "flow.py"])

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

# Whatever is not the same in the next run: clocks, chance, identity, the process, the world outside.
BANNED_MODULES = frozenset(
    {
        "asyncio",
        "logging",
        "os",
        "pathlib",
        "random",
        "secrets",
        "socket",
        "subprocess",
        "sys",
        "threading",
        "time",
    }
    | {"uuid", "io", "tempfile", "requests", "faust", "confluent_kafka", "kafka"}
)
BANNED_CALLS = frozenset({"print", "open", "input", "id", "hash", "exec", "eval", "globals", "vars"})
BANNED_METHODS = frozenset({"now", "utcnow", "today", "fromtimestamp"})


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert not {name: length for name, length in lengths.items() if length > MOST_LINES}


def test_functions_are_short() -> None:
    lengths = {
        f"{name_of(path)}: {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, tree in TREES.items()
        for node in functions_of(tree)
    }
    assert not {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION}


def test_every_module_and_all_that_is_public_in_it_says_what_it_is() -> None:
    silent = [name_of(path) for path, tree in TREES.items() if tree.body and not ast.get_docstring(tree)]
    silent += [
        f"{name_of(path)}: {node.name}"
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_names_of_files_say_what_is_in_them() -> None:
    empty = {"utils", "helpers", "manager", "common", "misc"}
    assert not [
        name_of(path) for path in MODULES if empty & {*path.relative_to(SOURCE).with_suffix("").parts}
    ]


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_pure_code_gives_the_same_answer_every_time(path: Path) -> None:
    found = _impurities(TREES[path], allowed=_REVIEWED.get(name_of(path), frozenset()))
    assert not [f"line {line}: {what}" for what, line in found]


_REVIEWED: dict[str, frozenset[str]] = {
    # turns a number that it is given into a time, in UTC
    "domain/gateways.py": frozenset({"fromtimestamp"}),
}


def _impurities(tree: ast.Module, allowed: frozenset[str]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (
                    (f"imports {a.name}", node.lineno) for a in names if _root(a.name) in BANNED_MODULES
                )
            case ast.ImportFrom(module=str(module)) if _root(module) in BANNED_MODULES:
                yield f"imports from {module}", node.lineno
            case ast.AsyncFunctionDef(name=name):
                yield f"{name} is asynchronous", node.lineno
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_CALLS - allowed:
                yield f"calls {name}()", node.lineno
            case ast.Attribute(value=ast.Name(id="acting"), attr="now"):
                pass  # log time, which every action is given
            case ast.Attribute(attr=name) if name in BANNED_METHODS - allowed:
                yield f"uses .{name}", node.lineno
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
                yield "uses numpy.random", node.lineno
            case ast.Global(names=names):
                yield f"changes {', '.join(names)} of the module", node.lineno
            case _:
                pass


def _root(module: str) -> str:
    return module.split(".", 1)[0]


def test_the_layers_hold() -> None:
    command = shutil.which(
        "lint-imports", path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    )
    assert command, "lint-imports is missing: make setup installs it with the dev extra"
    env = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    done = subprocess.run(
        [command, "--no-cache"], cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "from time import monotonic",
        "import numpy as np\nnp.random.default_rng()",
        "from datetime import datetime\ndatetime.now()",
        "print(1)",
        "hash('a')",
        "async def later(): ...",
        "def count():\n    global total",
    ],
)
def test_the_rule_of_pure_code_sees_what_it_is_for(line: str) -> None:
    assert [*_impurities(ast.parse(line), allowed=frozenset())]
