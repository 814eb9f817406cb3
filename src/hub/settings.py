"""Every setting of the hub: a frozen tree, read from HUB_ variables and a `.env` file; for commands only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hub.errors import HubError

PREFIX = "HUB_"

SHORTEST_KEY = 16

DEMO_PSEUDONYM_KEY = "demo key, public, for simulated people only"
"""The stated key of `hub demo` and `hub replay`: same input, same pseudonyms, no secret to lose."""


class Settings(BaseSettings):
    """What a deployment may choose. Build it with `load_settings`, pass it down, never look it up again."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="forbid")

    brokers: Annotated[
        str,
        Field(description="Kafka brokers, host:port with commas between; empty = the embedded broker"),
    ] = ""
    data: Annotated[
        Path, Field(description="Folder of this machine's data: embedded broker, state snapshots")
    ] = Path(".hub")
    topic_prefix: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[A-Za-z0-9._-]*$",
            description="Begins every topic, group and transaction name; lets deployments share a cluster",
        ),
    ] = ""
    partitions: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            description="Partitions of each keyed topic (a whole city: 24); fixed for a deployment",
        ),
    ] = 4
    replication: Annotated[
        int, Field(ge=1, le=9, description="Copies of each record; 3 on a real cluster")
    ] = 1
    min_insync_replicas: Annotated[
        int,
        Field(
            ge=1, le=9, description="Copies that must be written before a record counts; 2 on a real cluster"
        ),
    ] = 1
    city: Annotated[
        str, Field(min_length=1, description="City pack: the name of one that ships, or the path of a folder")
    ] = "beijing"
    pseudonym_key: Annotated[
        SecretStr,
        Field(
            description=f"Secret key of appellants' pseudonyms, at least {SHORTEST_KEY} characters; "
            "required by `hub run`, while demo and replay use a stated demo key"
        ),
    ] = SecretStr("")
    pseudonym_epoch: Annotated[
        int, Field(ge=0, le=1_000_000, description="Number of the key; raise it by one when the key changes")
    ] = 0
    pseudonym_key_before: Annotated[
        SecretStr,
        Field(
            description="Key of the epoch before, kept after a change for as long as the city pack remembers "
            "appeals, so that appellants and places are known again; then leave it out"
        ),
    ] = SecretStr("")
    slot: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            pattern=r"^[A-Za-z0-9._-]+$",
            description="This worker's place among its fellows; a restarted worker keeps it, no two share it",
        ),
    ] = "0"
    snapshot_records: Annotated[
        int,
        Field(
            ge=0,
            description="Changelog records of a partition after which its snapshot is written anew, "
            "so that a restart reads no more of them; 0 = no snapshots",
        ),
    ] = 100_000
    metrics_port: Annotated[
        int, Field(ge=0, le=65535, description="Port of the metrics page; 0 = a free one, printed at start")
    ] = 0
    tick_seconds: Annotated[
        float, Field(gt=0, le=3600, description="Seconds between clock ticks: how late a limit may fire")
    ] = 10.0

    simulated_time: Annotated[
        bool,
        Field(
            description="Publishers' record times count as arrival and nothing is deleted by age: for a city "
            "whose time is not ours; the simulator sends the ticks"
        ),
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _leave_foreign_lines(cls, found: dict[str, object]) -> dict[str, object]:
        """A `.env` file may hold other programs' lines; a misspelt one of ours is still refused."""
        return {
            name: value
            for name, value in found.items()
            if name in cls.model_fields or name.upper().startswith(PREFIX)
        }

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.min_insync_replicas > self.replication:
            raise ValueError("min_insync_replicas must not exceed replication")
        for name in ("pseudonym_key", "pseudonym_key_before"):
            key = getattr(self, name).get_secret_value()
            if key and len(key) < SHORTEST_KEY:
                raise ValueError(f"{name} must have at least {SHORTEST_KEY} characters")
        if self.pseudonym_key_before.get_secret_value() and not self.pseudonym_epoch:
            raise ValueError("pseudonym_epoch must be at least 1 where there is a pseudonym_key_before")
        return self


def load_settings(**chosen: object) -> Settings:
    """The settings of this process; ``chosen`` (a command's options) win over variables, None is left out.

    Raises HubError that names each wrong variable, never its value.
    """
    given: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    unknown = given.keys() - Settings.model_fields.keys()
    if unknown:
        raise TypeError(f"no setting is called {', '.join(sorted(unknown))}")
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(_problem(e["loc"], e["msg"]) for e in error.errors(include_input=False))
        raise HubError(
            f"The settings are wrong: {wrong}", fix="see docs/generated/settings.md or `hub settings`"
        ) from None


def required_pseudonym_key(settings: Settings) -> str:
    """The key of a real deployment; raises HubError where it is not set."""
    key = settings.pseudonym_key.get_secret_value()
    if not key or key == DEMO_PSEUDONYM_KEY:
        raise HubError(
            f"{PREFIX}PSEUDONYM_KEY is not set: real appellants need a secret key",
            fix=f"set it to a random text of at least {SHORTEST_KEY} characters and keep it safe",
        )
    return key


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{field.upper()}"


def _problem(where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0]) if where else ""
    variable = name if name.upper().startswith(PREFIX) else variable_of(name)
    return f"{variable.upper()}: {message}" if name else message.removeprefix("Value error, ")
