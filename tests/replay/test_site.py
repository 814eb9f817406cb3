"""The history of a site: all its hazards, in time order, and no other site's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.scenarios.brook import mill
from tests.scenarios.heard import Heard
from tests.scenarios.language import at, days, expect, story, tick
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.reports import failed, general, inspection, major, passed, ticket

from hub import topics
from hub.cli.site import site
from hub.errors import HubError
from hub.replay.site import history_of


@pytest.fixture(scope="module")
def heard() -> Heard:
    kept: list[Heard] = []
    play(
        story(
            "two visits to the bakery, one to the cinema beside it",
            at(0, ticket("T-1", "noise", mill())),
            at(1, inspection("I-1", "bakery", mill(), general("hazard.exit"))),
            at(2, inspection("I-2", "cinema", mill(), general("hazard.exit"))),
            at(days(1), inspection("I-3", "bakery", mill(), again=[failed("I-1")])),
            at(days(2), inspection("I-4", "bakery", mill(), again=[passed("I-1")])),
            at(days(50), inspection("I-5", "bakery", mill(), major("hazard.exit"))),
            tick(days(51)),
            expect(kept.append),
        ),
        MemoryCity(),
    )
    return kept[0]


def test_both_cases_of_the_site_are_told_in_time_order(heard: Heard) -> None:
    first, second = heard.case_of("I-1#0"), heard.case_of("I-5#0")
    lines = [*history_of(second.case_id, (*heard.events, *heard.states.values()))]
    told, outcomes = lines[:-2], lines[-2:]
    assert [line.at for line in told] == sorted(line.at for line in told)
    assert {line.step for line in told} == {first.case_id, second.case_id}
    whats = [line.what for line in told]
    assert "opened, inspectorate I-1#0" in whats
    assert "reinspected, inspectorate I-3/I-1#0" in whats
    assert [line.why for line in told if line.what == "reinspected, inspectorate I-4/I-1#0"] == [
        "reinspection_passed"
    ]
    assert [line.what for line in outcomes] == [
        "general hazard, hazard.exit: closed",
        "major hazard, hazard.exit: dispatched",
    ]
    assert outcomes[0].why == "in time; failed 1, reopened 0 time(s); lead fire-brigade"


def test_the_digest_names_the_site_as_well(heard: Heard) -> None:
    state = heard.case_of("I-1#0")
    assert state.site is not None
    said = (*heard.events, *heard.states.values())
    assert [*history_of(state.site, said)] == [*history_of(state.case_id, said)]


@pytest.mark.parametrize("signal", ["T-1", None])
def test_what_is_no_hazard_has_no_site(heard: Heard, signal: str | None) -> None:
    what = "nothing" if signal is None else heard.case_of(signal).case_id
    with pytest.raises(HubError, match="No case of a hazard"):
        [*history_of(what, (*heard.events, *heard.states.values()))]


def test_the_command_reads_a_replay(heard: Heard, tmp_path: Path) -> None:
    for name, said in ((topics.EVENTS, heard.events), (topics.STATE, heard.states.values())):
        text = "".join(f"{body.model_dump_json()}\n" for body in said)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    case_id = heard.case_of("I-1#0").case_id
    done = CliRunner().invoke(site, [case_id, "--from", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert lines[0]["case"] == case_id
    assert lines[0]["what"] == "opened, inspectorate I-1#0"
