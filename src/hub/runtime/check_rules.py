"""Rules for what a worker relies on before it begins: brokers, topics, schemas, clock, folder. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.runtime.cluster_facts import ClusterFacts, PartitionFacts, Version
from hub.runtime.findings import Finding, listed, ok, warning, wrong
from hub.runtime.topic_specs import Difference, DifferenceKind, FoundTopic, TopicSpec

FENCED_BY_GENERATION: Version = (2, 5)
"""Kafka from here on refuses the offsets of a worker that the group has passed over (KIP-447)."""

OWN_EPOCHS: Version = (4, 0)
"""Kafka from here on keeps a late write out of the next transaction (KIP-890), where that is switched on."""

_UNCLEAN = "unclean.leader.election.enable"

SKEW_WARNING_S = 2.0
SKEW_WRONG_S = 30.0

ROOM_WARNING_BYTES = 2 << 30
ROOM_WRONG_BYTES = 200 << 20


def judge_brokers(facts: ClusterFacts) -> Finding:
    """All answer, one is the controller, their versions are the same and new enough."""
    check = "brokers"
    silent = [f"{broker.id} at {broker.address}" for broker in facts.brokers if broker.version is None]
    versions = sorted({broker.version for broker in facts.brokers if broker.version is not None})
    told = ", ".join(_text(version) for version in versions)
    if versions and versions[0] < FENCED_BY_GENERATION:
        need = _text(FENCED_BY_GENERATION)
        return wrong(
            check,
            f"Kafka {told}: before {need} a worker that lost its partitions can still commit",
            f"upgrade the brokers to {_text(OWN_EPOCHS)} or newer, {need} at least",
        )
    if facts.controller is None:
        return wrong(
            check,
            "no controller: no topic can change and no leader be chosen",
            "read the controllers' logs",
            passing=True,
        )
    if silent:
        return warning(check, f"broker {listed(silent)} does not answer", "start it, or read its log")
    if len(versions) > 1:
        return warning(check, f"versions {told} side by side", "finish the upgrade of the brokers")
    return ok(check, f"{len(facts.brokers)} of Kafka {told}, controller {facts.controller}")


def judge_transactions_protocol(facts: ClusterFacts) -> Finding:
    """Transactions have epochs of their own."""
    check = "transactions"
    if facts.transaction_version >= 2:
        return ok(check, "protocol 2")
    new = all((broker.version or OWN_EPOCHS) >= OWN_EPOCHS for broker in facts.brokers)
    return warning(
        check,
        "protocol 1: a write that arrives late may open a transaction that nobody ends, and readers of "
        "committed records then wait behind it",
        "kafka-features.sh --bootstrap-server HOST upgrade --feature transaction.version=2"
        if new
        else f"upgrade the brokers to {_text(OWN_EPOCHS)} or newer",
    )


def judge_topics(differences: Sequence[Difference], wanted: int) -> Finding:
    """Every topic of the map is there, with its partitions and settings."""
    check = "topics"
    if not differences:
        return ok(check, f"{wanted} as the map wants them")
    missing = [one.topic for one in differences if one.kind is DifferenceKind.MISSING]
    partitions = [one for one in differences if one.kind is DifferenceKind.PARTITIONS]
    settings = [one for one in differences if one.kind is DifferenceKind.CONFIG]
    told = [
        *([f"missing: {listed(missing)}"] if missing else []),
        *(
            [f"other partition counts: {listed(f'{p.topic} {p.found} not {p.wanted}' for p in partitions)}"]
            if partitions
            else []
        ),
        *(
            [
                "other settings: "
                + listed(f"{one.topic} {one.setting}={one.found} not {one.wanted}" for one in settings)
            ]
            if settings
            else []
        ),
    ]
    fix = partitions[0].fix if partitions else "run `hub topics apply`"
    return wrong(check, "; ".join(told), fix)


def judge_changelogs(sources: Mapping[str, str], found: Mapping[str, FoundTopic]) -> Finding:
    """The changelog of each step, by source topic, has as many partitions as the source."""
    check = "changelogs"
    apart = [
        f"{log} has {found[log].partitions}, {source} {found[source].partitions}"
        for source, log in sources.items()
        if log in found and source in found and found[log].partitions != found[source].partitions
    ]
    if apart:
        return wrong(
            check,
            f"other partition counts than their sources: {listed(apart)}",
            "begin a new deployment under another HUB_TOPIC_PREFIX: rows lie with records of others",
        )
    return ok(check, f"{len(sources)} with the partitions of their sources")


def judge_replicas(
    partitions: Iterable[PartitionFacts], found: Mapping[str, FoundTopic], wanted: Iterable[TopicSpec]
) -> Finding:
    """Every partition has a leader, and copies enough to write to."""
    check = "copies"
    copies = {spec.name: spec.replication for spec in wanted}
    worst: defaultdict[str, list[str]] = defaultdict(list)
    count = 0
    for one in partitions:
        count += 1
        topic = found.get(one.topic)
        least = int(topic.config.get("min.insync.replicas", "1")) if topic else 1
        place = f"{one.topic} {one.partition}"
        if not one.led:
            worst["offline"].append(place)
        elif one.in_sync < least:
            worst["refusing"].append(f"{place} ({one.in_sync} in sync, {least} needed)")
        elif one.in_sync < one.replicas:
            worst["behind"].append(f"{place} ({one.in_sync} of {one.replicas})")
        elif one.replicas < copies.get(one.topic, 1):
            worst["few"].append(f"{place} ({one.replicas} of {copies[one.topic]})")
    if worst["offline"]:
        places = listed(worst["offline"])
        return wrong(check, f"no leader: {places}", "start the brokers that hold them", passing=True)
    if worst["refusing"]:
        return wrong(
            check,
            f"too few copies to take a record: {listed(worst['refusing'])}",
            "start the brokers that are away; until then nothing can be committed there",
            passing=True,
        )
    if worst["behind"]:
        return warning(
            check, f"copies behind: {listed(worst['behind'])}", "look at the brokers that are away or slow"
        )
    if worst["few"]:
        return warning(
            check,
            f"fewer copies than HUB_REPLICATION: {listed(worst['few'])}",
            "add copies with kafka-reassign-partitions.sh: a topic keeps the number that it was made with",
        )
    return ok(check, f"{count:,} partitions with all copies in sync")


def judge_elections(found: Mapping[str, FoundTopic]) -> Finding:
    """No partition may be led by a copy that lacks records that were acknowledged."""
    check = "elections"
    unclean = [name for name, topic in found.items() if topic.config.get(_UNCLEAN) == "true"]
    if unclean:
        return wrong(
            check,
            f"a copy that lacks records may lead: {listed(unclean)}",
            f"set {_UNCLEAN}=false for these topics, or on the brokers if it comes from there",
        )
    return ok(check, "only copies that have every record may lead")


def judge_schemas(problems: Sequence[str], contracts: int) -> Finding:
    """The schemas on record are those of the contracts that run, and old and new read each other."""
    if problems:
        return wrong(
            "schemas",
            f"{len(problems)} not as the contracts say, first: {problems[0]}",
            "install the release whole; in a checkout see `hub schemas check`",
        )
    return ok("schemas", f"{contracts} contracts as on record")


def judge_clock(skew_s: float | None) -> Finding:
    """This machine's clock goes with the broker's: limits fire, and records are refused, by both."""
    check = "clock"
    if skew_s is None:
        return ok(check, "not compared: time is simulated")
    told = f"{abs(skew_s):.1f} s {'ahead of' if skew_s > 0 else 'behind'} the broker's"
    fix = "set this machine and the brokers by the same time server (chrony or systemd-timesyncd)"
    if abs(skew_s) >= SKEW_WRONG_S:
        return wrong(check, told, fix)
    return warning(check, told, fix) if abs(skew_s) >= SKEW_WARNING_S else ok(check, told)


def judge_room(folder: str, free_bytes: int | None) -> Finding:
    """The data folder can be written and has room; None where it can't be written."""
    check = "data folder"
    if free_bytes is None:
        return wrong(
            check, f"{folder} can't be written", "set HUB_DATA to a folder of this user, or mend its rights"
        )
    told = f"{folder}: {free_bytes / (1 << 30):,.1f} GB free"
    fix = "make room, or set HUB_DATA to another disk"
    if free_bytes < ROOM_WRONG_BYTES:
        return wrong(check, told, fix)
    return warning(check, told, fix) if free_bytes < ROOM_WARNING_BYTES else ok(check, told)


def _text(version: Version) -> str:
    return ".".join(map(str, version))
