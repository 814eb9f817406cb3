"""What disturbs a core loop, in a few words that a metric can carry: an abort or a lost session, and why."""

from dataclasses import dataclass
from enum import StrEnum

from confluent_kafka import KafkaError


class TroubleKind(StrEnum):
    """How much is done again: one transaction, or everything since the state was last restored."""

    ABORT = "abort"
    SESSION = "session"


class Cause(StrEnum):
    """Why, in classes that ask for different answers of an operator."""

    FENCED = "fenced"
    MOVED = "moved"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One disturbance of the loop of a group of steps. Input that was in hand is done again, once."""

    worker: str
    kind: TroubleKind
    cause: Cause


_CODES: dict[Cause, tuple[int, ...]] = {
    # another process works in this slot, or this one was away for longer than its session
    Cause.FENCED: (
        KafkaError._FENCED,
        KafkaError.PRODUCER_FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
        KafkaError.INVALID_PRODUCER_ID_MAPPING,
        KafkaError.FENCED_INSTANCE_ID,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError._MAX_POLL_EXCEEDED,
    ),
    # the group gave partitions to others meanwhile
    Cause.MOVED: (
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError._ASSIGNMENT_LOST,
        KafkaError.STALE_MEMBER_EPOCH,
        KafkaError.FENCED_MEMBER_EPOCH,
    ),
    Cause.UNREACHABLE: (
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._TIMED_OUT,
        KafkaError._TIMED_OUT_QUEUE,
        KafkaError._MSG_TIMED_OUT,
        KafkaError._RESOLVE,
        KafkaError._WAIT_COORD,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.NOT_COORDINATOR,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.BROKER_NOT_AVAILABLE,
        KafkaError.NETWORK_EXCEPTION,
    ),
    # asked again it says the same, until somebody mends the cluster, the topics or the rights
    Cause.REFUSED: (
        KafkaError.NOT_ENOUGH_REPLICAS,
        KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.RECORD_LIST_TOO_LARGE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        KafkaError._AUTHENTICATION,
        KafkaError.KAFKA_STORAGE_ERROR,
        KafkaError.INVALID_TRANSACTION_TIMEOUT,
        KafkaError.UNSUPPORTED_VERSION,
    ),
}
_CAUSE_OF = {code: cause for cause, codes in _CODES.items() for code in codes}


def cause_of(error: KafkaError) -> Cause:
    """The class of a client's or broker's error."""
    return _CAUSE_OF.get(error.code(), Cause.OTHER)
