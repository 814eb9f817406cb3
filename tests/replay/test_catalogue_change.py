"""Mining the catalogue and the dry run of a change, on a small tape of Brook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.scenarios.brook import PACK, brook, heath, mill
from tests.scenarios.language import START

from hub.cli import main
from hub.contracts.action_terms import ActionTerms, Grounds, Ruling
from hub.contracts.feeds import ActionKind, HotlineTicket, UnitAction
from hub.contracts.fields import PlaceRef
from hub.domain.case_ids import case_id_of
from hub.domain.privacy import Pseudonyms
from hub.edges.profiles import load_profile
from hub.errors import HubError
from hub.replay.catalogue_change import change_text, changed, read_change
from hub.replay.dispatches import Dispatches
from hub.replay.dry_run import Met, dry_run
from hub.replay.merge import Input
from hub.replay.mining import Thresholds, propose
from hub.replay.run import replay_files
from hub.replay.story import events_of_replay
from hub.replay.tape import Tape

KEY = Pseudonyms(b"a key for tests only")
WRONG = 6
"""So many tickets of noise in Mill are the district's, as each ruling says."""

HOUR = timedelta(hours=1)
ENOUGH = Thresholds(support=5, share=0.5, agreement=0.6)


def silent(stage: str, more: int, total: int | None = None) -> None:
    """Tell nobody how far it is."""


def _ticket(number: int, at: datetime, place: PlaceRef) -> HotlineTicket:
    return HotlineTicket(
        source="call-centre", id=f"T-{number}", reported_at=at, category="noise", place=place,
        wants_callback=False,
    )  # fmt: skip


def _action(
    ticket: HotlineTicket, kind: ActionKind, unit: str, hours: float, terms: ActionTerms | None = None
) -> UnitAction:
    town = "MILL"
    case_id = case_id_of(town, ticket.reported_at, ticket.source, ticket.id)
    at = ticket.reported_at + hours * HOUR
    return UnitAction(
        source="units", id=f"{ticket.id}-{kind}", kind=kind, at=at, unit=unit, case_id=case_id, terms=terms
    )


def _life(ticket: HotlineTicket) -> Iterator[UnitAction]:
    """The town objects, the district gets the case two hours late and needs seven and a half more."""
    grounds = ActionTerms(grounds=Grounds.NOT_OUR_DUTY)
    ruling = ActionTerms(ruling=Ruling.UPHOLD, to_unit="west")
    yield _action(ticket, ActionKind.OBJECT, "mill", 0.5, grounds)
    yield _action(ticket, ActionKind.RULE, "hall", 1.5, ruling)
    yield _action(ticket, ActionKind.SIGN_FOR, "west", 2)
    yield _action(ticket, ActionKind.RESOLVE, "west", 9.5)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a replay: six cases of noise in Mill, two in Heath."""
    folder = tmp_path_factory.mktemp("replay")
    wrong = [_ticket(n, START + n * 24 * HOUR, mill()) for n in range(WRONG)]
    right = [_ticket(WRONG + n, START + n * 24 * HOUR, heath()) for n in range(2)]
    tickets = sorted((*wrong, *right), key=lambda ticket: ticket.reported_at)
    actions = [action for ticket in wrong for action in _life(ticket)]
    (folder / "tickets.jsonl").write_text("".join(f"{t.model_dump_json()}\n" for t in tickets), "utf-8")
    (folder / "actions.jsonl").write_text("".join(f"{a.model_dump_json()}\n" for a in actions), "utf-8")
    inputs = [
        Input(folder / "tickets.jsonl", load_profile("hotline")),
        Input(folder / "actions.jsonl", load_profile("actions")),
    ]
    replay_files(brook(), KEY, inputs, folder / "out", partitions=3, progress=silent)
    return folder / "out"


def test_rulings_that_overturn_a_dispatch_are_told_by_its_events(replayed: Path) -> None:
    cases = Dispatches.of(events_of_replay(replayed)).cases.values()
    overturned = [one for one in cases if one.overturned]
    assert len(cases) == WRONG + 2
    assert len(overturned) == WRONG
    assert {(one.lead, one.taker, one.objections, one.disputed) for one in overturned} == {
        ("mill", "west", 1, HOUR)
    }


def test_a_row_is_proposed_where_dispatches_are_overturned(replayed: Path) -> None:
    cases = Dispatches.of(events_of_replay(replayed)).cases.values()
    (found,) = propose(brook(), cases, ENOUGH)
    assert (found.row.category, found.row.town, found.row.district) == ("noise", "MILL", None)
    assert (found.was, found.row.lead) == ("{town}", "{district}")
    assert (found.cases, found.overturned, found.agreed) == (WRONG, WRONG, WRONG)
    assert propose(brook(), cases, Thresholds(support=WRONG + 1)) == ()


def test_a_case_that_is_of_another_category_is_no_fault_of_the_catalogue(replayed: Path) -> None:
    found = Dispatches.of(
        event if event.seq < 2 else event.model_copy(update={"category": "lamp"})
        for event in events_of_replay(replayed)
    )
    assert propose(brook(), found.cases.values(), Thresholds(1, 0.1, 0.1)) == ()


def test_a_change_file_is_read_as_it_was_written(replayed: Path, tmp_path: Path) -> None:
    proposals = propose(brook(), Dispatches.of(events_of_replay(replayed)).cases.values(), ENOUGH)
    path = tmp_path / "change.csv"
    path.write_text(change_text(proposals), encoding="utf-8")
    rows = read_change(brook(), path)
    assert rows == tuple(one.row for one in proposals)
    again = changed(changed(brook(), rows), rows)
    assert len(again.catalogue) == len(brook().catalogue) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,category,lead\nx,noise,nobody\n", "line 2: lead: the city pack has no nobody"),
        ("id,category,lead\nx,weather,west\n", "line 2: category: the city pack has no weather"),
        ("id,category\nx,noise\n", "line 2: lead: Field required"),
        ("id,lead\n", "has no rows"),
    ],
)
def test_mistakes_in_a_change_file_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "change.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HubError, match=said):
        read_change(brook(), path)


def test_a_dry_run_tells_what_goes_elsewhere_and_what_is_known_of_limits(
    replayed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "change.csv"
    path.write_text("id,category,town,lead\nmill-noise,noise,MILL,west\n", encoding="utf-8")
    found = dry_run(brook(), KEY, read_change(brook(), path), Tape(replayed / "tape.jsonl.gz"), silent)

    (moved,) = found.elsewhere
    assert (moved.category, moved.before, moved.after, moved.cases) == ("noise", "mill", "west", WRONG)
    assert len(moved.examples) == 3
    (effect,) = found.effects
    assert (effect.cases, effect.elsewhere, effect.reached) == (WRONG + 2, WRONG, WRONG)
    assert effect.stay_before == effect.stay_after
    assert effect.moved_before[Met.MISSED] == WRONG
    assert (effect.hours_late, effect.would_meet) == (2.0, WRONG)
    assert (found.only_before, found.only_after) == (0, 0)


def test_the_commands_mine_and_try(replayed: Path, tmp_path: Path) -> None:
    change, mined, tried = tmp_path / "change.csv", tmp_path / "mined.json", tmp_path / "tried.json"
    run = CliRunner().invoke(
        main,
        ["catalogue", "mine", "--city", str(PACK), "--from", str(replayed), "--change", str(change),
         "--support", "5", "--json", str(mined)],
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "8 dispatches, 1 rows proposed" in run.output
    assert json.loads(mined.read_text())["unit"][0] == {
        "name": "mill", "cases": WRONG, "objections": WRONG, "overturned": WRONG,
    }  # fmt: skip
    run = CliRunner().invoke(
        main,
        ["catalogue", "dry-run", "--city", str(PACK), "--change", str(change),
         "--on", str(replayed / "tape.jsonl.gz"), "--json", str(tried)],
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "6 of 8 cases would have gone elsewhere" in run.output
    assert json.loads(tried.read_text())["effects"][0]["would_meet"] == WRONG
