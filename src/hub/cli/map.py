"""`hub map`: the steps, edges and topics of the hub, drawn; and every generated page of the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hub.pages.city_map import CityMap

EXAMPLES = """
\b
Examples:
  hub map
  hub map --step cases
  hub map --format mermaid > map.mmd
  hub map --out docs/generated
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--format", "form", type=click.Choice(["text", "mermaid", "json"]), default="text", show_default=True
)
@click.option("--step", metavar="NAME", help="One step or edge with its topics only.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write all generated pages there instead."
)
def map_(form: str, step: str | None, out: Path | None) -> None:
    """Print the map: what reads what, keeps what, writes what, and who may see it."""
    from hub.pages.as_mermaid import mermaid
    from hub.pages.as_text import plain_data, text

    if out is not None:
        write_pages(out)
        return
    drawn = _drawn() if step is None else _drawn().around(step)
    if form == "json":
        click.echo(json.dumps(plain_data(drawn), ensure_ascii=False, indent=2))
    else:
        click.echo(mermaid(drawn) if form == "mermaid" else text(drawn), nl=False)


def generated_pages() -> dict[str, str]:
    """Every generated page of the documentation: file name to text."""
    from hub.cli.settings import settings_page
    from hub.metrics import metrics_page
    from hub.pages.map_pages import map_page, topics_page
    from hub.pages.moves_page import moves_page
    from hub.pages.reasons_page import reasons_page

    drawn = _drawn()
    return {
        "map.md": map_page(drawn),
        "metrics.md": metrics_page(),
        "moves.md": moves_page(),
        "reasons.md": reasons_page(),
        "settings.md": settings_page(),
        "topics.md": topics_page(drawn),
    }


def write_pages(folder: Path) -> None:
    """Write the pages that differ and name them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in generated_pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
            click.echo(path)


def _drawn() -> CityMap:
    """The map is the same for every city; one that ships stands for all."""
    from hub.citypack.load import load_city
    from hub.domain.privacy import Pseudonyms
    from hub.pages.city_map import draw_map
    from hub.topology import EDGES, build_steps

    return draw_map(build_steps(load_city("boston"), Pseudonyms(b"")), EDGES)
