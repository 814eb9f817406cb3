"""What every loop over a consumer group does: sessions until told to stop, and polls of what has gathered."""

import threading
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message

POLL_S = 0.1

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0


def in_sessions(
    stop: threading.Event,
    session: Callable[[], None],
    lost: Callable[[KafkaError, float], None],
    ended: Callable[[], None],
) -> None:
    """Run one session after the other until ``stop``; trouble with the cluster ends one, a bug raises.

    ``lost`` hears of trouble and of the seconds until the next session, ``ended`` of the end of each.
    """
    pause = _FIRST_PAUSE_S
    while not stop.is_set():
        try:
            session()
            pause = _FIRST_PAUSE_S
        except KafkaException as trouble:
            lost(trouble.args[0], pause)
            stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
        finally:
            ended()


def gathered(consumer: Consumer, most: int, patience_s: float) -> list[Message]:
    """Up to ``most`` messages: wait for a first one, then take along what gathers behind it meanwhile.

    Raises KafkaException for any error but the end of a partition.
    """
    if most <= 0:
        return []
    first = consumer.poll(POLL_S)
    if first is None:
        return []
    found = [first, *(consumer.consume(most - 1, patience_s) if most > 1 else ())]
    for message in found:
        error = message.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
    return [message for message in found if message.error() is None]
