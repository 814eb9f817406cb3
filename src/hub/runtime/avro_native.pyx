# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The Avro codec of contracts in C: a tree of shapes that reads and writes bodies, and looks at limits.

The same bytes and values as `avro_read` and `avro_write`, in a fifth of their time; tests hold all three to each
other. Compiled where a C compiler is at hand when the hub is installed; the hub works without it.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.datetime cimport (
    PyDateTime_DATE_GET_HOUR, PyDateTime_DATE_GET_MICROSECOND, PyDateTime_DATE_GET_MINUTE,
    PyDateTime_DATE_GET_SECOND, PyDateTime_GET_DAY, PyDateTime_GET_MONTH, PyDateTime_GET_YEAR,
    datetime_new, import_datetime,
)
from cpython.dict cimport PyDict_GetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.math cimport isfinite
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t, uint64_t
from libc.string cimport memcpy

from datetime import UTC, datetime, timedelta

from hub.runtime.refused import Doubtful

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL
    object PyObject_GenericGetDict(object value, void* context)
    int PyObject_GenericSetDict(object value, object fields, void* context) except -1
    int PyObject_GenericSetAttr(object value, object name, object field) except -1
    object PyType_GenericNew(PyTypeObject* kind, PyObject* arguments, PyObject* named)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    Py_ssize_t PY_SSIZE_T_MAX
    dict _PyDict_NewPresized(Py_ssize_t entries)

    ctypedef struct PyMemberDef:
        Py_ssize_t offset

    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member

import_datetime()

cdef object _UTC = UTC
cdef object _EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
cdef object _MILLISECOND = timedelta(milliseconds=1)
cdef object _FIRST = datetime.min.replace(tzinfo=UTC)
cdef object _LAST = datetime.max.replace(tzinfo=UTC)
cdef int64_t _FIRST_MS = (_FIRST - _EPOCH) // _MILLISECOND
cdef int64_t _LAST_MS = (_LAST - _EPOCH) // _MILLISECOND

cdef enum:
    SMALL = 1024
    DAY_MS = 86_400_000
    DAYS_OF_ERA = 146_097


cdef struct In:
    const unsigned char* data
    Py_ssize_t at
    Py_ssize_t end
    bint checked


cdef struct Out:
    unsigned char* data
    Py_ssize_t at
    Py_ssize_t room
    bint on_heap


# ---- bytes -----------------------------------------------------------------------------------------------------


cdef int make_room(Out* out, Py_ssize_t wanted) except -1:
    cdef Py_ssize_t room = out.room
    cdef unsigned char* grown
    while room < out.at + wanted:
        room *= 2
    if out.on_heap:
        grown = <unsigned char*>PyMem_Realloc(out.data, room)
    else:
        grown = <unsigned char*>PyMem_Malloc(room)
    if grown == NULL:
        raise MemoryError()
    if not out.on_heap:
        memcpy(grown, out.data, out.at)
    out.data, out.room, out.on_heap = grown, room, True
    return 0


cdef inline int put_bytes(Out* out, const void* data, Py_ssize_t size) except -1:
    if out.at + size > out.room:
        make_room(out, size)
    memcpy(out.data + out.at, data, size)
    out.at += size
    return 0


cdef inline int put_byte(Out* out, unsigned char byte) except -1:
    if out.at + 1 > out.room:
        make_room(out, 1)
    out.data[out.at] = byte
    out.at += 1
    return 0


cdef inline int put_long(Out* out, int64_t number) except -1:
    cdef uint64_t zigzag = (<uint64_t>number << 1) ^ <uint64_t>(number >> 63)
    if out.at + 10 > out.room:
        make_room(out, 10)
    while zigzag > 127:
        out.data[out.at] = <unsigned char>((zigzag & 127) | 128)
        out.at += 1
        zigzag >>= 7
    out.data[out.at] = <unsigned char>zigzag
    out.at += 1
    return 0


cdef inline int take_byte(In* source) except -1:
    if source.at >= source.end:
        raise IndexError("the record ends too soon")
    source.at += 1
    return source.data[source.at - 1]


cdef int64_t take_long(In* source) except? -1:
    cdef uint64_t zigzag = 0
    cdef int shift = 0
    cdef int byte = 128
    while byte > 127:
        byte = take_byte(source)
        if shift > 63 or (shift == 63 and byte > 1):
            raise ValueError("a number has more than 64 bits")
        zigzag |= <uint64_t>(byte & 127) << shift
        shift += 7
    return <int64_t>(zigzag >> 1) ^ -<int64_t>(zigzag & 1)


cdef Py_ssize_t take_size(In* source) except -1:
    """A number of bytes that are still there."""
    cdef int64_t size = take_long(source)
    if size < 0:
        raise ValueError("a size is below 0")
    if size > source.end - source.at:
        raise ValueError("the record ends too soon")
    return <Py_ssize_t>size


# ---- shapes ----------------------------------------------------------------------------------------------------


cdef class Shape:
    """One shape of a contract; subclasses are the shapes of `hub.contracts.shapes`."""

    cdef object read(self, In* source):
        raise NotImplementedError

    cdef int write(self, object value, Out* out) except -1:
        raise NotImplementedError


cdef class Boolean(Shape):
    cdef object read(self, In* source):
        cdef int byte = take_byte(source)
        if byte > 1:
            raise IndexError("a boolean is 0 or 1")
        return byte == 1

    cdef int write(self, object value, Out* out) except -1:
        return put_byte(out, 1 if value else 0)


cdef class Long(Shape):
    cdef int64_t least, most

    def __init__(self, least, most):
        self.least = INT64_MIN if least is None else least
        self.most = INT64_MAX if most is None else most

    cdef object read(self, In* source):
        cdef int64_t number = take_long(source)
        if source.checked and not self.least <= number <= self.most:
            raise Doubtful
        return number

    cdef int write(self, object value, Out* out) except -1:
        return put_long(out, value)


cdef class Double(Shape):
    cdef double least, most

    def __init__(self, least, most):
        self.least = float("-inf") if least is None else least
        self.most = float("inf") if most is None else most

    cdef object read(self, In* source):
        cdef double number
        if source.end - source.at < 8:
            raise IndexError("the record ends too soon")
        memcpy(&number, source.data + source.at, 8)  # as Avro has it on little-endian machines
        source.at += 8
        if source.checked and not (isfinite(number) and self.least <= number <= self.most):
            raise Doubtful
        return number

    cdef int write(self, object value, Out* out) except -1:
        cdef double number = value
        return put_bytes(out, &number, 8)


cdef class Bytes(Shape):
    cdef Py_ssize_t least, most

    def __init__(self, least, most):
        self.least = 0 if least is None else least
        self.most = PY_SSIZE_T_MAX if most is None else most

    cdef object read(self, In* source):
        cdef Py_ssize_t size = take_size(source)
        if source.checked and not self.least <= size <= self.most:
            raise Doubtful
        source.at += size
        return PyBytes_FromStringAndSize(<const char*>source.data + source.at - size, size)

    cdef int write(self, object value, Out* out) except -1:
        cdef bytes data = value
        put_long(out, PyBytes_GET_SIZE(data))
        return put_bytes(out, PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))


cdef class String(Shape):
    """``characters`` says which may occur: "any", "printing" (no control characters) or "hex"."""

    cdef Py_ssize_t least, most
    cdef bint printing, hex

    def __init__(self, least, most, characters):
        self.least = 0 if least is None else least
        self.most = PY_SSIZE_T_MAX if most is None else most
        self.printing = characters == "printing"
        self.hex = characters == "hex"

    cdef object read(self, In* source):
        cdef Py_ssize_t size = take_size(source)
        cdef const unsigned char* data = source.data + source.at
        cdef Py_ssize_t at
        source.at += size
        text = PyUnicode_DecodeUTF8(<const char*>data, size, NULL)
        if not source.checked:
            return text
        if not self.least <= PyUnicode_GET_LENGTH(text) <= self.most:
            raise Doubtful
        if self.printing:
            for at in range(size):
                if data[at] < 32:
                    raise Doubtful
        elif self.hex:
            for at in range(size):
                if not (48 <= data[at] <= 57 or 97 <= data[at] <= 102):
                    raise Doubtful
        return text

    cdef int write(self, object value, Out* out) except -1:
        cdef Py_ssize_t size = 0
        cdef const char* data = PyUnicode_AsUTF8AndSize(value, &size)
        put_long(out, size)
        return put_bytes(out, data, size)


cdef class Moment(Shape):
    """A time in UTC; ``first_ms`` and ``end_ms`` bound what a contract takes."""

    cdef int64_t first_ms, end_ms

    def __init__(self, first_ms, end_ms):
        self.first_ms = first_ms
        self.end_ms = end_ms

    cdef object read(self, In* source):
        cdef int64_t millis = take_long(source)
        if source.checked and not self.first_ms <= millis < self.end_ms:
            raise Doubtful
        if millis <= _FIRST_MS:
            return _FIRST
        if millis > _LAST_MS:
            return _LAST
        return moment(millis)

    cdef int write(self, object value, Out* out) except -1:
        return put_long(out, millis_of(value))


cdef int64_t millis_of(object time) except? -1:
    """Whole milliseconds from 1970 to a datetime."""
    cdef int64_t seconds
    if time.tzinfo is not _UTC:
        return (time - _EPOCH) // _MILLISECOND
    seconds = day_number(PyDateTime_GET_YEAR(time), PyDateTime_GET_MONTH(time), PyDateTime_GET_DAY(time))
    seconds = seconds * 24 + PyDateTime_DATE_GET_HOUR(time)
    seconds = seconds * 60 + PyDateTime_DATE_GET_MINUTE(time)
    seconds = seconds * 60 + PyDateTime_DATE_GET_SECOND(time)
    return seconds * 1000 + PyDateTime_DATE_GET_MICROSECOND(time) // 1000


cdef object moment(int64_t millis):
    """The datetime so many milliseconds after 1970, by the proleptic Gregorian calendar."""
    cdef int64_t days = millis // DAY_MS
    cdef int64_t of_day = millis - days * DAY_MS
    # Days are counted from 0000-03-01, so that the leap day is the last of its year; an era has 400 years.
    cdef int64_t shifted = days + 719_468
    cdef int64_t era = shifted // DAYS_OF_ERA
    cdef int64_t of_era = shifted - era * DAYS_OF_ERA
    cdef int64_t year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    cdef int64_t of_year = of_era - (365 * year + year // 4 - year // 100)
    cdef int64_t month = (5 * of_year + 2) // 153
    cdef int64_t day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return datetime_new(
        <int>(year + era * 400 + (1 if month <= 2 else 0)), <int>month, <int>day,
        <int>(of_day // 3_600_000), <int>(of_day // 60_000 % 60), <int>(of_day // 1000 % 60),
        <int>(of_day % 1000 * 1000), _UTC,
    )


cdef int64_t day_number(int64_t year, int64_t month, int64_t day) noexcept:
    """Days from 1970-01-01 to a date of the years from 1."""
    cdef int64_t from_march = year - 1 if month <= 2 else year
    cdef int64_t era = from_march // 400
    cdef int64_t of_era = from_march - era * 400
    cdef int64_t of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * DAYS_OF_ERA + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


cdef class Choice(Shape):
    cdef tuple members
    cdef dict places

    def __init__(self, kind):
        self.members = tuple(kind)
        self.places = {member: place for place, member in enumerate(kind)}

    cdef object read(self, In* source):
        cdef int byte = take_byte(source)  # 64 members at most, so one byte
        if byte & 1 or byte >= 2 * len(self.members):
            raise KeyError("a position is none of the enum's")
        return self.members[byte >> 1]

    cdef int write(self, object value, Out* out) except -1:
        cdef PyObject* place = PyDict_GetItem(self.places, value)
        if place == NULL:
            raise KeyError(value)
        return put_long(out, <object>place)


cdef class Maybe(Shape):
    cdef Shape of

    def __init__(self, Shape of):
        self.of = of

    cdef object read(self, In* source):
        cdef int branch = take_byte(source)
        if branch == 0:
            return None
        if branch != 2:
            raise ValueError("a union has two branches")
        return self.of.read(source)

    cdef int write(self, object value, Out* out) except -1:
        if value is None:
            return put_byte(out, 0)
        put_byte(out, 2)
        return self.of.write(value, out)


cdef class Many(Shape):
    cdef Shape of
    cdef Py_ssize_t least, most

    def __init__(self, Shape of, least, most):
        self.of = of
        self.least = 0 if least is None else least
        self.most = PY_SSIZE_T_MAX if most is None else most

    cdef object read(self, In* source):
        cdef int64_t left = take_long(source)
        cdef list items = []
        while left != 0:
            if left < 0:
                left = -left
                take_long(source)  # the block's size in bytes, for those who skip it
            # An item takes a byte at least, so no count may promise more: it would only take memory.
            if left < 0 or left > source.end - source.at:
                raise ValueError("the record ends too soon")
            while left > 0:
                items.append(self.of.read(source))
                left -= 1
            left = take_long(source)
        if source.checked and not self.least <= len(items) <= self.most:
            raise Doubtful
        return tuple(items)

    cdef int write(self, object value, Out* out) except -1:
        if value:
            put_long(out, len(value))
            for item in value:
                self.of.write(item, out)
        return put_byte(out, 0)


cdef Py_ssize_t offset_of(object slot):
    """Where the instances of a class have one of its slots."""
    return (<PyMemberDescrObject*>slot).d_member.offset


cdef inline void set_slot(object made, Py_ssize_t at, object value) noexcept:
    """Fill a slot of a new instance."""
    Py_INCREF(value)
    (<PyObject**>(<char*><PyObject*>made + at))[0] = <PyObject*>value


cdef class Record(Shape):
    """A model: its instances are made as pydantic's ``model_construct`` does, without looking for defaults."""

    cdef object model
    cdef set names_set
    cdef tuple names, shapes
    cdef Py_ssize_t set_at, extra_at, private_at

    def __init__(self, model, names, shapes):
        self.model = model
        self.names = tuple(names)
        self.shapes = tuple(shapes)
        self.names_set = set(names)
        self.set_at = offset_of(model.__pydantic_fields_set__)
        self.extra_at = offset_of(model.__pydantic_extra__)
        self.private_at = offset_of(model.__pydantic_private__)

    cdef object read(self, In* source):
        cdef Py_ssize_t place, count = len(self.names)
        cdef dict fields = _PyDict_NewPresized(count)
        for place in range(count):
            fields[self.names[place]] = (<Shape>self.shapes[place]).read(source)
        made = PyType_GenericNew(<PyTypeObject*>self.model, NULL, NULL)
        PyObject_GenericSetDict(made, fields, NULL)
        set_slot(made, self.set_at, self.names_set)
        set_slot(made, self.extra_at, None)
        set_slot(made, self.private_at, None)
        return made

    cdef int write(self, object value, Out* out) except -1:
        cdef dict fields = PyObject_GenericGetDict(value, NULL)
        cdef Py_ssize_t place
        cdef PyObject* field
        for place in range(len(self.names)):
            field = PyDict_GetItem(fields, self.names[place])
            if field == NULL:
                raise AttributeError(self.names[place])
            (<Shape>self.shapes[place]).write(<object>field, out)
        return 0

    def read_trusted(self, bytes data, Py_ssize_t at=0):
        """The record that fills data from ``at`` to its very end.

        Raises IndexError, KeyError or ValueError for anything else.
        """
        return self.read_whole(data, at, False)

    def read_checked(self, bytes data):
        """As read_trusted from the start; raises Doubtful where a limit is passed."""
        return self.read_whole(data, 0, True)

    cdef object read_whole(self, bytes data, Py_ssize_t at, bint checked):
        cdef In source
        source.data = <const unsigned char*>PyBytes_AS_STRING(data)
        source.at, source.end, source.checked = at, PyBytes_GET_SIZE(data), checked
        found = self.read(&source)
        if source.at != source.end:
            raise ValueError("the record ends elsewhere")
        return found

    def encode(self, object value, bytes before=b""):
        """The Avro body of a value behind some bytes."""
        cdef unsigned char small[SMALL]
        cdef Out out
        out.data, out.at, out.room, out.on_heap = small, 0, SMALL, False
        try:
            put_bytes(&out, PyBytes_AS_STRING(before), PyBytes_GET_SIZE(before))
            self.write(value, &out)
            return PyBytes_FromStringAndSize(<const char*>out.data, out.at)
        finally:
            if out.on_heap:
                PyMem_Free(out.data)
