"""Pages lead where they say, name what exists, and hold nothing of the machine that they were written on."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, PROJECT, inline_of, name_of, text_of

from hub.topics import TOPICS

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TOPIC = re.compile(r"\b(?:hotline|grid|safety|iot|city|case|unit|dead|ledger)\.[a-z]+\b(?!\()")


def anchors_of(text: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(text_of(page)):
        if re.match(r"[a-z]+://", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert there == page or there.is_relative_to(PROJECT), target
        assert not anchor or anchor in anchors_of(text_of(there)), target


def test_every_page_of_the_docs_is_led_to() -> None:
    led_to = {
        (page.parent / path.partition("#")[0]).resolve()
        for page in PAGES
        for path in LINK.findall(text_of(page))
    }
    lost = [name_of(page) for page in PAGES if page not in led_to and page.name != "README.md"]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_topics_on_a_page_are_topics_of_the_map(page: Path) -> None:
    named = {
        name
        for code in inline_of(text_of(page))
        for name in TOPIC.findall(code)
        if not re.search(r"\.\w+\.|/|:", code)
    }
    files = {f"{word}.{end}" for word in ("city", "case", "cases", "ledger") for end in ("yaml", "csv", "py")}
    assert named - files <= {*TOPICS}


def test_the_architecture_fits_on_one_page() -> None:
    assert len(text_of(PROJECT / "docs" / "architecture.md").splitlines()) < 150


def test_the_glossary_names_code_that_exists() -> None:
    rows = [
        line.split("|")
        for line in text_of(PROJECT / "docs" / "glossary.md").splitlines()
        if line.startswith("| ")
    ]
    words = {code for row in rows[1:] for code in re.findall(r"`([^`]+)`", row[3])}
    assert len(words) > 40
    files = [*(PROJECT / "src").rglob("*.py"), *(PROJECT / "src").rglob("*.csv")]
    names = {name_of(file) for file in files} | {file.name for file in files}
    source = "\n".join(text_of(file) for file in files if file.suffix == ".py")
    for word in words:
        known = (PROJECT / word).exists() or any(name.endswith(word) for name in names) or word in source
        assert known or word == "tape.jsonl.gz", word


def test_recipes_name_files_that_exist_and_not_many() -> None:
    text = text_of(PROJECT / "CONTRIBUTING.md").split("## Recipes")[1]
    recipes = re.split(r"^\*\*", text, flags=re.MULTILINE)[1:]
    assert len(recipes) >= 8
    for recipe in recipes:
        assert len(re.findall(r"^\d\. ", recipe, re.MULTILINE)) <= 5, recipe
        for path in re.findall(r"`((?:src|tests|docs)/[^`]*)`", recipe):
            assert "<" in path or (PROJECT / path).exists(), path


def test_the_page_of_libraries_names_all_of_them() -> None:
    project = tomllib.loads(text_of(PROJECT / "pyproject.toml"))["project"]
    wanted = {re.split(r"[><=;\s]", line)[0] for line in project["dependencies"]}
    page = text_of(PROJECT / "docs" / "decisions" / "0008-libraries.md")
    assert set(re.findall(r"^\| ([a-z][\w-]*) \| [^-]", page, re.MULTILINE)) - {"library"} == wanted


def test_every_decision_is_on_the_list() -> None:
    folder = PROJECT / "docs" / "decisions"
    listed = set(LINK.findall(text_of(folder / "README.md")))
    assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= listed


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files")
    return [PROJECT / name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]


def test_nothing_of_one_machine_and_no_package_host_is_in_a_tracked_file() -> None:
    places = {PROJECT, PROJECT.parent / "shared", Path.home(), Path(tempfile.gettempdir())}
    if sys.prefix != sys.base_prefix:
        places.add(Path(sys.prefix))
    # Put together here, so that this file does not hold them.
    hosts = {"pypi" + ".org", "python" + "hosted", "repo1" + ".maven", "repo." + "maven", "--index" + "-url"}
    banned = {f"{place}/" for place in places if len(place.parts) > 1} | hosts | {"--extra-index" + "-url"}
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "replace").lower()
        found += [f"{name_of(path)}: {word}" for word in banned if word.lower() in text]
    assert not found


def test_constraints_pin_every_package_and_name_no_host() -> None:
    lines = text_of(PROJECT / "constraints.txt").splitlines()
    pins = [line for line in lines if line.strip() and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[^\s@/]+(\s*;.*)?", line) for line in pins)
