"""A clerk acts and hears what came of it: the command, real Kafka, the real core loop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.broker.deployment import PARTITIONS, Deployment

from hub.citypack.load import load_city
from hub.domain.privacy import Pseudonyms
from hub.runtime.core import CoreConfig, CoreLoop
from hub.topology import build_steps

NOTE = "called 13800138000"


@pytest.fixture(scope="module")
def city(broker: str) -> Iterator[Deployment]:
    """Boston at work: every core step, in a thread of its own."""
    deployment = Deployment(broker, "act.")
    loaded = load_city("boston")
    deployment.make_topics(tuple(loaded.units))
    every = build_steps(loaded, Pseudonyms(b"a key for tests only"))
    steps = tuple(step for step in every if step.worker in ("city", "sensing"))
    core = CoreLoop(steps, CoreConfig(broker, "city", "0", deployment.prefix, PARTITIONS))
    thread = threading.Thread(target=core.run)
    thread.start()
    assert core.assigned.wait(30)
    yield deployment
    core.stop()
    thread.join(30)


@pytest.fixture(scope="module")
def case(city: Deployment, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A case that was signed for, and its lead unit: a ticket went in as a file, an event came out."""
    file = tmp_path_factory.mktemp("tickets") / "tickets.jsonl"
    ticket = {
        "source": "hotline-12345",
        "id": "t1",
        "reported_at": datetime.now(UTC).isoformat(),
        "category": "Public Works Department/Street Lights/Street Light Outages",
        "place": {"code": "Ward 5"},
    }
    file.write_text(json.dumps(ticket) + "\n")
    assert city.hub("publish", "hotline", str(file)).exit_code == 0
    seen = city.hub("tail", "case.events", "--from", "beginning", "--limit", "1", "--json")
    event = json.loads(seen.output)["body"]
    case_id, lead = event["case_id"], event["lead_unit"]
    assert city.hub("act", case_id, "sign_for", "--unit", lead).exit_code == 0
    return case_id, lead


def test_what_was_done_is_told(city: Deployment, case: tuple[str, str]) -> None:
    case_id, lead = case
    done = city.hub("act", case_id, "progress", "--unit", lead, "--note", NOTE, "--id", "other")
    assert done.exit_code == 0, done.output
    assert case_id in done.output
    assert NOTE not in city.hub("tail", "unit.actions", "--from", "beginning", "--no-follow").output


def test_the_same_action_again_is_a_duplicate(city: Deployment, case: tuple[str, str]) -> None:
    case_id, lead = case
    again = city.hub("act", case_id, "sign_for", "--unit", lead)
    assert again.exit_code == 1
    assert "duplicate" in again.output


@pytest.mark.parametrize(
    ("case_word", "unit", "reason"),
    [
        ("CASE", "nobody", "unknown_unit"),
        ("CASE", "ANOTHER", "not_the_lead"),
        ("nowhere-1", "LEAD", "unknown_case"),
    ],
)
def test_a_refusal_is_told_with_its_reason(
    city: Deployment, case: tuple[str, str], case_word: str, unit: str, reason: str
) -> None:
    case_id, lead = case
    another = next(one for one in load_city("boston").units if one != lead)
    chosen = {"LEAD": lead, "ANOTHER": another}.get(unit, unit)
    refused = city.hub(
        "act", case_id if case_word == "CASE" else case_word, "resolve", "--unit", chosen, "--note", reason
    )
    assert refused.exit_code == 1
    assert reason in refused.output


def test_no_answer_is_no_success(broker: str, tmp_path: Path) -> None:
    idle = Deployment(broker, "act-idle.")
    idle.make_topics()
    unheard = idle.hub("act", "025-W05-1", "start", "--unit", "PWDx", "--wait", "0.5")
    assert unheard.exit_code == 2
    assert "not lost" in unheard.stderr
    sent = idle.hub("act", "025-W05-1", "start", "--unit", "PWDx", "--wait", "0")
    assert sent.exit_code == 0
    assert len(set(idle.ids("unit.actions"))) == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["c1", "close_signal", "--unit", "u"], "close_signal needs signal"),
        (["c1", "close_signal", "--unit", "u", "--signal", "t1"], "SOURCE/ID"),
        (["", "start", "--unit", "u"], "case_id"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_sent(
    city: Deployment, words: list[str], problem: str
) -> None:
    wrong = city.hub("act", *words)
    assert wrong.exit_code == 2
    assert problem in wrong.stderr
