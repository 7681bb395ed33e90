"""The slots of Python objects, read and filled at their place in memory: no look-up by name, no call."""

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF

cdef extern from "Python.h":
    ctypedef struct PyMemberDef:
        Py_ssize_t offset
    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member


cdef inline Py_ssize_t offset_of(type owner, str name) except -1:
    """Where its objects hold one of their slots, from the member descriptor (Python's C API, `PyMemberDef`)."""
    descriptor = owner.__dict__.get(name)
    if type(descriptor).__name__ != "member_descriptor":
        raise ImportError(f"{owner.__name__}.{name} is no slot")
    return (<PyMemberDescrObject*><PyObject*>descriptor).d_member.offset


cdef inline object get(object owner, Py_ssize_t offset):
    """What a slot holds; the owner must be of the type that the offset is from."""
    cdef PyObject* held = (<PyObject**>(<char*><PyObject*>owner + offset))[0]
    if held is NULL:
        raise AttributeError(f"a {type(owner).__name__} whose slots are not all filled")
    return <object>held


cdef inline void put(object owner, Py_ssize_t offset, object value) noexcept:
    """Fill a slot that is still empty."""
    Py_INCREF(value)
    (<PyObject**>(<char*><PyObject*>owner + offset))[0] = <PyObject*>value
