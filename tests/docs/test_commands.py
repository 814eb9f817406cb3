"""Every command that a page, a help text or an error message names is there, with the options it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from tests.docs.pages import PAGES, PROJECT, Command, commands_in, inline_of, name_of, text_of

import hub
from hub.cli import COMMANDS, main
from hub.settings import Settings, variable_of

SOURCE = sorted((PROJECT / "src" / "hub").rglob("*.py"))


def walk(
    command: click.Command, names: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, (*names, name))


TREE = dict(walk(main))


def problems_of(command: Command) -> list[str]:
    """What is wrong with a call: no such command, no such option, no such choice."""
    words = shlex.split(command.text, comments=False)[1:]
    names: tuple[str, ...] = ()
    while words and isinstance(TREE[names], click.Group) and not words[0].startswith("-"):
        alternatives = words[0].split("|")
        missing = [word for word in alternatives if (*names, word) not in TREE]
        if missing:
            return [f"{command.where}: `{command.text}`: no command {' '.join((*names, missing[0]))}"]
        names = (*names, alternatives[0])
        words = words[1:]
    options = {
        name: option for option in TREE[names].params for name in (*option.opts, *option.secondary_opts)
    }
    return [
        f"{command.where}: `{command.text}`: {wrong}"
        for word, value in zip(words, [*words, ""][1:], strict=True)
        if (wrong := _wrong(word, value, options))
    ]


def _wrong(word: str, value: str, options: dict[str, click.Parameter]) -> str | None:
    if not word.startswith("-") or word in ("--help", "-h", "--version"):
        return None
    name, _, given = word.partition("=")
    if name not in options:
        return f"no option {name}"
    kind = options[name].type
    chosen = given or value
    if (
        isinstance(kind, click.Choice)
        and not {*chosen.split("|")} <= {*kind.choices}
        and not chosen.isupper()
    ):
        return f"{name} takes no {chosen}"
    return None


def of_source() -> Iterator[Command]:
    """Calls in backticks in the source: messages, docstrings, help."""
    for path in SOURCE:
        for code in re.findall(r"`(hub [^`{}\n]+)`", text_of(path)):
            yield Command(name_of(path), code)


def of_help() -> Iterator[Command]:
    """The examples that commands show in their help."""
    for names, command in TREE.items():
        for line in f"{command.help or ''}\n{command.epilog or ''}".splitlines():
            # Two spaces end the call: what follows explains it.
            if re.match(r"\s*hub [a-z]", line):
                call = re.split(r"\s{2,}|\s\|\|?\s|\s\\$", line.strip())[0]
                yield Command(f"hub {' '.join(names)} --help", call)


def test_every_command_on_a_page_can_be_typed() -> None:
    commands = [found for page in PAGES for found in commands_in(name_of(page), text_of(page))]
    assert len(commands) > 50
    assert not [wrong for command in commands for wrong in problems_of(command)]


def test_every_command_in_a_message_can_be_typed() -> None:
    commands = [*of_source(), *of_help()]
    assert len(commands) > 30
    assert not [wrong for command in commands for wrong in problems_of(command)]


def test_the_rule_sees_what_it_is_for() -> None:
    for text in ("hub brokr up", "hub city chek x", "hub map --picture", "hub map --format svg"):
        assert problems_of(Command("here", text)), text
    for text in ("hub city check|show x", "hub map --format json", "hub broker up --data=x"):
        assert not problems_of(Command("here", text)), text


@pytest.mark.parametrize("names", [names for names in TREE if names], ids=" ".join)
def test_every_command_explains_itself(names: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*names, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_readme_names_every_command_that_people_use() -> None:
    used = {
        command.text.split()[1]
        for page in PAGES
        for command in commands_in("", text_of(page))
        if " " in command.text
    }
    assert set(COMMANDS) <= used


def test_every_variable_on_a_page_is_a_setting() -> None:
    known = {variable_of(name) for name in Settings.model_fields} | {
        "HUB_SHARED",
        "HUB_GOLDEN",
        "HUB_FAULT_SEED",
        "HUB_PROMETHEUS_URL",  # Grafana reads it, for the data source that ships
    }
    for page in PAGES:
        named = set(re.findall(r"\bHUB_[A-Z_]+\b", text_of(page)))
        assert named <= known, name_of(page)


def test_every_target_of_make_on_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(PROJECT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        text = text_of(page)
        for code in (*inline_of(text), *re.findall(r"^(make .*)$", text, re.MULTILINE)):
            if code.startswith("make "):
                words = shlex.split(code, comments=True)[1:]
                assert {word for word in words if "=" not in word and word.islower()} <= targets, name_of(
                    page
                )


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{hub.__version__}]" in text_of(PROJECT / "CHANGELOG.md")
