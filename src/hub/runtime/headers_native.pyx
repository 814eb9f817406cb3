# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Headers as the hub writes them, read and written in C; whatever looks otherwise is left to `headers`."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.datetime cimport (
    PyDateTime_DATE_GET_HOUR, PyDateTime_DATE_GET_MICROSECOND, PyDateTime_DATE_GET_MINUTE,
    PyDateTime_DATE_GET_SECOND, PyDateTime_GET_DAY, PyDateTime_GET_MONTH, PyDateTime_GET_YEAR,
    datetime_new, import_datetime,
)
from cpython.unicode cimport PyUnicode_DecodeUTF8

from datetime import UTC

import_datetime()

cdef object _UTC = UTC

cdef enum:
    RFC3339 = 24  # 2026-03-01T08:00:00.000Z


cpdef read_known(headers, dict kinds, int first_year, int end_year):
    """(id, name, version, source, time) of headers that each occur once and are as the hub writes them, or None.

    ``kinds`` maps (ce_type, hub_version, ce_dataschema, ce_specversion) to (name, version, public). A source is
    asked of public records only. Times lie in the years from ``first_year`` up to ``end_year``.
    """
    cdef object id = None, kind = None, version = None, schema = None, spec = None, source = None, time = None
    cdef str name
    for name, value in headers:
        if value is None:
            return None
        if name == "ce_id":
            if id is not None:
                return None
            id = value
        elif name == "ce_time":
            if time is not None:
                return None
            time = value
        elif name == "ce_type":
            if kind is not None:
                return None
            kind = value
        elif name == "hub_version":
            if version is not None:
                return None
            version = value
        elif name == "ce_source":
            if source is not None:
                return None
            source = value
        elif name == "ce_dataschema":
            if schema is not None:
                return None
            schema = value
        elif name == "ce_specversion":
            if spec is not None:
                return None
            spec = value
    known = kinds.get((kind, version, schema, spec))
    if known is None:
        return None
    text = plain_text(id)
    if text is None:
        return None
    if time is not None:
        time = read_time(time, first_year, end_year)
        if time is None:
            return None
    if known[2]:
        source = plain_text(source)
        if source is None:
            return None
    else:
        source = None
    return text, known[0], known[1], source, time


cpdef write_time(time):
    """A time in UTC as RFC 3339 with milliseconds; None for one in another zone or before the year 1000."""
    cdef char text[RFC3339]
    if time.tzinfo is not _UTC or PyDateTime_GET_YEAR(time) < 1000:
        return None
    digits(text, PyDateTime_GET_YEAR(time), 4)
    text[4] = c"-"
    digits(text + 5, PyDateTime_GET_MONTH(time), 2)
    text[7] = c"-"
    digits(text + 8, PyDateTime_GET_DAY(time), 2)
    text[10] = c"T"
    digits(text + 11, PyDateTime_DATE_GET_HOUR(time), 2)
    text[13] = c":"
    digits(text + 14, PyDateTime_DATE_GET_MINUTE(time), 2)
    text[16] = c":"
    digits(text + 17, PyDateTime_DATE_GET_SECOND(time), 2)
    text[19] = c"."
    digits(text + 20, PyDateTime_DATE_GET_MICROSECOND(time) // 1000, 3)
    text[23] = c"Z"
    return PyBytes_FromStringAndSize(text, RFC3339)


cdef object read_time(object value, int first_year, int end_year):
    """The time that the usual form of RFC 3339 tells; None for every other form, and for what is no time."""
    cdef const char* text
    if not PyBytes_CheckExact(value) or PyBytes_GET_SIZE(value) != RFC3339:
        return None
    text = PyBytes_AS_STRING(value)
    if not (text[4] == c"-" and text[7] == c"-" and text[10] == c"T" and text[13] == c":"
            and text[16] == c":" and text[19] == c"." and text[23] == c"Z"):
        return None
    cdef int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2)
    cdef int hour = number(text + 11, 2), minute = number(text + 14, 2), second = number(text + 17, 2)
    cdef int millis = number(text + 20, 3)
    # Days 29 to 31 depend on the month: the calendar of `datetime` decides about them.
    if not (first_year <= year < end_year and 1 <= month <= 12 and 1 <= day <= 28
            and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and millis >= 0):
        return None
    return datetime_new(year, month, day, hour, minute, second, millis * 1000, _UTC)


cdef int number(const char* text, int size) noexcept:
    """The number that digits tell, or below 0."""
    cdef int value = 0, at
    for at in range(size):
        if not c"0" <= text[at] <= c"9":
            return -1
        value = value * 10 + text[at] - c"0"
    return value


cdef void digits(char* text, int value, int size) noexcept:
    cdef int at
    for at in range(size - 1, -1, -1):
        text[at] = <char>(c"0" + value % 10)
        value //= 10


cdef object plain_text(object value):
    """Text of one or more characters without control characters, or None."""
    cdef Py_ssize_t size, at
    cdef const unsigned char* data
    if not PyBytes_CheckExact(value):
        return None
    size = PyBytes_GET_SIZE(value)
    data = <const unsigned char*>PyBytes_AS_STRING(value)
    if size == 0:
        return None
    for at in range(size):
        if data[at] < 32:
            return None
    try:
        return PyUnicode_DecodeUTF8(<const char*>data, size, NULL)
    except UnicodeDecodeError:
        return None
