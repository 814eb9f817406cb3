# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""A step's door in C: records that are as they must be come in at once, all others are left to `door`."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int64_t

from hub.runtime.avro_native cimport moment
from hub.runtime.headers_native cimport read_known
from hub.runtime.named_native cimport named

from hub.contracts.fields import EARLIEST, LATEST, LONGEST_ID
from hub.flow import Arrival, Origin
from hub.runtime.at_once import Readable
from hub.runtime.keys import partition_of
from hub.runtime.record import EARLIEST_MS, LATEST_MS

cdef enum:
    TOPIC, PARTITION, OFFSET, TIMESTAMP_MS, KEY, VALUE, HEADERS

cdef object _ARRIVAL = Arrival, _ORIGIN = Origin, _READABLE = Readable
cdef object _PARTITION_OF = partition_of
cdef int _FIRST_YEAR = EARLIEST.year, _END_YEAR = LATEST.year
cdef int64_t _EARLIEST_MS = EARLIEST_MS, _LATEST_MS = LATEST_MS
cdef Py_ssize_t _LONGEST_ID = LONGEST_ID


cdef class Door:
    """Takes records in for one step.

    ``kinds`` maps what the headers of a contract say (see `read_known`) to (the function that reads its body,
    whether its key must fit the partition, whether it is public). Where that function raises anything the
    record is left to Python. ``clock`` and ``origin`` are the step's rules, or None.
    """

    cdef dict kinds
    cdef int partitions
    cdef Py_ssize_t most_bytes
    cdef object clock, origin

    def __init__(self, kinds, partitions, most_bytes, clock, origin):
        self.kinds = kinds
        self.partitions = partitions
        self.most_bytes = most_bytes
        self.clock = clock
        self.origin = origin

    def read(self, record):
        """(body, arrival), or None."""
        return self.taken(<tuple>record)

    def readable(self, record):
        """What `at_once` wants to know of a record, or None."""
        cdef tuple taken = self.taken(<tuple>record)
        if taken is None:
            return None
        body, arrival = taken
        try:
            shown = None if self.clock is None else self.clock(body, arrival)
            origin = origin_of(<tuple>arrival) if self.origin is None else self.origin(body, arrival)
        except Exception:
            return None
        return named(_READABLE, (record, body, arrival, origin, shown))

    cdef tuple taken(self, tuple record):
        cdef tuple said
        cdef int64_t millis = record[TIMESTAMP_MS]
        value = record[VALUE]
        if not PyBytes_CheckExact(value) or PyBytes_GET_SIZE(value) > self.most_bytes:
            return None
        if not _EARLIEST_MS <= millis <= _LATEST_MS:
            return None
        said = read_known(record[HEADERS], self.kinds, _FIRST_YEAR, _END_YEAR)
        if said is None:
            return None
        id, read, keyed, source, time = said
        try:
            body = read(value)
        except Exception:
            return None
        key = record[KEY]
        if key is None:
            key = b""
        if keyed and _PARTITION_OF(key, self.partitions) != record[PARTITION]:
            return None
        arrived = moment(millis)
        text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key), "replace")
        return body, named(
            _ARRIVAL,
            (
                record[TOPIC],
                "unknown" if source is None else source,
                id,
                text,
                arrived if time is None else time,
                arrived,
            ),
        )


cdef object origin_of(tuple arrival):
    """As `door.origin_of` says it for steps without a rule of their own."""
    cdef str source = arrival[1]
    if len(source) > _LONGEST_ID:
        source = source[:_LONGEST_ID]
    return named(_ORIGIN, (arrival[0], source, arrival[5], True))
