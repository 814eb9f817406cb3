# cython: language_level=3
"""Contracts made of known values in C; the same as `trusted` in Python, in a third of its time."""

from cpython.object cimport PyObject, PyTypeObject

cdef extern from "Python.h":
    int PyObject_GenericSetDict(object value, object fields, void* context) except -1
    int PyObject_GenericSetAttr(object value, object name, object field) except -1
    object PyType_GenericNew(PyTypeObject* kind, PyObject* arguments, PyObject* named)


def maker(kind, set every, dict defaults):
    """As `trusted.trusted` of a model with these fields and these defaults."""
    cdef Py_ssize_t count = len(every)

    def make(**fields):
        if defaults:
            fields = {**defaults, **fields}
        if len(fields) != count:
            raise TypeError(f"{kind.__name__}: wrong fields: {sorted(every ^ fields.keys())}")
        return unchecked(kind, fields, every)

    return make


cpdef unchecked(kind, dict fields, set names):
    """As `trusted.unchecked`."""
    made = PyType_GenericNew(<PyTypeObject*>kind, NULL, NULL)
    PyObject_GenericSetDict(made, fields, NULL)
    PyObject_GenericSetAttr(made, "__pydantic_fields_set__", names)
    PyObject_GenericSetAttr(made, "__pydantic_extra__", None)
    PyObject_GenericSetAttr(made, "__pydantic_private__", None)
    return made
