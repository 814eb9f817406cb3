"""Where the committed schemas lie: in the package when it is installed, beside it in a checkout."""

import json
from pathlib import Path
from typing import cast

import hub
from hub.contracts.avro import Json

_PACKAGE = Path(hub.__file__).parent


def schemas_folder() -> Path:
    """The folder that holds a folder for each contract."""
    installed = _PACKAGE / "schemas"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "schemas"


def schema_file(folder: Path, name: str, version: int) -> Path:
    """The file of one version of a contract."""
    return folder / name / f"v{version}.avsc"


def read_schema(folder: Path, name: str, version: int) -> dict[str, Json]:
    """One version of a contract's schema as it was committed. Raises FileNotFoundError."""
    return cast("dict[str, Json]", json.loads(schema_file(folder, name, version).read_text("utf-8")))
