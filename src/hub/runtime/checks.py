"""What a worker relies on, looked at before it begins; `hub doctor` looks at the same from outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from hub import topics
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.errors import HubError
from hub.flow import Step
from hub.runtime import check_rules as rules
from hub.runtime.admin import TopicAdmin
from hub.runtime.broker_clock import clock_skew
from hub.runtime.cluster_look import ClusterLook
from hub.runtime.findings import Finding, Result, warning, wrong
from hub.runtime.schema_files import schemas_folder
from hub.runtime.schema_release import SchemaFolder
from hub.runtime.topic_specs import TopicSpec, compare, wanted_topics

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.settings import Settings

log = structlog.get_logger("hub.checks")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One hub: its settings, the map of its city, and the cluster that it lives on."""

    brokers: str
    settings: Settings
    steps: tuple[Step, ...]
    wanted: tuple[TopicSpec, ...]

    @classmethod
    def of(cls, brokers: str, settings: Settings, city: City, steps: tuple[Step, ...]) -> Deployment:
        """The deployment of a city, with every topic that it wants."""
        stateful = [step.name for step in steps if step.stateful]
        return cls(brokers, settings, steps, tuple(wanted_topics(city, stateful, settings)))

    @property
    def prefix(self) -> str:
        """What its topics and groups begin with."""
        return self.settings.topic_prefix


def require_sound(deployment: Deployment) -> None:
    """Raises HubError that names all that keeps a worker from beginning; logs what else the checks found."""
    with ClusterLook(deployment.brokers) as look:
        findings = check(deployment, look)
    broken = [finding for finding in findings if finding.result is Result.WRONG and not finding.passing]
    for finding in findings:
        if finding.result is not Result.OK and finding not in broken:
            log.warning("start_up_check", check=finding.check, found=finding.found, fix=finding.fix)
    if broken:
        raise HubError(
            "; ".join(f"{finding.check}: {finding.found}" for finding in broken),
            fix="; ".join(dict.fromkeys(finding.fix for finding in broken)),
        )


def check(deployment: Deployment, look: ClusterLook) -> list[Finding]:
    """Everything that must hold before work begins. Raises HubError where the cluster does not answer."""
    cluster = look.cluster()
    wanted = deployment.wanted
    found = TopicAdmin(deployment.brokers).found(spec.name for spec in wanted)
    logs = {
        deployment.prefix + step.sources[0]: deployment.prefix + topics.changelog(step.name).name
        for step in deployment.steps
        if step.stateful
    }
    return [
        rules.judge_brokers(cluster),
        rules.judge_transactions_protocol(cluster),
        rules.judge_topics(compare(wanted, found), len(wanted)),
        rules.judge_changelogs(logs, found),
        rules.judge_replicas(look.partitions(sorted(found)), found, wanted),
        rules.judge_elections(found),
        rules.judge_schemas(_schema_problems(), len(CONTRACTS)),
        _clock(deployment, found),
        rules.judge_room(str(deployment.settings.data), free_bytes(deployment.settings.data)),
    ]


def free_bytes(folder: Path) -> int | None:
    """The room on the disk of a folder that may not be made yet; None where it can't be written."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return None
    return shutil.disk_usage(there).free


def _schema_problems() -> Sequence[str]:
    return SchemaFolder(schemas_folder(), CONTRACTS, VERSIONS).problems()


def _clock(deployment: Deployment, found: Iterable[str]) -> Finding:
    if deployment.settings.simulated_time:
        return rules.judge_clock(None)
    if deployment.prefix + topics.READINGS not in found:
        return wrong("clock", "not compared: the topic of readings is missing", "run `hub topics apply`")
    try:
        return rules.judge_clock(clock_skew(deployment.brokers, deployment.prefix))
    except HubError as trouble:
        return warning("clock", f"not compared: {trouble.message}", trouble.fix)
