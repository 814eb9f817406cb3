"""`hub site`: the history of an inspected site, all its hazards in one view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.explain import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.contracts.fields import Contract
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub site 110105021-260302-1fca19a56c               the site of a hazard's case, from the cluster
  hub site 110105021-260302-1fca19a56c --from out    the same, from a replay's folder
  hub site 4f1c0a7be35d90cc24a1d7e8f6b3c219          a site by its digest, as case.state has it
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", metavar="CASE|SITE")
@click.option("--from", "folder", type=click.Path(path_type=Path, exists=True), help="Folder of a replay.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def site(what: str, folder: Path | None, as_json: bool) -> None:
    """Show what was found at a site, looked at again and done, over all its hazards' cases in time order.

    A site is shown by its keyed digest, never by its name or address.
    """
    from hub.replay.site import history_of
    from hub.settings import load_settings

    show(history_of(what, _said(load_settings(), folder)), as_json, "case")


def _said(settings: Settings, folder: Path | None) -> Iterable[Contract]:
    from hub import topics
    from hub.cli.heard import said_on
    from hub.contracts.cases import CaseEvent, CaseState
    from hub.replay.story import said_in

    if folder is None:
        return said_on(settings, [topics.EVENTS, topics.STATE])
    return (
        *said_in(folder, topics.EVENTS, CaseEvent),
        *said_in(folder, topics.STATE, CaseState),
    )
