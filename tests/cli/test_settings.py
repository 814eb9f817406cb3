"""Settings: read from variables, wrong ones named without their value, documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from hub.cli import main
from hub.cli.settings import env_example, setting_rows, settings_page
from hub.errors import HubError
from hub.settings import DEMO_PSEUDONYM_KEY, Settings, load_settings, required_pseudonym_key

PROJECT = Path(__file__).resolve().parent.parent.parent
SECRET = "correct horse battery staple"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a .env, and no variables of the machine's own."""
    monkeypatch.chdir(tmp_path)
    for row in setting_rows():
        monkeypatch.delenv(row.variable, raising=False)
    return tmp_path


def test_the_generated_pages_are_current() -> None:
    assert (PROJECT / "docs/generated/settings.md").read_text("utf-8") == settings_page(), "make docs"
    assert (PROJECT / ".env.example").read_text("utf-8") == env_example(), "make docs"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(row.meaning for row in setting_rows())


def test_an_option_wins_over_a_variable_and_that_over_a_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / ".env").write_text("HUB_CITY=boston\nHUB_SLOT=7\nHUB_PARTITIONS=12\nOTHER_PROGRAM=x\n")
    monkeypatch.setenv("HUB_CITY", "beijing")
    monkeypatch.setenv("HUB_SLOT", "8")
    settings = load_settings(city="elsewhere", slot=None)
    assert (settings.city, settings.slot, settings.partitions) == ("elsewhere", "8", 12)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HUB_PARTITIONS", "many", "HUB_PARTITIONS"),
        ("HUB_PARTITIONS", "0", "HUB_PARTITIONS"),
        ("HUB_TOPIC_PREFIX", "a b", "HUB_TOPIC_PREFIX"),
        ("HUB_MIN_INSYNC_REPLICAS", "3", "min_insync_replicas"),
        ("HUB_PSEUDONYM_KEY", "tooshortakey", "pseudonym_key"),
        ("HUB_PSEUDONYM_KEY_BEFORE", "tooshortakey", "pseudonym_key_before"),
        ("HUB_PSEUDONYM_KEY_BEFORE", "long enough for a key", "pseudonym_epoch must be at least 1"),
    ],
)
def test_a_wrong_variable_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(HubError) as wrong:
        load_settings()
    assert told in wrong.value.message
    assert "tooshortakey" not in str(wrong.value)


def test_a_misspelt_line_of_the_file_is_refused(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("HUB_BROKRES=localhost:9092\n")
    with pytest.raises(HubError, match="HUB_BROKRES"):
        load_settings()


def test_settings_are_frozen_and_a_wrong_option_is_a_bug() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.__setattr__("city", "other")
    with pytest.raises(TypeError, match="colour"):
        load_settings(colour="red")


def test_a_real_deployment_needs_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("", DEMO_PSEUDONYM_KEY):
        with pytest.raises(HubError, match="HUB_PSEUDONYM_KEY"):
            required_pseudonym_key(Settings.model_validate({"pseudonym_key": key}))
    monkeypatch.setenv("HUB_PSEUDONYM_KEY", SECRET)
    assert required_pseudonym_key(load_settings()) == SECRET


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PSEUDONYM_KEY", SECRET)
    shown = CliRunner().invoke(main, ["settings"])
    assert shown.exit_code == 0
    assert "(set)" in shown.output
    assert SECRET not in shown.output + repr(load_settings())
