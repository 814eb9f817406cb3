"""docs/generated is what the code says, and nothing else lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli.map import generated_pages, write_pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "generated"
PAGES = generated_pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_no_other_page_pretends_to_be_generated() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*PAGES}


def test_writing_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pages(tmp_path / "pages")
    assert len(capsys.readouterr().out.splitlines()) == len(PAGES)
    write_pages(tmp_path / "pages")
    assert capsys.readouterr().out == ""
