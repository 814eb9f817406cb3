"""What other native modules use of the codec in C."""

from libc.stdint cimport int64_t

cdef object moment(int64_t millis)
cdef int64_t millis_of(object time) except? -1
