"""Boston's pack on the real tickets that it was learned from, and on those that it was not learned from."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.citypack.city import build_city
from hub.citypack.learn.judge import judge_later
from hub.citypack.learn.learned_pack import learn_pack
from hub.citypack.learn.profile import LearnProfile, load_profile
from hub.citypack.learn.read_tickets import read_tickets
from hub.citypack.learn.tickets import Tickets
from hub.citypack.learn.write_pack import pack_texts
from hub.citypack.load import find_pack, load_city
from hub.cli import main
from hub.contracts.cases import ClockKind
from hub.contracts.fields import Urgency

TICKETS = "tickets/boston311-2015-h1.csv.gz"
FIRST_OF_MAY = 1_430_452_800  # midnight in Boston

Find = Callable[[str], Path]


@pytest.fixture(scope="module")
def profile() -> LearnProfile:
    return load_profile("boston311")


@pytest.fixture(scope="module")
def half_a_year(shared_data: Find, profile: LearnProfile) -> Tickets:
    return read_tickets(shared_data(TICKETS).read_bytes(), profile)


def test_the_shipped_pack_is_what_the_command_writes(half_a_year: Tickets, profile: LearnProfile) -> None:
    folder = find_pack("boston")
    shipped = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    learned = learn_pack(half_a_year, profile.facts, lambda _: None)
    assert pack_texts(learned.pack) == shipped, "hub city learn FILE --profile boston311 --out its folder"
    assert learned.price == 0.11


def test_the_shipped_pack_has_no_limits_where_the_city_set_none() -> None:
    boston = load_city("boston")
    kinds = (ClockKind.SIGN_FOR, ClockKind.RESOLVE)
    assert not any(
        boston.limit_of(kind, code, Urgency.UNKNOWN) for kind in kinds for code in boston.categories
    )


def test_learned_until_may_it_does_well_in_may_and_june(half_a_year: Tickets, profile: LearnProfile) -> None:
    known = half_a_year.select(half_a_year.opened < FIRST_OF_MAY)
    learned = learn_pack(known, profile.facts, lambda _: None)
    city = build_city(learned.pack)
    verdict = judge_later(city, profile.facts, learned.joins, half_a_year, FIRST_OF_MAY)
    assert verdict.tickets == verdict.placed == 20_768
    assert verdict.case_units_right / verdict.units_told >= 0.96
    assert verdict.towns_right / verdict.towns_told >= 0.96
    assert verdict.joined.recall >= 0.55
    assert verdict.joined.share <= 0.09


def test_the_command_writes_a_sound_pack_and_says_how_it_does(shared_data: Find, tmp_path: Path) -> None:
    arguments = ["--profile", "boston311", "--out", str(tmp_path / "boston"), "--until", "2015-02-01"]
    done = CliRunner().invoke(main, ["city", "learn", str(shared_data(TICKETS)), *arguments])
    assert done.exit_code == 0, done.output
    assert "7528 tickets made 9 files" in done.stdout
    assert "later" in done.stdout
    assert load_city(tmp_path / "boston").settings.catalogue_version == "2015-01_2015-01"
