# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Records of what a step says, made in C; those with times in another zone are left to `outputs`."""

from cpython.datetime cimport (
    PyDateTime_DATE_GET_HOUR, PyDateTime_GET_DAY, PyDateTime_GET_MONTH, PyDateTime_GET_YEAR, import_datetime,
)
from cpython.unicode cimport PyUnicode_AsUTF8String

from hub.runtime.avro_native cimport millis_of
from hub.runtime.headers_native cimport write_time
from hub.runtime.named_native cimport named

import_datetime()

cdef enum Emitted:
    TOPIC, KEY, ID, TIME, BODY, CASE_ID

cdef enum Decided:
    REASON, EMITS, CHANGES, DETAIL, TERMINAL

cdef enum Read:
    RECORD, CONTRACT, ARRIVAL, ORIGIN, SHOWN

cdef enum From:
    FEED, SOURCE, ARRIVED, COUNTED

cdef enum At:
    LOG, PARTITION, OFFSET


cdef class Writer:
    """As `outputs.Writer`. ``plan_of`` tells how a model is written to a topic; it is asked once for each.

    ``any_output`` makes what is not made here.
    """

    cdef object kind, plan_of, any_output
    cdef tuple source
    cdef dict plans

    def __init__(self, kind, source, plan_of, any_output):
        self.kind = kind
        self.source = ("ce_source", source.encode())
        self.plan_of = plan_of
        self.any_output = any_output
        self.plans = {}

    def output(self, emit, causation):
        """The record of an emit."""
        return self.made(emit, causation, None)

    def settle(self, list outputs, records, outcomes, plain, count, settle):
        """As `outputs.Writer.settle`; an outcome without emits whose reason is not ``plain`` is left to ``settle``."""
        cdef tuple one, outcome, last_outcome = None, origin, last_origin = None
        cdef Py_ssize_t place, row = 0
        for place in range(len(outcomes)):
            one, outcome = <tuple>records[place], <tuple>outcomes[place]
            if outcome[CHANGES] or not (outcome[EMITS] or outcome[REASON] in plain):
                settle(one[RECORD], outcome, one[ORIGIN])
                continue
            origin = <tuple>one[ORIGIN]
            if row and counts_alike(last_outcome, last_origin, outcome, origin):
                row += 1
            else:
                if row:
                    count(last_outcome, last_origin, row)
                last_outcome, last_origin, row = outcome, origin, 1
            for emit in <tuple>outcome[EMITS]:
                outputs.append(self.made(emit, None, <tuple>one[RECORD]))
        if row:
            count(last_outcome, last_origin, row)

    cdef object made(self, emit, causation, tuple cause):
        """The record of an emit, caused by a record or by what ``causation`` names."""
        cdef tuple said = <tuple>emit
        cdef list headers
        if cause is not None:
            causation = f"{cause[LOG]}:{cause[PARTITION]}:{cause[OFFSET]}"
        time = write_time(said[TIME])
        if time is None:
            return self.any_output(emit, causation)
        internal, constants, encode = self.plan(said[TOPIC], type(said[BODY]))
        key = PyUnicode_AsUTF8String(said[KEY])
        headers = [("ce_id", PyUnicode_AsUTF8String(said[ID])), ("ce_time", time)]
        if not internal:
            self.add_public(headers, said, key, causation)
        headers.extend(constants)
        return named(
            self.kind, (said[TOPIC], key, encode(said[BODY], b""), tuple(headers), millis_of(said[TIME]))
        )

    cdef tuple plan(self, topic, model):
        plan = self.plans.get((topic, model))
        if plan is None:
            plan = self.plans[topic, model] = self.plan_of(topic, model)
        return plan

    cdef add_public(self, list headers, tuple said, bytes key, causation):
        """All but what says nothing, as CloudEvents wants it."""
        case = said[CASE_ID]
        case_id = PyUnicode_AsUTF8String(case) if case else None
        headers.append(self.source)
        if case_id is not None or key:
            headers.append(("ce_subject", key if case_id is None else case_id))
        if key:
            headers.append(("ce_partitionkey", key))
        if case_id is not None:
            headers.append(("ce_correlationid", case_id))
        if causation:
            headers.append(("ce_causationid", PyUnicode_AsUTF8String(causation)))


cdef bint counts_alike(tuple outcome, tuple origin, tuple other, tuple elsewhere) except -1:
    """Whether reasons and the ledger count two records as the same."""
    cdef object time = origin[ARRIVED], another = elsewhere[ARRIVED]
    return (
        outcome[REASON] is other[REASON] and outcome[TERMINAL] == other[TERMINAL]
        and origin[FEED] == elsewhere[FEED] and origin[SOURCE] == elsewhere[SOURCE]
        and origin[COUNTED] == elsewhere[COUNTED]
        and time.tzinfo is another.tzinfo
        and PyDateTime_DATE_GET_HOUR(time) == PyDateTime_DATE_GET_HOUR(another)
        and PyDateTime_GET_DAY(time) == PyDateTime_GET_DAY(another)
        and PyDateTime_GET_MONTH(time) == PyDateTime_GET_MONTH(another)
        and PyDateTime_GET_YEAR(time) == PyDateTime_GET_YEAR(another)
    )
