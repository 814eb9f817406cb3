"""The committed schemas are what the models say, and stay as they were once they are released."""

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from click.testing import CliRunner
from pydantic import Field, create_model

from hub.cli.schemas import schemas
from hub.contracts.avro import avro_schema
from hub.contracts.fields import Contract, Id
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.errors import HubError
from hub.runtime.schema_files import read_schema, schema_file, schemas_folder
from hub.runtime.schema_release import FROZEN, SchemaFolder


def _lamp(**more: Any) -> type[Contract]:
    name = Annotated[Id, Field(description="Name of it")]
    return create_model("Lamp", __base__=Contract, __doc__="One lamp.", lamp=(name, ...), **more)


LAMP = _lamp()
LAMP_WITH_HEIGHT = _lamp(metres=(float | None, Field(None, description="Height in metres")))
LAMP_NEEDING_HEIGHT = _lamp(metres=(float, Field(description="Height in metres")))


def test_the_committed_schemas_are_what_the_models_say() -> None:
    assert SchemaFolder(schemas_folder(), CONTRACTS, VERSIONS).problems() == []


def _folder(path: Path, model: type[Contract] = LAMP, version: int = 1) -> SchemaFolder:
    return SchemaFolder(path, {"Lamp": model}, {"Lamp": version})


def test_generating_writes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    assert _folder(tmp_path).problems() == [
        "Lamp/v1.avsc is missing; run `hub schemas generate`, or restore it if it is older"
    ]
    assert _folder(tmp_path).generate() == [tmp_path / "Lamp/v1.avsc"]
    assert _folder(tmp_path).generate() == []
    assert _folder(tmp_path).problems() == []
    assert read_schema(tmp_path, "Lamp", 1) == avro_schema(LAMP)


def test_before_its_release_a_version_may_change(tmp_path: Path) -> None:
    _folder(tmp_path).generate()
    changed = _folder(tmp_path, LAMP_NEEDING_HEIGHT)
    assert changed.problems() == ["Lamp/v1.avsc differs from its model; run `hub schemas generate`"]
    changed.generate()
    assert changed.problems() == []


def test_a_released_version_may_not_change(tmp_path: Path) -> None:
    _folder(tmp_path).generate()
    assert _folder(tmp_path).freeze() == [tmp_path / "Lamp/v1.avsc"]
    assert _folder(tmp_path).freeze() == []
    with pytest.raises(HubError, match=r"Lamp/v1\.avsc is released") as error:
        _folder(tmp_path, LAMP_WITH_HEIGHT).generate()
    assert "raise the version of Lamp" in error.value.fix
    file = schema_file(tmp_path, "Lamp", 1)
    file.write_text(file.read_text("utf-8").replace("One lamp", "A lamp"), "utf-8")
    with pytest.raises(HubError, match=r"Lamp/v1\.avsc was released and may not change"):
        _folder(tmp_path).freeze()
    file.unlink()
    assert "Lamp/v1.avsc was released and may not change" in " ".join(_folder(tmp_path).problems())


def test_a_new_version_follows_a_released_one_if_it_is_legal(tmp_path: Path) -> None:
    _folder(tmp_path).generate()
    _folder(tmp_path).freeze()
    second = _folder(tmp_path, LAMP_WITH_HEIGHT, 2)
    assert second.generate() == [tmp_path / "Lamp/v2.avsc"]
    assert second.problems() == []
    assert second.freeze() == [tmp_path / "Lamp/v2.avsc"]
    assert set(json.loads((tmp_path / FROZEN).read_text("utf-8"))) == {"Lamp/v1.avsc", "Lamp/v2.avsc"}


def test_an_illegal_version_is_found(tmp_path: Path) -> None:
    _folder(tmp_path).generate()
    second = _folder(tmp_path, LAMP_NEEDING_HEIGHT, 2)
    second.generate()
    assert second.problems() == [
        "Lamp v2: Lamp.metres: new, so it needs a default for records that were written without it"
    ]


def test_files_of_no_contract_are_found_unless_they_were_released(tmp_path: Path) -> None:
    _folder(tmp_path).generate()
    gone = SchemaFolder(tmp_path, {}, {})
    assert gone.problems() == ["Lamp/v1.avsc belongs to no contract; delete it"]
    _folder(tmp_path).freeze()
    assert gone.problems() == []


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(schemas, [*words, "--folder", str(tmp_path)], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    assert f"{len(CONTRACTS)} of {len(CONTRACTS)} files written" in run("generate")
    assert "all as their models say" in run("check")
    assert "HotlineTicket" in run("list")
    assert f"{len(CONTRACTS)} files frozen" in run("freeze")
    assert "0 files frozen" in run("freeze")
    (tmp_path / "Case" / "v1.avsc").unlink()
    with pytest.raises(HubError, match="2 problems"):
        CliRunner().invoke(schemas, ["check", "--folder", str(tmp_path)], catch_exceptions=False)
