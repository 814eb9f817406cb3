"""A file becomes tickets, tickets become places and a pack, and the pack's files say the same again."""

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.citypack.labelled import FACTS, ORIGIN_LON, Told, table

from hub.citypack.city import build_city
from hub.citypack.learn.judge import judge
from hub.citypack.learn.learned_pack import assemble, learn_pack
from hub.citypack.learn.places_table import learn_places
from hub.citypack.learn.profile import Pick, load_profile, packaged_profiles
from hub.citypack.learn.read_tickets import read_tickets
from hub.citypack.learn.tickets import NEVER_CLOSED, NO_DUE
from hub.citypack.learn.write_pack import pack_texts, write_pack
from hub.citypack.load import load_city, read_pack
from hub.citypack.model import Join
from hub.cli import main
from hub.contracts.fields import Point
from hub.errors import HubError

PROFILE = load_profile("boston311")
HEADER = ",".join(PROFILE.columns.names())
LINE = (
    "7,Works,Roads,Pothole,Main: hole,-71.1,42.3,1 Main  ST,03/08/2015 03:00:00 AM,03/09/2015 01:00:00 AM,"
    "03/10/2015 08:30:00 AM,PWDx,Case Closed Duplicate of 5,Ward 05,Boston,C-11"
)
BLIND = "6,Works,Roads,Pothole,,-71.0587,42.3594,,03/01/2015 12:00:00 AM,,,No Q,,,Roxbury,"


def read(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


def test_a_line_becomes_a_ticket() -> None:
    tickets = read_tickets(gzip.compress(read(LINE, BLIND)), PROFILE)
    assert tickets.ids == ("6", "7")
    assert tickets.paths[1] == ("Works", "Roads", "Pothole")
    assert tickets.opened[1] == 1_425_798_000  # 2015-03-08 07:00 UTC: summer time has begun
    assert tickets.closed.tolist() == [NEVER_CLOSED, 1_425_877_200]
    assert tickets.due.tolist() == [NO_DUE, 1_425_990_600]
    assert tickets.real.tolist() == [False, True]
    assert tickets.duplicate.tolist() == [False, True]
    assert tickets.addresses == ("", "1 main st")
    assert tickets.months == ("2015-03", "2015-03")
    assert tickets.units == ("", "PWDx")
    assert (tickets.towns, tickets.quarters, tickets.districts) == (("", "5"), ("Roxbury", ""), ("", "C11"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no column"),
        (b"a,b\n1,2\n", "has no column"),
        (read(), "no ticket"),
        (read("7,Works"), "Line 2 is cut short"),
        (read(LINE, LINE.replace("03/08/2015", "2015-03-08")), "Line 3, OPEN_DT"),
        (read(LINE.replace("42.3", "north")), "Line 2, LATITUDE"),
        (gzip.compress(read(LINE))[:-9], "damaged"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, said: str) -> None:
    with pytest.raises(HubError, match=said):
        read_tickets(content, PROFILE)


@pytest.mark.parametrize(("day", "side"), [("2015-03-01", "before"), ("2015-03-09", "on or after")])
def test_a_day_that_leaves_nothing_to_learn_or_to_judge_is_refused(
    tmp_path: Path, day: str, side: str
) -> None:
    file = tmp_path / "tickets.csv"
    file.write_bytes(read(LINE, BLIND))
    arguments = ["--profile", "boston311", "--out", str(tmp_path / "out"), "--until", day]
    done = CliRunner().invoke(main, ["city", "learn", str(file), *arguments])
    assert done.exit_code == 2
    assert f"No ticket was opened {side} {day}" in done.stderr


def test_a_pick_takes_its_groups_or_all_that_matches() -> None:
    assert Pick(column="c", pattern=r"^([A-E])-?(\d+)$").of("C-11") == "C11"
    assert Pick(column="c", pattern="(?i)duplicate").of("a Duplicate") == "Duplicate"
    assert Pick(column="c", pattern="x").of("y") == ""
    assert Pick(column="c").of("all") == "all"


def test_profiles_are_found_by_name_or_path_and_mistakes_in_them_are_named(tmp_path: Path) -> None:
    assert packaged_profiles() == ("boston311",)
    with pytest.raises(HubError, match="no learning profile named nowhere"):
        load_profile("nowhere")
    broken = tmp_path / "mine.yaml"
    broken.write_text("columns: {id: x, town: {column: a, pattern: '('}}\n")
    with pytest.raises(HubError, match=r"columns\.title: Field required.*not a regular expression"):
        load_profile(str(broken))
    broken.write_text("columns: [\n")
    with pytest.raises(HubError, match="not YAML"):
        load_profile(str(broken))


def test_towns_cells_and_names_are_what_most_tickets_say() -> None:
    told = [Told(north=10, town="1", quarter="Harbour"), Told(north=20, town="1", district="B")]
    told += [Told(north=30, town="2", district="B"), Told(north=3000, town="2", quarter="Hill", district="B")]
    told += [Told(north=3010, town="2", quarter="Harbour"), Told(north=3020, town="", quarter="Harbour")]
    told += [
        Told(north=40, town="1", quarter="Harbour"),
        Told(north=None, town="2", quarter="Hill", district="B"),
    ]
    places = learn_places(table(*told), FACTS, 250.0)
    assert [(town.code, town.district, town.aliases) for town in places.towns] == [
        ("T00", "ALL", ()),
        ("T01", "A", ("Ward 1", "1", "Harbour")),
        ("T02", "B", ("Ward 2", "2", "Hill")),
    ]
    assert [(district.code, district.name) for district in places.districts] == [
        ("A", "Old Town"),
        ("ALL", "ALL"),
        ("B", "B"),
    ]
    assert [cell.town for cell in places.cells] == ["T01", "T02"]
    assert places.grid.border_cells == 3
    assert places.grid.origin_lon < ORIGIN_LON
    with pytest.raises(HubError, match="No ticket has a real point"):
        learn_places(table(Told(north=None)), FACTS, 0.0)


def test_a_learned_pack_is_sound_and_its_files_say_the_same(tmp_path: Path) -> None:
    told = [Told(n * 3.0, north=0, duplicate=n > 0, quarter="Harbour, old") for n in range(6)]
    told += [Told(30, north=None, town="", unit="")]
    told += [Told(40, north=5000, town="2", path=("Parks", "Trees", "Dead"))]
    learned = learn_pack(table(*told), FACTS, lambda _: None)
    files = write_pack(learned.pack, tmp_path)
    assert len(files) == 9
    city, mistakes = read_pack(tmp_path)
    assert mistakes == ()
    assert city is not None
    ours = build_city(learned.pack)
    assert city.settings == ours.settings
    for name in ("districts", "towns", "units", "categories", "catalogue", "calendar", "weights"):
        assert getattr(city, name) == getattr(ours, name), name
    assert city.join_of("roads.pothole") == Join(related=False, within_m=5, within_hours=24)
    default = city.default_point(Point(lon=16.5, lat=0.5))
    assert default is not None
    assert default.town == "T00"


def test_a_name_that_a_table_cannot_hold_is_refused(tmp_path: Path) -> None:
    learned = learn_pack(table(Told(quarter="this | that")), FACTS, lambda _: None)
    with pytest.raises(HubError, match=r"aliases: 'this \| that' holds a"):
        write_pack(learned.pack, tmp_path)


def test_a_city_is_judged_on_what_the_tickets_tell() -> None:
    told = [
        Told(0),
        Told(1, duplicate=True, unit="parks"),
        Told(2, north=None, town=""),
        Told(3, town="2", unit=""),
    ]
    tickets = table(*told)
    learned = learn_pack(tickets, FACTS, lambda _: None)
    city = build_city(assemble(tickets, FACTS, {}))
    cases = learned.learner.past.cases({told[0].path: Join(within_m=5, within_hours=24)})
    verdict = judge(city, FACTS, tickets, cases, tickets.opened > tickets.opened[0])
    assert (verdict.tickets, verdict.placed) == (3, 2)
    assert (verdict.towns_right, verdict.towns_told) == (1, 2)
    assert (verdict.units_right, verdict.case_units_right, verdict.units_told) == (1, 1, 2)
    assert (verdict.joined.found, verdict.joined.merged) == (1, 2)


def test_the_same_tickets_give_the_same_texts() -> None:
    tickets = table(*[Told(n, north=n * 50.0, town=str(n % 3)) for n in range(12)])
    first, second = (pack_texts(learn_pack(tickets, FACTS, lambda _: None).pack) for _ in range(2))
    assert first == second


def test_the_shipped_boston_pack_is_sound() -> None:
    city = load_city("boston")
    assert len(city.towns) == 23
    assert sum(not city.join_of(code).never for code in city.categories) == 27
    for told in ("Ward 5", "05", "5"):
        located = city.located_by_code(told)
        assert located is not None
        assert located.town == "025-W05"
