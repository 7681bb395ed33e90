from libcpp.vector cimport vector


cdef struct Split:
    Py_ssize_t trait  # -1 at a leaf
    double value  # a leaf's value, or what a trait may be at most to go to the left, which is the next record
    Py_ssize_t right


cdef class Trees:
    cdef readonly tuple names
    cdef vector[Split] splits
    cdef vector[Py_ssize_t] roots

    cdef lay_out(self, tree)
    cdef double probability(self, const double* traits) noexcept
