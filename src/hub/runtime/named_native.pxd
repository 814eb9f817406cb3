"""Named tuples made in C, without the call of Python that each of them takes."""

from cpython.object cimport PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM

cdef extern from "Python.h":
    object PyType_GenericAlloc(PyTypeObject* kind, Py_ssize_t items)


cdef inline object named(object kind, tuple fields):
    """A named tuple of all its fields, in order."""
    cdef Py_ssize_t at, count = len(fields)
    made = PyType_GenericAlloc(<PyTypeObject*>kind, count)
    for at in range(count):
        field = fields[at]
        Py_INCREF(field)
        PyTuple_SET_ITEM(made, at, field)
    return made
