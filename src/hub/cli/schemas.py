"""`hub schemas`: the Avro schemas that departments read, written from the contracts and frozen at release."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.errors import HubError
from hub.runtime.schema_files import schemas_folder
from hub.runtime.schema_release import SchemaFolder

_folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the schemas.  [default: the project's own]",
)


@click.group()
def schemas() -> None:
    """List, write, check and freeze the Avro schemas of the contracts."""


@schemas.command("list")
@_folder_option
def list_(folder: Path | None) -> None:
    """Show every contract with its newest version and whether that is released."""
    frozen = _open(folder).frozen()
    table = Table("contract", "version", "released", "what it is", box=None)
    for name, model in CONTRACTS.items():
        version = VERSIONS[name]
        released = "yes" if f"{name}/v{version}.avsc" in frozen else "no"
        table.add_row(name, str(version), released, (model.__doc__ or "").splitlines()[0])
    Console().print(table)


@schemas.command()
@_folder_option
def generate(folder: Path | None) -> None:
    """Write the newest version of every contract from its model; released files are never touched."""
    changed = _open(folder).generate()
    for file in changed:
        click.echo(file)
    click.echo(f"{len(changed)} of {len(CONTRACTS)} files written")


@schemas.command()
@_folder_option
def check(folder: Path | None) -> None:
    """Compare the files with the models, released files with their hashes, and versions with one another."""
    problems = _open(folder).problems()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise HubError(f"{len(problems)} problems with the schemas", fix="do what each line says")
    click.echo(f"{len(CONTRACTS)} contracts, all as their models say")


@schemas.command()
@_folder_option
def freeze(folder: Path | None) -> None:
    """Record the newest versions as released: from then on they may not change."""
    added = _open(folder).freeze()
    for file in added:
        click.echo(file)
    click.echo(f"{len(added)} files frozen")


def _open(folder: Path | None) -> SchemaFolder:
    return SchemaFolder(folder or schemas_folder(), CONTRACTS, VERSIONS)
