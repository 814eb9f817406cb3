"""Files onto the feeds and topics back to the reader's eye, on a real broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka import KafkaProducer
from tests.broker.deployment import PARTITIONS, Deployment

from hub.contracts.feeds import GridReport, HotlineTicket, ReadingPack
from hub.edges.profiles import load_profile
from hub.edges.progress import Progress, digest_of, load_progress
from hub.edges.publish_file import FilePublication
from hub.edges.rows import Row, RowRefused, read_rows
from hub.errors import HubError
from hub.runtime.codec import decode
from hub.runtime.keys import partition_of
from hub.runtime.publisher import RecordTooLarge
from hub.runtime.reader import Follower, read_whole
from hub.topics import GRID, HOTLINE, READINGS

PHONE = "13800138000"
TICKET = {
    "source": "hotline-12345",
    "reported_at": "2026-03-01T08:00:00Z",
    "category": "noise",
    "title": "a neighbour of mine",
    "text": f"call me at {PHONE}",
    "appellant": {"name": "Wang", "phone": PHONE},
    "place": {"code": "110101001", "address": "5 Long Street"},
}


@pytest.fixture(scope="module")
def city(broker: str) -> Deployment:
    deployment = Deployment(broker, "publish.")
    deployment.make_topics()
    return deployment


@pytest.fixture
def fresh(broker: str, request: pytest.FixtureRequest) -> Deployment:
    deployment = Deployment.of_test(broker, request)
    deployment.make_topics()
    return deployment


def tickets(path: Path, count: int, *bad: str) -> Path:
    lines = [json.dumps({**TICKET, "id": f"t{number}"}) for number in range(count)]
    path.write_text("\n".join([*lines[:1], *bad, *lines[1:]]) + "\n")
    return path


def ids(count: int) -> list[str]:
    return sorted(f"t{number}" for number in range(count))


def test_good_rows_flow_and_bad_ones_are_listed_with_line_and_reason(
    fresh: Deployment, tmp_path: Path
) -> None:
    file = tickets(tmp_path / "tickets.jsonl", 5, "not json", json.dumps({**TICKET, "id": "", "text": PHONE}))
    result = fresh.hub("publish", "hotline", str(file))
    assert result.exit_code == 0, result.output
    assert "7 rows, 5 to hotline.tickets" in result.output
    rejects = [json.loads(line) for line in (tmp_path / "tickets.jsonl.rejects").read_text().splitlines()]
    assert [(row["line"], row["field"]) for row in rejects] == [(2, "line"), (3, "id")]
    assert PHONE not in result.output + str(rejects)
    assert fresh.ids(HOTLINE) == ids(5)


def test_a_record_is_whole_and_lies_where_its_key_belongs(fresh: Deployment, tmp_path: Path) -> None:
    fresh.hub("publish", "hotline", str(tickets(tmp_path / "tickets.jsonl", 20)))
    records = fresh.records(HOTLINE)
    assert {record.partition for record in records} == set(range(PARTITIONS))
    for record in records:
        assert record.key is not None
        assert record.value is not None
        assert record.partition == partition_of(record.key, PARTITIONS)
        body = decode("HotlineTicket", 1, record.value)
        assert body == HotlineTicket.model_validate({**TICKET, "id": record.key.decode()})
        assert dict(record.headers)["ce_source"] == b"hotline-12345"


def test_a_published_file_is_not_published_twice_unless_asked(fresh: Deployment, tmp_path: Path) -> None:
    file = str(tickets(tmp_path / "tickets.jsonl", 3))
    fresh.hub("publish", "hotline", file)
    again = fresh.hub("publish", "hotline", file)
    assert "3 rows are published already" in again.output
    assert fresh.ids(HOTLINE) == ids(3)
    assert "3 to hotline.tickets" in fresh.hub("publish", "hotline", file, "--again").output
    assert fresh.ids(HOTLINE) == sorted([*ids(3), *ids(3)])


def test_a_changed_file_is_other_work(fresh: Deployment, tmp_path: Path) -> None:
    fresh.hub("publish", "hotline", str(tickets(tmp_path / "tickets.jsonl", 1)))
    assert "2 rows" in fresh.hub("publish", "hotline", str(tickets(tmp_path / "tickets.jsonl", 2))).output


def interrupted(
    rows: Iterator[tuple[int, Row | RowRefused]], at: int
) -> Iterator[tuple[int, Row | RowRefused]]:
    for number, row in enumerate(rows):
        if number == at:
            raise KeyboardInterrupt
        yield row


def test_an_interrupted_publication_goes_on_without_loss_or_double(fresh: Deployment, tmp_path: Path) -> None:
    file = tickets(tmp_path / "tickets.jsonl", 50, "broken {", "broken [")
    progress_path, rejects_path = tmp_path / "progress", tmp_path / "rejects"
    start = Progress(digest=digest_of(file), profile="hotline", topics=(HOTLINE,), cluster="c")

    def publish(stop_at: int) -> None:
        with fresh.publisher() as publisher:
            FilePublication(
                load_profile("hotline"),
                [HOTLINE],
                publisher,
                progress=load_progress(progress_path, start),
                progress_path=progress_path,
                rejects_path=rejects_path,
            ).run(interrupted(read_rows(file), stop_at))

    for stop_at in (2, 20, 20, 41):
        with pytest.raises(KeyboardInterrupt):
            publish(stop_at)
    publish(10_000)
    assert fresh.ids(HOTLINE) == ids(50)
    assert len(rejects_path.read_text().splitlines()) == 2
    assert load_progress(progress_path, start).finished


def test_one_file_may_fill_several_feeds(fresh: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "311.csv"
    columns = (
        "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,CASE_TITLE,SUBJECT,REASON,TYPE,Location,neighborhood,ward,"
        "LATITUDE,LONGITUDE,Source"
    )
    row = ",01/01/2015 12:00:00 AM,,01/02/2015 01:00:00 AM,T,S,R,Y,,,Ward 5,42.36,-71.06,"
    file.write_text(f"{columns}\n1{row}Self Service\n2{row}City Worker App\n")
    assert "1 to grid.reports" in fresh.hub("publish", "grid", str(file), "--profile", "boston311").output
    assert fresh.ids(HOTLINE) == []
    result = fresh.hub("publish", "all", str(file), "--profile", "boston311")
    assert "1 to grid.reports, 1 to hotline.tickets, 2 to unit.actions" in result.output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["hot", "FILE"], "There is no feed hot"),
        (["all", "FILE"], "Several feeds need a profile"),
        (["grid", "FILE", "--profile", "sffood"], "makes nothing for grid.reports"),
        (["grid", "FILE"], "could use none of 1 rows"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    city: Deployment, tmp_path: Path, words: list[str], problem: str
) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"a": 1}\n')
    result = city.hub("publish", *(str(file) if word == "FILE" else word for word in words))
    assert result.exit_code == 2
    assert problem in result.stderr
    assert "Fix:" in result.stderr


def test_topics_must_be_there_before_publishing(broker: str, tmp_path: Path) -> None:
    result = Deployment(broker, "nowhere.").hub("publish", "hotline", str(tickets(tmp_path / "t.jsonl", 1)))
    assert result.exit_code == 2
    assert "hub topics apply" in result.stderr


def test_tail_shows_restricted_records_masked_unless_allowed(fresh: Deployment, tmp_path: Path) -> None:
    fresh.hub("publish", "hotline", str(tickets(tmp_path / "tickets.jsonl", 2)))
    words = ["tail", "hotline.tickets", "--from", "beginning", "--no-follow"]
    masked = [json.loads(line) for line in fresh.hub(*words, "--json").output.splitlines()]
    assert sorted(row["id"] for row in masked) == ids(2)
    for row in masked:
        assert row["body"]["category"] == "noise"
        assert row["body"]["place"] == {"code": "110101001", "address": "[masked]"}
        assert row["body"]["appellant"] == row["body"]["text"] == row["body"]["title"] == "[masked]"
    assert PHONE not in fresh.hub(*words).output
    assert PHONE in fresh.hub(*words, "--i-may-see-personal-data").output


def test_tail_follows_until_its_limit(city: Deployment) -> None:
    with city.publisher() as publisher:
        for number in range(3):
            report = GridReport.model_validate(
                {
                    "source": "g",
                    "id": f"g{number}",
                    "reported_at": "2026-03-01T08:00:00Z",
                    "category": "c",
                    "place": {"code": "x"},
                }
            )
            publisher.publish(GRID, report.id, report, source="g", id=report.id, time=report.reported_at)
    result = city.hub("tail", "grid.reports", "--from", "beginning", "--limit", "3")
    assert [line.split()[2:4] for line in result.output.splitlines()].count(["GridReport", "g0"]) == 1
    assert len(result.output.splitlines()) == 3


def test_tail_says_why_it_can_not_read_and_shows_no_bytes(fresh: Deployment) -> None:
    with fresh.publisher() as publisher:
        publisher.publish_raw(HOTLINE, b"k", f"{PHONE}\x1b[31m".encode(), [("ce_id", b"1")])
        publisher.publish_raw(HOTLINE, b"k", None, [])
    lines = fresh.hub("tail", "hotline.tickets", "--from", "beginning", "--no-follow").output.splitlines()
    assert "unreadable, 16 bytes: missing_header" in lines[0]
    assert "removed" in lines[1]
    assert PHONE not in str(lines)


def test_a_unit_reads_its_own_orders_and_unknown_topics_are_named(city: Deployment) -> None:
    assert city.hub("tail", "unit:water", "--from", "beginning", "--no-follow").output == ""
    assert "There is no topic publish.unit.orders.fire" in city.hub("tail", "unit:fire").stderr
    assert "There is no topic casevents" in city.hub("tail", "casevents").stderr


def test_a_reader_sees_committed_records_only_and_ends_before_an_open_transaction(fresh: Deployment) -> None:
    settings = {"bootstrap.servers": fresh.brokers, "transactional.id": "reader-test", "log_level": 0}
    producer = Producer(settings)
    producer.init_transactions(30)
    topic = fresh.prefix + GRID
    for value, commit in ((b"aborted", False), (b"committed", True)):
        producer.begin_transaction()
        for partition in range(PARTITIONS):
            producer.produce(topic, value, partition=partition)
        if commit:
            producer.commit_transaction(30)
        else:
            producer.flush(10)
            producer.abort_transaction(30)
    producer.begin_transaction()
    producer.produce(topic, b"open", partition=0)
    producer.flush(10)
    assert [record.value for record in fresh.records(GRID)] == [b"committed"] * PARTITIONS
    only_one = list(read_whole(fresh.brokers, [GRID], prefix=fresh.prefix, partitions=[1]))
    assert [(record.topic, record.partition) for record in only_one] == [(GRID, 1)]
    with Follower(fresh.brokers, [GRID], prefix=fresh.prefix) as follower:
        producer.commit_transaction(30)
        producer.begin_transaction()
        producer.produce(topic, b"new", partition=1)
        producer.commit_transaction(30)
        seen = {record.value for _ in range(20) for record in follower.read(0.1)}
    assert seen == {b"open", b"new"}  # both were committed after the follower was made


def test_a_record_too_large_for_its_topic_is_refused_at_once(city: Deployment) -> None:
    big = ReadingPack.model_construct(
        source="g",
        id="p",
        gateway="g",
        base_time=HotlineTicket.model_validate({**TICKET, "id": "x"}).reported_at,
        slots=b"",
        values=b"\0" * (12 << 20),
        offsets_ms=b"",
    )
    with (
        city.publisher() as publisher,
        pytest.raises(RecordTooLarge, match=r"too large for iot\.readings"),
    ):
        publisher.publish(READINGS, "g", big, source="g", id="p", time=big.base_time)


def test_ten_megabytes_reach_the_topic_so_that_they_can_become_a_dead_letter(fresh: Deployment) -> None:
    with fresh.publisher() as publisher:
        publisher.publish_raw(HOTLINE, b"k", b"x" * 10_000_000, [])
    assert [len(record.value or b"") for record in fresh.records(HOTLINE)] == [10_000_000]


def test_what_the_cluster_refuses_is_told_at_the_latest_by_flush(broker: str) -> None:
    publisher = Deployment(broker, "not-made.").publisher()
    publisher.publish_raw(HOTLINE, b"k", b"v", [])
    with pytest.raises(HubError, match=r"acknowledged|refused"):
        publisher.flush(1.0)


def test_other_clients_put_a_key_where_we_do(fresh: Deployment) -> None:
    keys = [f"town-{number}".encode() for number in range(50)]
    other = KafkaProducer(bootstrap_servers=fresh.brokers)
    for key in keys:
        other.send(fresh.prefix + GRID, key=key, value=b"theirs")
    other.close()
    with fresh.publisher() as publisher:
        for key in keys:
            publisher.publish_raw(GRID, key, b"ours", [])
    homes: dict[bytes | None, set[int]] = {}
    for record in fresh.records(GRID):
        homes.setdefault(record.key, set()).add(record.partition)
    assert len(homes) == 50
    assert all(len(partitions) == 1 for partitions in homes.values())
