import csv
import gzip
from functools import partial
from pathlib import Path

import pytest

from hub.edges.rows import RECORDS, RowRefused, read_rows
from hub.errors import HubError


def test_csv_rows_come_with_their_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text('\ufeffid,text\n1,"two\nlines"\n2,工单 🚰\n\n3,\x00\n', encoding="utf-8")
    assert list(read_rows(path)) == [
        (2, {"id": "1", "text": "two\nlines"}),
        (4, {"id": "2", "text": "工单 🚰"}),
        (6, {"id": "3", "text": "\x00"}),
    ]


def test_a_bad_csv_line_never_stops_the_others(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_bytes(b"id,text\n1\n2,\xff\xfe\n3,a,b,c\n4,good\n")
    rows = list(read_rows(path))
    problems = [(line, row.problem) for line, row in rows if isinstance(row, RowRefused)]
    assert problems == [
        (2, "has 1 fields, the first line names 2"),
        (3, "is not UTF-8"),
        (4, "has 4 fields, the first line names 2"),
    ]
    assert rows[-1] == (5, {"id": "4", "text": "good"})


def test_a_field_of_absurd_length_is_refused_and_the_next_row_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # the limit is the whole process's: other tests must not find this one's
    request.addfinalizer(partial(csv.field_size_limit, csv.field_size_limit()))
    monkeypatch.setattr("hub.edges.rows.LONGEST_FIELD", 1000)
    path = tmp_path / "tickets.csv"
    path.write_text(f"id,text\n1,{'x' * 5000}\n2,good\n")
    rows = list(read_rows(path))
    assert isinstance(rows[0][1], RowRefused)
    assert rows[-1] == (3, {"id": "2", "text": "good"})


def test_json_lines_hold_objects_or_arrays(tmp_path: Path) -> None:
    path = tmp_path / "packs.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n\n[{"n": "a"}]\n{"id":\n"text"\n\xff\n'))
    rows = list(read_rows(path))
    assert rows[:2] == [(1, {"id": 1}), (3, {RECORDS: [{"n": "a"}]})]
    assert [line for line, row in rows[2:] if isinstance(row, RowRefused)] == [4, 5, 6]


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_bytes(gzip.compress(b"id\n1\n"))
    assert list(read_rows(path)) == [(2, {"id": "1"})]


@pytest.mark.parametrize("name", ["tickets.xlsx", "tickets", "tickets.gz"])
def test_a_name_must_tell_the_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"id\n1\n")
    with pytest.raises(HubError, match=r"\.csv or \.jsonl"):
        list(read_rows(tmp_path / name))


def test_a_file_cut_short_is_told_from_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv.gz"
    path.write_bytes(gzip.compress(b"id\n" + b"12345\n" * 50_000)[:-40])
    with pytest.raises(HubError, match="damaged or cut short"):
        list(read_rows(path))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="No such file"):
        list(read_rows(tmp_path / "none.csv"))
