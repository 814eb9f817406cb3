"""Rules for a deployment at work: every step moves, nothing holds readers up, nothing is left over. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from hub.contracts.reasons import Reason
from hub.runtime.cluster_facts import HeldUp, OpenTransaction, StepFacts
from hub.runtime.findings import Finding, listed, ok, warning, wrong

OPEN_S = 15.0
"""A transaction is old after so long: our own end within 10 s, one way or the other."""

ORPHAN_S = 10.0
"""Readers that stand so long before a transaction of which no coordinator knows wait for ever."""

FALLING_BEHIND = 1_000
"""Records by which a step may fall behind between two looks: a gust, no storm."""


def judge_strangers(
    there: Iterable[str], wanted: Iterable[str], prefix: str, families: Sequence[str]
) -> Finding:
    """No topics under the prefix that the map does not know; without one, none that are named like ours."""
    check = "strangers"
    known = set(wanted)
    begins = (prefix,) if prefix else tuple(families)
    strange = [name for name in there if name.startswith(begins) and name not in known]
    if strange:
        return warning(
            check,
            f"{len(strange)} topics that the map does not know: {listed(strange)}",
            "of units that left the pack, or of another city: check HUB_CITY; delete what nobody reads",
        )
    return ok(check, "every topic of the deployment is the map's")


def judge_step(facts: StepFacts) -> Finding:
    """Somebody runs the step, and it moves while records wait."""
    check = f"step {facts.step}"
    waiting = f"{facts.after:,} records wait"
    if facts.beyond:
        return wrong(
            check,
            f"has committed more than there is on {_places(facts.beyond)}",
            "the topic was made anew, or an unclean election lost records: compare with `hub ledger`; for a "
            "new topic begin a new deployment under another HUB_TOPIC_PREFIX, the old rows do not fit it",
        )
    if not facts.group.members:
        return wrong(
            check,
            f"nobody runs it: group {facts.group.name} has no members; {waiting}",
            "start a worker with `hub run`; if one should run, read its log",
        )
    if facts.stuck:
        return wrong(
            check,
            f"stuck: {waiting}, and nothing was committed in {facts.seconds:.0f} s on {_places(facts.stuck)}",
            "see `transactions open` and `copies` here, then the log of the worker that holds them; "
            "restart that worker: it goes on where it was",
        )
    grown = facts.after - facts.before
    if grown > FALLING_BEHIND:
        return warning(
            check,
            f"falls behind by {grown / facts.seconds:,.0f} records/s; {waiting}",
            "if that lasts, start another worker in a slot of its own (HUB_SLOT)",
        )
    return ok(check, f"{facts.group.members} members, {waiting}")


def judge_open_transactions(transactions: Iterable[OpenTransaction], held_up: HeldUp) -> Finding:
    """No transaction stays open for long on our topics: readers of committed records wait behind it."""
    check = "transactions open"
    old = sorted(
        (one for one in transactions if one.age_s >= OPEN_S and one.partitions), key=lambda one: -one.age_s
    )
    if old:
        oldest = old[0]
        behind = sum(held_up.records.get(at, 0) for at in oldest.partitions)
        return wrong(
            check,
            f"{oldest.transactional_id} for {oldest.age_s:.0f} s on {_places(oldest.partitions)}, "
            f"{behind:,} records behind it" + (f"; {len(old) - 1} more" if len(old) > 1 else ""),
            f"end or mend that publisher; the broker aborts it after {oldest.timeout_s:.0f} s "
            "(its transaction.timeout.ms, better 10 s)",
        )
    explained = {at for one in transactions for at in one.partitions}
    orphans = {at: count for at, count in held_up.records.items() if at not in explained}
    if orphans and held_up.seconds >= ORPHAN_S:
        return wrong(
            check,
            f"readers are held up on {_places(orphans)} for {held_up.seconds:.0f} s and more, "
            "by a transaction that no coordinator knows",
            "kafka-transactions.sh find-hanging, then abort; transactions protocol 2 keeps it from happening",
        )
    return ok(check, "none for long")


def judge_letters(by_reason: Mapping[Reason, int], period: str) -> Finding:
    """Few records became dead letters, and none by a fault of the hub."""
    check = "dead letters"
    total = sum(by_reason.values())
    if not total:
        return ok(check, f"none {period}")
    most = sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))
    told = f"{total:,} {period}: " + ", ".join(f"{reason} {count:,}" for reason, count in most[:4])
    if faults := by_reason.get(Reason.FAULT_IN_HANDLER, 0):
        return wrong(
            check,
            f"{told}; {faults:,} by faults of the hub",
            "`hub dead-letters list --reason fault_in_handler` shows where; replay once that is mended",
        )
    return warning(check, told, "`hub dead-letters list` says what to mend, and at which publisher")


def _places(partitions: Iterable[tuple[str, int]]) -> str:
    return listed(f"{topic} {partition}" for topic, partition in partitions)
